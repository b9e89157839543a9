"""Applications that several runs ask for at the same time."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from portal_sim.outbound.pulls import PostgresPulls
from shinsei.runtime.postgres import Database

RUNS = {1: "1001", 2: "2001", 3: "3001", 4: "4001"}
"""The only receipt number of each run, by its key."""


class Table:
    """Stands for the database: answers when told to, and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[tuple[int, str]]] = []
        self.may_answer = asyncio.Event()

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator["Table"]:
        yield self

    async def fetch(self, _: str, run_keys: Sequence[int], numbers: Sequence[str]) -> list[tuple[int, str, int, bytes]]:
        keys = list(zip(run_keys, numbers, strict=True))
        self.asked.append(keys)
        await self.may_answer.wait()
        if any("\0" in number for number in numbers):
            raise ValueError("a NUL")
        return [(run_key, number, 7, number.encode()) for run_key, number in keys if RUNS.get(run_key) == number]


@pytest.fixture
async def table() -> Table:
    return Table()


@pytest.fixture
async def pulls(table: Table) -> PostgresPulls:
    return PostgresPulls(cast(Database, table))


async def begun(*calls: Any) -> list[asyncio.Future[Any]]:
    asking = [asyncio.ensure_future(call) for call in calls]
    await asyncio.wait(asking, timeout=0.01)
    return asking


async def test_what_several_runs_ask_for_meanwhile_is_asked_together(table: Table, pulls: PostgresPulls) -> None:
    asking = await begun(pulls.applications(1, ["1001"]))
    asking += await begun(*(pulls.applications(key, [number]) for key, number in RUNS.items()))
    table.may_answer.set()
    answers = await asyncio.gather(*asking)
    assert [[one.payload for one in answer.values()] for answer in answers] == [
        [number.encode()] for number in ("1001", *RUNS.values())
    ]
    assert table.asked == [[(1, "1001")], list(RUNS.items())]


async def test_a_number_of_another_run_is_not_found_even_if_that_run_asks_for_it_too(
    table: Table, pulls: PostgresPulls
) -> None:
    asking = await begun(pulls.applications(3, ["3001"]))
    asking += await begun(pulls.applications(1, ["2001", "1001"]), pulls.applications(2, ["2001"]))
    table.may_answer.set()
    _, one, two = await asyncio.gather(*asking)
    assert set(one) == {"1001"}
    assert set(two) == {"2001"}
    assert len(table.asked) == 2


async def test_who_asks_for_many_at_once_holds_nobody_up(table: Table, pulls: PostgresPulls) -> None:
    many = [str(number) for number in range(1000)]
    await begun(pulls.applications(1, many), pulls.applications(2, ["2001"]))
    assert [len(keys) for keys in table.asked] == [1000, 1]


async def test_a_number_that_no_database_takes_fails_nobody_else(table: Table, pulls: PostgresPulls) -> None:
    asking = await begun(pulls.applications(1, ["1001"]))
    asking += await begun(pulls.applications(1, ["\0"]), pulls.applications(2, ["2001"]))
    table.may_answer.set()
    _, bad, good = asking
    with pytest.raises(ValueError, match="NUL"):
        await bad
    assert set(await good) == {"2001"}
