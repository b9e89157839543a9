"""What comes in on ``work.requested`` about replies and withdrawals: taken, or refused without ending a case."""

import pytest

from core_systems.handlers.values import ReactionArrived, RefusedMessage
from core_systems.inbound.decoding import core_message
from shinsei.api.application.v1 import application_pb2 as application
from shinsei.api.events.v1 import events_pb2 as events
from shinsei.domain.applicants import ReactionKind
from shinsei.domain.simtime import HOUR_MS
from shinsei.testing.builders import A_MUNICIPALITY, JUNE_FIRST
from shinsei.testing.fakes import a_record

CASE = f"{A_MUNICIPALITY}-10-000001"
IDENTITY = f"run-1/{CASE}/work-withdrawal/0"


def a_withdrawal(**changes: object) -> events.ReactionFetched:
    message = events.ReactionFetched(
        run_id="run-1",
        submission_id=CASE,
        receipt_number="1000000000000001",
        kind=application.REACTION_KIND_WITHDRAWAL,
        filed_at_ms=JUNE_FIRST,
        fetched_at_ms=JUNE_FIRST + HOUR_MS,
    )
    for name, value in changes.items():
        setattr(message, name, value)
    return message


def test_a_withdrawal_keeps_both_its_times() -> None:
    body = core_message(a_record(a_withdrawal(), event_id=IDENTITY))
    assert isinstance(body, ReactionArrived)
    assert (body.submission_id, body.kind, body.n) == (CASE, ReactionKind.WITHDRAWAL, 0)
    assert (body.filed_at, body.fetched_at) == (JUNE_FIRST, JUNE_FIRST + HOUR_MS)


@pytest.mark.parametrize(
    "changes",
    [{"submission_id": "482021-10-000001"}, {"run_id": "run-2"}, {"kind": application.REACTION_KIND_UNSPECIFIED}],
)
def test_one_that_cannot_be_true_is_refused_and_ends_no_case(changes: dict[str, object]) -> None:
    body = core_message(a_record(a_withdrawal(**changes), event_id=IDENTITY))
    assert isinstance(body, RefusedMessage)
    assert body.submission_id is None
