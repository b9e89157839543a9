"""What is decided about an application when it is stored: a carrying out of pure functions of the domain.

Fetching, storing and identification all carry the time at which the linkage server had the case.
"""

from collections.abc import Mapping, Sequence

from app_mgmt.handlers.values import Decision, IntakeRun, ReceivedApplication, RefusedMessage, RunKey
from shinsei.domain.catalogue import procedure
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.history import CaseTransition
from shinsei.domain.identification import SerialMapping, last_refresh
from shinsei.domain.intake import first_steps
from shinsei.domain.lifecycle import Action, Status, next_status
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.municipality import refuse
from shinsei.domain.policy import linkage_method
from shinsei.domain.polling import in_outage, last_poll
from shinsei.domain.run import Change, RunSpec, TakenAs
from shinsei.domain.simtime import SimTime

_SUBMITTED, _LAPSED, _DEAD_LETTER = Status.SUBMITTED, TakenAs.LAPSED, Action.DEAD_LETTER
_ONE_STOP_SERVICE = LinkageMethod.ONE_STOP_SERVICE
"""Asking an enum for a member is slow, and these are met by every case."""
_BEFORE_STORING = frozenset({Action.FETCH, Action.QUARANTINE, Action.LAPSE})


def inconsistency(key: RunKey, application: ReceivedApplication, run_id: str, municipality: str) -> str | None:
    """Why an application cannot belong to this log, or None (format check, 形式審査)."""
    if (run_id, municipality) != (key.run_id, key.municipality):
        return f"application of run {run_id!r} for {municipality!r} in the log of {key.run_id!r}, {key.municipality!r}"
    if not application.submission_id.startswith(f"{key.municipality}-"):
        return f"submission id {application.submission_id!r} does not begin with {key.municipality!r}"
    if not application.receipt_number:
        return "receipt number missing"
    if not 0 < application.submitted_at <= application.fetched_at:
        return f"accepted at {application.submitted_at}, fetched at {application.fetched_at}"
    try:
        refuse(key.municipality, procedure(application.procedure))
    except InvalidInputError as error:
        return str(error)
    return None


def decide(run: IntakeRun, application: ReceivedApplication, copy: Mapping[str, SerialMapping]) -> Decision:
    """Method and automatic identification of an application, at the moment when it was fetched.

    ``copy`` may hold more than the last refresh before that moment had brought; what it had not is not seen.
    """
    at = application.fetched_at
    method = linkage_method(run.spec, run.changes, application.procedure, at)
    line = copy.get(application.serial_number) if application.serial_number else None
    knows = line is not None and line.is_known_at(last_refresh(run.spec, run.changes, at))
    knows = knows and method is not _ONE_STOP_SERVICE and application.taken_as is not _LAPSED
    resident = line.resident if line and knows else ""
    steps = first_steps(application.taken_as, method, identified=bool(resident))
    return _decision(application, steps, method, resident=resident)


def dead_letter(refused: RefusedMessage) -> Decision | None:
    """The end of a case whose message cannot be used; None where the message names no case."""
    if refused.submission_id is None:
        return None
    application = ReceivedApplication(
        submission_id=refused.submission_id,
        receipt_number=refused.receipt_number,
        procedure=0,
        serial_number="",
        submitted_at=SimTime(0),
        fetched_at=refused.at,
        payload=refused.payload,
    )
    return _decision(application, (Action.FETCH, Action.DEAD_LETTER), None, detail=refused.reason)


def refresh_needed(run: IntakeRun, changes: Sequence[Change], watermark: SimTime) -> SimTime | None:
    """The refresh that must have been delivered before cases up to the watermark are decided; None if it has."""
    needed = last_refresh(run.spec, changes, SimTime(watermark - 1))
    return needed if needed > run.refreshed_until else None


def polled_until(spec: RunSpec, changes: Sequence[Change], watermark: SimTime) -> SimTime:
    """The last poll that carried cases ahead of a watermark: what was accepted before it has arrived.

    A watermark is the time of the next poll; polls in an outage carry nothing.
    """
    poll = last_poll(spec, SimTime(watermark - 1))
    while poll is not None and in_outage(spec, changes, poll):
        poll = last_poll(spec, SimTime(poll - 1))
    return spec.start if poll is None else poll


def _decision(
    application: ReceivedApplication,
    actions: Sequence[Action],
    method: LinkageMethod | None,
    *,
    resident: str = "",
    detail: str = "",
) -> Decision:
    status: Status = _SUBMITTED
    transitions = []
    for action in actions:
        status = next_status(application.submission_id, status, action)
        transitions.append(
            CaseTransition(
                at=application.fetched_at,
                action=action,
                status=status,
                # The method is chosen once the case is stored.
                method=None if action in _BEFORE_STORING else method,
                detail=detail if action is _DEAD_LETTER else "",
            )
        )
    return Decision(
        application=application,
        transitions=tuple(transitions),
        method=method,
        resident_number=resident,
        identified=bool(resident),
    )
