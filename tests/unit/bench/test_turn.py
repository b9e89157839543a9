"""A turn of the benchmark fails where something accepted is lost, or registered twice."""

from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import ConsumerRecord

from bench import turn
from bench.registered import Registered
from shinsei.api.application.v1.application_pb2 import (
    APPLICATION_ACTION_REGISTER,
    APPLICATION_ACTION_STORE,
)
from shinsei.api.events.v1.events_pb2 import StatusChanged
from shinsei.contracts.headers import RUN, SENT, TYPE


def a_record(submission_id: str, action: Any, *, run_id: bytes = b"bench") -> Any:
    changed = StatusChanged(submission_id=submission_id, transitions=[{"action": action}])
    return SimpleNamespace(
        value=changed.SerializeToString(),
        headers=[(RUN, run_id), (TYPE, StatusChanged.DESCRIPTOR.full_name.encode()), (SENT, b"1250")],
    )


async def registered(*records: ConsumerRecord) -> Registered:
    """What has been seen where cases a and b were filed at 1,000."""
    found = Registered("127.0.0.1:1", "application.status-changed", "bench")
    found.intended |= {"a": 1_000, "b": 1_000}
    for record in records:
        found._enter(record)
    return found


async def test_a_registration_counts_once_with_both_its_moments() -> None:
    found = await registered(
        a_record("a", APPLICATION_ACTION_STORE),
        a_record("a", APPLICATION_ACTION_REGISTER),
        a_record("b", APPLICATION_ACTION_REGISTER, run_id=b"another"),
    )
    assert (found.moments, found.statuses, found.strangers) == ([(1_000, 1_250)], 2, 0)


@pytest.mark.parametrize("second", ["a", "filed by nobody"])
async def test_a_case_registered_twice_or_filed_by_nobody_ends_the_turn(second: str) -> None:
    found = await registered(*(a_record(one, APPLICATION_ACTION_REGISTER) for one in ("a", second)))

    async def at_once(_: float) -> None:
        pass

    load: Any = SimpleNamespace(settle=at_once)
    with pytest.raises(RuntimeError, match="1 registrations of what is registered already, or was never filed"):
        await turn._settle(load, found)


async def test_a_case_that_is_lost_ends_the_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(_: float) -> None:
        raise TimeoutError

    found = await registered(a_record("a", APPLICATION_ACTION_REGISTER))
    load: Any = SimpleNamespace(settle=never, open=1, accepted=2)
    with pytest.raises(RuntimeError, match="1 of 2 accepted applications were not registered within 120 s"):
        await turn._settle(load, found)
