"""Transitions as every case has them: which, and how many, as in Shinsei where nothing goes wrong."""

from shinsei.api.application.v1 import application_pb2 as pb
from shinsei.api.events.v1.events_pb2 import StatusChanged, WorkProgressed
from shinsei.runtime.clock import RealClock

_CLOCK = RealClock()
TAKEN_IN = (
    (pb.APPLICATION_ACTION_FETCH, pb.APPLICATION_STATUS_FETCHED),
    (pb.APPLICATION_ACTION_STORE, pb.APPLICATION_STATUS_STORED),
    (pb.APPLICATION_ACTION_IDENTIFY, pb.APPLICATION_STATUS_IDENTIFIED),
)
WORKED = (
    (pb.APPLICATION_ACTION_CHECK, pb.APPLICATION_STATUS_CHECKED),
    (pb.APPLICATION_ACTION_QUEUE_FOR_LINKAGE, pb.APPLICATION_STATUS_WAITING_FOR_LINKAGE),
    (pb.APPLICATION_ACTION_START_LINKAGE, pb.APPLICATION_STATUS_LINKING),
    (pb.APPLICATION_ACTION_REGISTER, pb.APPLICATION_STATUS_REGISTERED),
    (pb.APPLICATION_ACTION_EXAMINE, pb.APPLICATION_STATUS_EXAMINED),
    (pb.APPLICATION_ACTION_GRANT, pb.APPLICATION_STATUS_GRANTED),
    (pb.APPLICATION_ACTION_NOTIFY, pb.APPLICATION_STATUS_NOTIFIED),
)


def _rows(steps: tuple[tuple[pb.ApplicationAction, pb.ApplicationStatus], ...]) -> list[pb.Transition]:
    now_ms, method = _CLOCK.now_ms(), pb.LINKAGE_METHOD_STANDARD_API
    return [pb.Transition(at_ms=now_ms, action=action, status=status, method=method) for action, status in steps]


def taken_in() -> bytes:
    """Those of the intake, as a part of a ``StatusChanged``."""
    return StatusChanged(transitions=_rows(TAKEN_IN)).SerializeToString()


def worked() -> bytes:
    """Those of an office, as a part of a ``WorkProgressed``."""
    return WorkProgressed(transitions=_rows(WORKED)).SerializeToString()
