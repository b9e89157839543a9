"""How the applicant is found: by serial number, by insured number, or by a clerk who searches.

The same shares from which the run draws each filing's fate (``applicant_kind``, ``identification``).
"""

from collections.abc import Iterator

from shinsei.domain.applicant_kind import is_care
from shinsei.domain.catalogue import Procedure, Signature
from shinsei.domain.flows.model import Actor, FlowStep
from shinsei.domain.run import RunSpec


def identification_steps(run: RunSpec, procedure: Procedure) -> Iterator[FlowStep]:
    """Automatic identification, the search for the others, and the end of strangers' filings."""
    identification = run.identification
    by_proxy = identification.p_care_proxy if is_care(procedure.number) else identification.p_proxy
    by_serial = (1.0 - by_proxy - identification.p_stranger) * _found_by_serial(run, procedure)
    by_number = by_proxy * (1.0 - identification.p_insured_number_wrong) if is_care(procedure.number) else 0.0
    if by_serial > 0.0:
        yield FlowStep(
            name="identifies the applicant by serial number",
            name_ja="シリアル番号による申請者特定",
            actor=Actor.SYSTEM,
            share=by_serial,
            mark="SRC",
        )
    if by_number > 0.0:
        yield FlowStep(
            name="identifies the person by insured number",
            name_ja="被保険者番号・生年月日による特定(代理申請)",
            actor=Actor.SYSTEM,
            share=by_number,
        )
    searched = 1.0 - by_serial - by_number
    if searched > 0.0:
        longer = 1.0 + identification.p_variant * (identification.variant_factor - 1.0)
        yield FlowStep(
            name="searches the applicant",
            name_ja="申請者の検索(職員)",
            actor=Actor.CLERK,
            minutes=run.office.manual_identification_min.mean * longer,
            share=searched,
        )
    if identification.p_stranger > 0.0:
        yield FlowStep(
            name="finds nobody, does not accept it",
            name_ja="該当者なし・不受理",
            actor=Actor.CLERK,
            share=identification.p_stranger,
        )


def _found_by_serial(run: RunSpec, procedure: Procedure) -> float:
    """Of those who sign for themselves and live here: signed, and the certificate is no newer than the copy."""
    signed = {
        Signature.REQUIRED: 1.0,
        Signature.VARIES: run.demand.p_signed_where_varies,
        Signature.NONE: 0.0,
    }[procedure.signature]
    # A fresh certificate's age is even over fresh_within, and the last refresh lies half an interval back on average.
    registry = run.registry
    stale = registry.p_fresh_certificate * min(1.0, registry.refresh_every_ms / 2 / max(1, registry.fresh_within_ms))
    return signed * (1.0 - stale)
