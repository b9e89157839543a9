"""Turns what applicants do into what the portal is sent: an application, a reply, a withdrawal."""

from collections.abc import Sequence

from shinsei.api.application.v1 import application_pb2 as pb
from shinsei.api.control.v1 import control_pb2 as control
from shinsei.api.portal.v1 import portal_pb2 as portal
from shinsei.contracts.codec import REACTIONS
from shinsei.domain.applicant_kind import has_right_insured_number
from shinsei.domain.applicants import Reaction, VisibleRequest
from shinsei.domain.application_form import INSURED_NUMBER, fill
from shinsei.domain.catalogue import procedure
from shinsei.domain.certificates import Certificate, certificate_of
from shinsei.domain.demand import is_sent_again
from shinsei.domain.identification import as_written, signer
from shinsei.domain.run import Filing, RunSpec, case_id, submission_id
from shinsei.domain.simtime import SimTime
from shinsei.runtime.citizens import Cards, sealed


def applications(spec: RunSpec, filings: Sequence[Filing], cards: Cards | None) -> list[pb.SignedApplication]:
    """The applications of a chunk; impatient applicants send theirs twice (the same submission id, one receipt)."""
    sent = [signed(spec, filing, cards) for filing in filings]
    again = (is_sent_again(spec, filing) for filing in filings)
    return [one for one, is_resent in zip(sent, again, strict=True) for one in (one, one)[: 1 + is_resent]]


def signed(spec: RunSpec, filing: Filing, cards: Cards | None) -> pb.SignedApplication:
    """The application of one online filing as it is sent: signed, if there are cards and anybody signs it."""
    certificate = certificate_of(spec, filing)
    return sealed(cards, certificate, application(spec, filing, certificate))


def application(spec: RunSpec, filing: Filing, certificate: Certificate | None = None) -> pb.Application:
    """The application of one online filing; personal data is synthetic and depends on seed and case alone.

    ``certificate`` is the one that signs it, where it is known already.
    """
    certificate = certificate or certificate_of(spec, filing)
    applicant = as_written(spec, filing)
    by_proxy = signer(spec, filing) != filing.subject
    fields = fill(spec.seed, filing.subject, procedure(filing.procedure), filing.at)
    if by_proxy and INSURED_NUMBER in fields and not has_right_insured_number(spec, filing.case_id):
        fields[INSURED_NUMBER] = fields[INSURED_NUMBER][::-1]
    return pb.Application(
        submission_id=submission_id(spec.municipality, filing.case_id),
        municipality=spec.municipality,
        procedure=filing.procedure,
        applicant=pb.Applicant(
            name=applicant.name, birth_date=applicant.birth_date.isoformat(), address=applicant.address
        ),
        serial_number=certificate.serial if certificate else "",
        fields=fields,
        attachments=[
            pb.Attachment(name=item.name, media_type=item.media_type, size=item.size) for item in filing.attachments
        ],
        submitted_at_ms=filing.at,
        run_id=spec.run_id,
        filed_by_proxy=by_proxy,
    )


def reaction_message(spec: RunSpec, reaction: Reaction) -> portal.Reaction:
    """A reply or a withdrawal as the portal takes it."""
    return portal.Reaction(
        submission_id=submission_id(spec.municipality, reaction.case_id),
        kind=REACTIONS.to_proto(reaction.kind),  # type: ignore[arg-type]
        n=reaction.n,
        filed_at_ms=reaction.at,
    )


def visible_request(message: control.CorrectionRequested) -> VisibleRequest:
    """A correction request as the portal lists it."""
    return VisibleRequest(
        case_id=case_id(message.submission_id),
        n=message.n,
        requested_at=SimTime(message.requested_at_ms),
        visible_from=SimTime(message.visible_from_ms),
    )
