"""Watching a case: whoever comes when too many watch is told when to come back, and a place is free again."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from tests.unit.portal_sim.test_run import SPEC, a_run

from portal_sim.handlers.model import Case
from portal_sim.handlers.runs import Runs
from portal_sim.handlers.status import Statuses
from shinsei.runtime.errors import OverloadedError
from shinsei.testing import ManualClock

CASE = Case(run_key=1, receipt_number="1", submission_id="482013-10-1", procedure=10, submitted_at=SPEC.start)


class NoUpdates:
    """A store in which nothing has come back yet."""

    async def updates(self, case: Case) -> Sequence[bytes]:
        return ()


async def begun(statuses: Statuses) -> AsyncIterator[Any]:
    """A watch that has told the first row."""
    watch = statuses.watch(CASE, a_run(ManualClock()))
    await anext(watch)
    return watch


async def test_more_than_so_many_do_not_watch_at_once() -> None:
    store: Any = NoUpdates()
    statuses = Statuses(Runs(store, ManualClock()), store, lambda _: (), max_watches=2)
    first, second = await begun(statuses), await begun(statuses)
    with pytest.raises(OverloadedError) as refused:
        await begun(statuses)
    assert refused.value.retry_after_ms > 0
    await first.aclose()  # type: ignore[attr-defined]
    third = await begun(statuses)
    for watch in (second, third):
        await watch.aclose()  # type: ignore[attr-defined]
