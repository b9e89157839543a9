"""Faults put in on purpose: each is noticed by the simulation, and told as a short story."""

import itertools
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import pytest
from aiokafka.errors import KafkaError

from app_mgmt.outbound import intake_work
from linkage_server.handlers.polls import poll_after
from linkage_server.outbound import store
from shinsei.runtime import outbox
from shinsei.runtime.clock import RealClock
from shinsei.runtime.kafka.partition_worker import PartitionWorker
from shinsei.runtime.outbox import Relay
from simulation.case import case_of
from simulation.play import Outcome, play
from simulation.shrinking import Shrinker
from simulation.telling import tell

SEEDS = range(40)


def first_failure(seeds: Sequence[int] = SEEDS) -> Outcome:
    """The first season that goes wrong."""
    for seed in seeds:
        outcome = play(case_of(seed))
        if outcome.failure is not None:
            return outcome
    pytest.fail("nothing was noticed")


def take_all(_: Any, *, records: Sequence[Any]) -> Any:
    async def taken() -> list[Any]:
        return list(records)

    return taken()


def effect_without_inbox_row(patch: pytest.MonkeyPatch) -> None:
    """Statuses are buffered as they come, and nothing notes that they have come."""
    patch.setattr(store, "accept", take_all)


def commit_before_effect(patch: pytest.MonkeyPatch) -> None:
    """Offsets are committed when a batch has come, not when it has been handled."""
    handle = PartitionWorker._handle

    async def committing(self: PartitionWorker, batch: list[Any]) -> None:
        with suppress(KafkaError):
            await self._client.commit({self.partition: batch[-1].offset + 1})
        await handle(self, batch)

    patch.setattr(PartitionWorker, "_handle", committing)


def clock_that_counts(patch: pytest.MonkeyPatch) -> None:
    """Gives a number instead of the time, another each time; nothing is wrong with that."""
    numbers = itertools.count(1)
    patch.setattr(RealClock, "now_ms", lambda _: next(numbers))


def relay_by_transaction_start(patch: pytest.MonkeyPatch) -> None:
    """Rows bear a number taken when they are written, and the relay goes on behind the highest that it has sent."""
    clock_that_counts(patch)
    round_ = Relay._round

    class BehindTheLast:
        def __init__(self, relay: Any, connection: Any) -> None:
            self.relay, self.connection = relay, connection
            self.numbers: dict[tuple[int, int], int] = {}

        async def fetch(self, sql: str, *arguments: Any) -> list[Any]:
            last = getattr(self.relay, "last", 0)
            rows = [row for row in await self.connection.fetch(sql, *arguments) if row["written_ms"] > last]
            self.numbers = {(row["stream_id"], row["number"]): row["written_ms"] for row in rows}
            return rows

        async def execute(self, sql: str, streams: list[int], upto: list[int]) -> Any:
            """Forgets what has been acknowledged; no sooner does the relay go on behind it."""
            sent = dict(zip(streams, upto, strict=True))
            done = [at for (stream, number), at in self.numbers.items() if number <= sent.get(stream, 0)]
            self.relay.last = max([getattr(self.relay, "last", 0), *done])
            return await self.connection.execute(sql, streams, upto)

    async def passing_over(self: Relay, connection: Any) -> bool:
        return await round_(self, BehindTheLast(self, connection))  # type: ignore[arg-type]

    patch.setattr(Relay, "_round", passing_over)


def watermark_too_early(patch: pytest.MonkeyPatch) -> None:
    """The watermark behind a poll promises that nothing comes before the next poll but one."""
    patch.setattr(store, "poll_after", lambda spec, polled: poll_after(spec, poll_after(spec, polled)))


def outbox_behind_the_commit(patch: pytest.MonkeyPatch) -> None:
    """What is sent to the core systems is written when the transaction of its effect has been committed."""
    append = outbox.append
    send = intake_work.PostgresIntakeWork.send

    async def later(conn: Any, **message: Any) -> None:
        await conn.commit()
        await conn.begin()
        await append(conn, **message)

    async def sending(self: Any, outgoing: Any) -> None:
        patch.setattr(outbox, "append", later)
        try:
            await send(self, outgoing)
        finally:
            patch.setattr(outbox, "append", append)

    patch.setattr(intake_work.PostgresIntakeWork, "send", sending)


def nothing(_: pytest.MonkeyPatch) -> None:
    """Most faults need nothing beside them."""


HARMLESS: dict[Callable[[pytest.MonkeyPatch], None], Callable[[pytest.MonkeyPatch], None]] = {
    relay_by_transaction_start: clock_that_counts
}
"""What a fault needs beside it; by itself it does nothing."""


@pytest.mark.parametrize(
    "put_in",
    [
        effect_without_inbox_row,
        commit_before_effect,
        relay_by_transaction_start,
        watermark_too_early,
        outbox_behind_the_commit,
    ],
)
def test_a_fault_put_in_on_purpose_is_noticed(
    put_in: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        put_in(patch)
        failed = first_failure()
    assert play(failed.case).failure is None, "it was the fault"
    with monkeypatch.context() as patch:
        HARMLESS.get(put_in, nothing)(patch)
        assert play(failed.case).failure is None, "it was what the fault needs, and not the fault"


def size(outcome: Outcome) -> int:
    """How much there is to a case."""
    return len(outcome.case.mischief) + len(outcome.case.filings) + (outcome.case.slow_share > 0)


def test_a_failed_season_is_told_as_the_shortest_story_that_still_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    effect_without_inbox_row(monkeypatch)
    failed = first_failure()
    shrunk = Shrinker(tries=25).shrink(failed)
    assert shrunk.failure is not None
    assert size(shrunk) < size(failed)
    assert play(shrunk.case).digest == shrunk.digest
    story = tell(shrunk)
    assert story.startswith(f"seed {failed.case.seed}: ")
    assert "take_in" not in story, "statements are told by their names"
    assert shrunk.failure in story
