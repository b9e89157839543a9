"""The linkage server's database: polls, entries, buffered statuses, and the outbox in the same transactions."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from linkage_server import metrics
from linkage_server.handlers.model import (
    BufferedUpdate,
    EntryKey,
    Handed,
    LostPartitionError,
    OpenRun,
    Polls,
    RunRow,
    StageCount,
    StatusBatch,
    TakenEntry,
)
from linkage_server.handlers.polls import in_order, poll_after
from linkage_server.outbound import messages
from linkage_server.outbound.rows import run_row, taken_entry
from shinsei.api.events.v1 import events_pb2
from shinsei.contracts.codec import DecodeError, decode_change, decode_run, encode_change
from shinsei.contracts.topics import APPLICATION_FETCHED, STATUS_CHANGED
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.run import KERNEL_VERSION, Change
from shinsei.domain.simtime import SimTime
from shinsei.runtime.errors import FencedError
from shinsei.runtime.kafka import Record
from shinsei.runtime.levels import NO_METHOD, observe_handed_over
from shinsei.runtime.outbox import OutMessage, Ownership, Relay, accept, append
from shinsei.runtime.postgres import Connection, Database
from shinsei.runtime.queries import load_queries

SQL = load_queries("linkage_server")

RunName = tuple[str, str]
Reader = Callable[[Sequence[Record]], Mapping[RunName, StatusBatch]]

_IDS_PER_CHUNK = 10_000
_STATUS = events_pb2.StatusChanged.DESCRIPTOR.full_name


class PostgresStore:
    """Implements ``Store``."""

    def __init__(self, database: Database, relay: Relay) -> None:
        self._database = database
        self._relay = relay

    async def take(self, partition: int) -> int:
        """Becomes the owner of a partition; the new epoch."""
        async with self._database.transaction() as connection:
            return await Ownership.take(connection, STATUS_CHANGED.name, partition)

    async def load(self) -> Sequence[RunRow]:
        """Every run."""
        async with self._database.acquire() as connection:
            return [run_row(row) for row in await connection.fetch(SQL["select_runs"], None)]

    async def reload(self, key: int) -> RunRow:
        """One run as it stands now."""
        async with self._database.acquire() as connection:
            return run_row(await connection.fetchrow(SQL["select_runs"], key))

    async def add(self, run: OpenRun) -> RunRow:
        """Stores a run, if it is not there already."""
        try:
            spec = decode_run(run.spec)
        except DecodeError as error:
            raise InvalidInputError("spec", str(error)) from None
        if spec.kernel_version != KERNEL_VERSION:
            raise InvalidInputError("spec", f"is of kernel version {spec.kernel_version}, not {KERNEL_VERSION}")
        async with self._database.transaction() as connection:
            key = await connection.fetchval(SQL["add_run"], run.run_id, run.municipality, spec.partition, run.spec)
            if key is None:
                key = await connection.fetchval(SQL["find_run"], run.run_id, run.municipality)
            else:
                await connection.execute(SQL["add_run_poll"], key, spec.start)
                await connection.execute(SQL["add_run_push"], key, spec.start)
            return run_row(await connection.fetchrow(SQL["select_runs"], key))

    async def changes(self, run: RunRow) -> Sequence[Change]:
        """The control changes of committed polls."""
        async with self._database.acquire() as connection:
            return [decode_change(row[0]) for row in await connection.fetch(SQL["select_changes"], run.key)]

    async def start(self, run: RunRow, epoch: int, watermark: SimTime) -> None:
        """Writes ``RunStarted`` and the time of the first poll, once."""
        async with self._owned(run.partition, epoch) as connection:
            if await connection.fetchval(SQL["mark_started"], run.key) is not None:
                out = [messages.run_started(run), messages.watermark(run, watermark, None)]
                await _append(connection, run, out)
        self._relay.poke()

    async def taken(self, run: RunRow, keys: Sequence[EntryKey]) -> Collection[EntryKey]:
        """Those of the entries that committed polls have taken."""
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL["taken"], run.key, [key[0] for key in keys], [key[1] for key in keys])
        return {(row["receipt_number"], row["n"]) for row in rows}

    async def commit_polls(self, run: RunRow, epoch: int, after: SimTime | None, polls: Polls) -> None:
        """Commits polls with the entries they took and the times these get."""
        async with self._owned(run.partition, epoch) as connection:
            committed = await connection.fetchval(
                SQL["commit_polls"],
                run.key,
                after,
                polls.upto,
                polls.working,
                polls.busy_until,
                *_columns(polls.entries),
            )
            _must(committed, run)

    async def pass_on(self, run: RunRow, epoch: int, after: SimTime | None, polls: Polls) -> None:
        """Commits polls that took nothing and hands their watermark on, at once."""
        async with self._owned(run.partition, epoch) as connection:
            committed = await connection.fetchrow(
                SQL["pass_polls_on"], run.key, after, polls.upto, polls.working, polls.busy_until
            )
            _must(committed, run)
            await _append(
                connection, run, [messages.watermark(run, poll_after(run.spec, polls.upto), committed["working_ms"])]
            )
        self._relay.poke()

    async def unpublished(self, run: RunRow, published: SimTime | None) -> Sequence[TakenEntry]:
        """Entries of committed polls that have not been handed on, in their order."""
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL["unpublished"], run.key, -1 if published is None else published)
        return in_order([taken_entry(row) for row in rows])

    async def publish(
        self,
        run: RunRow,
        epoch: int,
        handed: Sequence[Handed],
        upto: SimTime,
        working: SimTime | None,
        after: SimTime | None,
    ) -> None:
        """Hands entries on, and behind them the time of the next poll."""
        out = [messages.handed(run, item) for item in handed]
        out.append(messages.watermark(run, poll_after(run.spec, upto), working))
        async with self._owned(run.partition, epoch) as connection:
            _must(await connection.fetchval(SQL["mark_published"], run.key, after, upto, working), run)
            await _append(connection, run, out)
        self._relay.poke()

    async def finish(self, run: RunRow, epoch: int) -> None:
        """Writes ``RunClosed``."""
        async with self._owned(run.partition, epoch) as connection:
            if await connection.fetchval(SQL["mark_finished"], run.key) is not None:
                await _append(connection, run, [messages.run_closed(run)])
        self._relay.poke()

    async def to_push(self, run: RunRow, before: SimTime, limit: int) -> Sequence[BufferedUpdate]:
        """The first updates that hold nothing from ``before`` on, in the order of their numbers."""
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL["to_push"], run.key, before, limit)
        return [BufferedUpdate(number=row["number"], payload=row["payload"]) for row in rows]

    async def pushed(self, run: RunRow, epoch: int, watermark: SimTime, number: int) -> None:
        """The portal has these."""
        async with self._owned(run.partition, epoch) as connection:
            await connection.execute(SQL["save_push"], run.key, watermark, number)

    async def take_in(
        self, partition: int, epoch: int, records: Sequence[Record], read: Reader, keys: Mapping[RunName, int]
    ) -> Mapping[RunName, StatusBatch]:
        """Buffers what records say, once each; what they say by run."""
        async with self._owned(partition, epoch) as connection:
            fresh = await accept(connection, records=records)
            batches = read(fresh)
            known = {name: batch for name, batch in batches.items() if name in keys}
            for name in sorted(known, key=lambda name: keys[name]):
                await _buffer(connection, keys[name], known[name])
        observe_handed_over("return", NO_METHOD, (one.sent_ms for one in fresh if one.type == _STATUS))
        metrics.IGNORED.inc(sum(len(batches[name].statuses) for name in batches.keys() - known.keys()))
        return known

    async def count(self, run: RunRow, published: SimTime, before: SimTime) -> StageCount:
        """Cases handed on that were accepted before a moment."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL["stage"], run.key, published, before)
        return StageCount(known=row["known"], fingerprint=row["fingerprint"])

    async def submission_ids(self, run: RunRow, published: SimTime, before: SimTime) -> AsyncIterator[Sequence[str]]:
        """Their ids, in chunks."""
        last = ""
        while True:
            async with self._database.acquire() as connection:
                rows = await connection.fetch(SQL["stage_ids"], run.key, published, before, last, _IDS_PER_CHUNK)
            if not rows:
                return
            ids = [row[0] for row in rows]
            yield ids
            last = ids[-1]

    @asynccontextmanager
    async def _owned(self, partition: int, epoch: int) -> AsyncIterator[Connection]:
        """A transaction that only the owner of the partition can commit."""
        try:
            async with self._database.transaction() as connection:
                await Ownership.check(connection, STATUS_CHANGED.name, partition, epoch)
                yield connection
        except FencedError as error:
            raise LostPartitionError(partition) from error


async def _append(connection: Connection, run: RunRow, out: Sequence[OutMessage]) -> None:
    await append(
        connection,
        topic=APPLICATION_FETCHED.name,
        run_id=run.run_id,
        municipality=run.municipality,
        partition=run.partition,
        messages=out,
    )


def _columns(entries: Sequence[TakenEntry]) -> tuple[list[Any], ...]:
    return (
        [entry.receipt_number for entry in entries],
        [entry.n for entry in entries],
        [entry.stamp for entry in entries],
        [entry.submission_id for entry in entries],
        [entry.poll_at for entry in entries],
        [entry.fetched_at for entry in entries],
        [None if entry.change is None else encode_change(entry.change) for entry in entries],
    )


async def _buffer(connection: Connection, key: int, batch: StatusBatch) -> None:
    await connection.execute(
        SQL["buffer"],
        key,
        len(batch.statuses),
        batch.watermark or 0,
        [status.first_at for status in batch.statuses],
        [status.payload for status in batch.statuses],
    )


def _must(committed: Any, run: RunRow) -> None:
    """A commit that finds another state than it was decided on must not happen."""
    if committed is None:
        raise RuntimeError(f"run {run.run_id} of {run.municipality} has moved on under its owner")
