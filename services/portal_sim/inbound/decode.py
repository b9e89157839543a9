"""Messages to the values of the use cases."""

import json
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from google.protobuf.message import DecodeError as ProtobufDecodeError

from portal_sim.handlers.model import DeclaredDigest, Seal, Submission, Update
from portal_sim.handlers.pull import PageToken
from shinsei.api.application.v1.application_pb2 import Application, SignedApplication, Transition
from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.api.portal.v1.portal_pb2 import StatusUpdate
from shinsei.contracts.codec import ACTIONS, REACTIONS, DecodeError, decode_change, transitions_from_proto
from shinsei.domain.applicants import Reaction
from shinsei.domain.application_check import CheckedForm
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.history import CaseTransition
from shinsei.domain.lifecycle import Action
from shinsei.domain.run import Change, DeclaredAttachment, case_id, check_change
from shinsei.domain.simtime import SimTime, day_of, day_start

_CALENDAR_ENDS = day_start(day_of(date(9999, 1, 1)))
_ACTIONS: Mapping[int, Action] = MappingProxyType({ACTIONS.to_proto(action): action for action in Action})
_CORRECTION = Action.REQUEST_CORRECTION
_REQUEST_CORRECTION = ACTIONS.to_proto(_CORRECTION)
_MAX_CHANGE_ID = 64
_MAX_PAGE_TOKEN = 100

Sent = tuple[Application, Seal | None]
"""An application, and how it was signed."""


def sent(request: api.SubmitRequest) -> Sent:
    """What a call hands in.

    Raises:
        InvalidInputError: both a signed and an unsigned application, or what was signed is none.
    """
    if not request.HasField("signed"):
        return request.application, None
    if request.HasField("application"):
        raise InvalidInputError("signed", "goes with no application beside it")
    return _opened(request.signed)


def all_sent(request: api.SubmitBatchRequest) -> list[Sent]:
    """What a call hands in, in its order.

    Raises:
        InvalidInputError: both signed and unsigned applications, or what was signed is none.
    """
    if not request.signed:
        return [(application, None) for application in request.applications]
    if request.applications:
        raise InvalidInputError("signed", "goes with no applications beside it")
    return [_opened(item) for item in request.signed]


def _opened(signed: SignedApplication) -> Sent:
    try:
        application = Application.FromString(signed.application)
    except ProtobufDecodeError:
        raise InvalidInputError("signed.application", "is no application") from None
    if not signed.certificate and not signed.signature:
        return application, None
    seal = Seal(content=signed.application, certificate=signed.certificate, signature=signed.signature)
    return application, seal


def submission(application: Application, seal: Seal | None = None) -> Submission:
    """An application as it came in."""
    attachments = tuple(
        DeclaredAttachment(name=item.name, media_type=item.media_type, size=item.size)
        for item in application.attachments
    )
    applicant = application.applicant
    return Submission(
        submission_id=application.submission_id,
        run_id=application.run_id,
        form=CheckedForm(
            procedure=application.procedure,
            municipality=application.municipality,
            name=applicant.name,
            birth_date=applicant.birth_date,
            address=applicant.address,
            serial_number=application.serial_number,
            fields=dict(application.fields),
            attachments=attachments,
        ),
        wanted_at=SimTime(application.submitted_at_ms),
        uploads=tuple(
            DeclaredDigest(name=item.name, size=item.size, sha256=item.sha256)
            for item in application.attachments
            if item.sha256
        ),
        # What was signed is its encoding already.
        payload=application.SerializeToString() if seal is None else seal.content,
        seal=seal,
    )


def reaction(message: api.Reaction) -> Reaction:
    """What an applicant does after filing, as the driver of the run has decided it."""
    try:
        kind = REACTIONS.from_proto(message.kind)
    except DecodeError as error:
        raise InvalidInputError("kind", str(error)) from None
    if message.n < 0:
        raise InvalidInputError("n", f"must be at least 0, not {message.n}")
    return Reaction(at=SimTime(message.filed_at_ms), case_id=case_id(message.submission_id), kind=kind, n=message.n)


def update(message: StatusUpdate) -> Update:
    """An update as it is stored, with what the counters look at."""
    transitions = message.transitions
    try:
        actions = [_ACTIONS[row.action] for row in transitions]
    except KeyError as unknown:
        raise InvalidInputError("transitions", f"Action {unknown.args[0]} is unknown") from None
    reads: list[tuple[int, SimTime]] = []
    if _CORRECTION in actions:
        reads = [(row.n, SimTime(row.at_ms)) for row in transitions if row.action == _REQUEST_CORRECTION]
    return Update(
        number=message.number,
        submission_id=message.submission_id,
        actions=actions,
        corrections=reads,
        payload=message.SerializeToString(),
    )


def update_transitions(payload: bytes) -> tuple[CaseTransition, ...]:
    """The transitions of a stored update."""
    return transitions_from_proto(StatusUpdate.FromString(payload).transitions)


def update_messages(payload: bytes) -> list[Transition]:
    """The same as messages, for passing on."""
    return list(StatusUpdate.FromString(payload).transitions)


def wanted_change(raw: bytes) -> Change:
    """A change as it is asked for, its time and ordinal still open.

    Raises:
        InvalidInputError: it is no change, or none that can be carried out.
    """
    try:
        change = decode_change(json.dumps({**json.loads(raw), "at": 0, "n": 0}).encode())
    except (ValueError, TypeError, DecodeError) as error:
        raise InvalidInputError("change", str(error)) from None
    check_change(change)
    return change


def page_token(text: str) -> PageToken:
    """Where a listing goes on.

    Raises:
        InvalidInputError: it is none that a listing has given.
    """
    try:
        watermark, closed, stamp, n, receipt = text.split(".", 4)
        after = (int(stamp), receipt, int(n))
        token = PageToken(watermark=SimTime(int(watermark)), closed=bool(int(closed)), after=after)
    except ValueError:
        token = None
    if token is None or text != page_token_text(token) or not text.isprintable() or len(text) > _MAX_PAGE_TOKEN:
        raise InvalidInputError("page_token", f"{text[:40]!r} is of no listing")
    return token


def page_token_text(token: PageToken) -> str:
    """The same as text; opaque to whoever passes it back."""
    stamp, receipt, n = token.after
    return f"{token.watermark}.{token.closed:d}.{stamp}.{n}.{receipt}"


def change_id(text: str) -> str:
    """The id that a client gave its change; empty if none.

    Raises:
        InvalidInputError: it is too long or not printable.
    """
    if len(text) > _MAX_CHANGE_ID or not text.isprintable():
        raise InvalidInputError("change_id", f"must be at most {_MAX_CHANGE_ID} printable characters")
    return text


def moment(name: str, at_ms: int) -> SimTime:
    """A simulated time that was asked for.

    Raises:
        InvalidInputError: the calendar does not reach so far.
    """
    if not 0 <= at_ms < _CALENDAR_ENDS:
        raise InvalidInputError(name, "must be from 1970 to 9998")
    return SimTime(at_ms)
