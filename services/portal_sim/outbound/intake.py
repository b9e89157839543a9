"""Accepted applications in PostgreSQL: many in one transaction, each at most once."""

import secrets
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from time import perf_counter

import structlog

from portal_sim import metrics
from portal_sim.handlers.model import Accepted, DeclaredDigest, Outcome, Stamped
from portal_sim.outbound.queries import SQL
from shinsei.api.application.v1.application_pb2 import Application
from shinsei.domain.errors import ConflictError
from shinsei.domain.receipt_number import receipt_number, scattered
from shinsei.domain.simtime import SimTime
from shinsei.runtime.postgres import Connection, Database, is_transient
from shinsei.runtime.retry import ExponentialBackoff, until_success

log = structlog.get_logger(__name__)

_BLOCK = 1000
"""Ordinals per value of the sequence, as in the schema."""

Key = tuple[int, str]


class ReceiptNumbers:
    """Receipt numbers, scattered; unique by a sequence that hands out blocks: what a killed process had is skipped."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ordinals: deque[int] = deque()
        self._key = b""

    async def take(self, count: int) -> list[str]:
        """As many numbers as asked for, never given before."""
        while len(self._ordinals) < count:
            blocks = -(-(count - len(self._ordinals)) // _BLOCK)
            async with self._database.acquire() as connection:
                if not self._key:
                    await connection.execute(SQL["make_receipt_key"], secrets.token_bytes(32))
                    self._key = await connection.fetchval(SQL["receipt_key"])
                for row in await connection.fetch(SQL["next_receipt_block"], blocks):
                    self._ordinals.extend(range(row[0], row[0] + _BLOCK))
        return [receipt_number(scattered(self._ordinals.popleft(), self._key)) for _ in range(count)]


class PostgresIntake:
    """Implements ``IntakeStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._numbers = ReceiptNumbers(database)

    async def store(self, batch: Sequence[Stamped]) -> Sequence[Outcome]:
        """Commits a batch in one transaction.

        It is tried again until its outcome is known: after a lost connection the transaction may have been
        committed, and then the second attempt finds its own receipt numbers.
        """
        numbers: list[str] = []

        async def attempt() -> Sequence[Outcome]:
            if not numbers:
                numbers.extend(await self._numbers.take(len(batch)))
            return await self._store_once(batch, numbers)

        started = perf_counter()
        outcomes = await until_success(attempt, ExponentialBackoff(), is_transient, log)
        metrics.COMMIT_SECONDS.observe(perf_counter() - started)
        metrics.COMMITS.inc()
        return outcomes

    async def accepted(self, keys: Sequence[Key]) -> Mapping[Key, Accepted]:
        """Those of the (run key, submission id) that have been accepted."""
        async with self._database.acquire() as connection:
            return await _accepted(connection, keys)

    async def uploads(self, keys: Sequence[Key]) -> Mapping[Key, Collection[DeclaredDigest]]:
        """The uploaded attachments by run key and submission id."""
        found: dict[Key, set[DeclaredDigest]] = {}
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL["find_attachments"], [key for key, _ in keys], [name for _, name in keys])
        for row in rows:
            digest = DeclaredDigest(name=row["name"], size=row["size"], sha256=row["sha256"])
            found.setdefault((row["run_key"], row["submission_id"]), set()).add(digest)
        return found

    async def _store_once(self, batch: Sequence[Stamped], numbers: Sequence[str]) -> Sequence[Outcome]:
        # In one order for all transactions, so that no two wait for each other.
        order = sorted(range(len(batch)), key=lambda i: (batch[i].run_key, batch[i].submission.submission_id))
        async with self._database.transaction() as connection:
            runs = await _share_runs(connection, batch)
            taken = [i for i in order if not runs[batch[i].run_key][0]]
            stamps = {i: SimTime(max(batch[i].at, runs[batch[i].run_key][1])) for i in taken}
            new = await _insert(connection, [(numbers[i], stamps[i], batch[i]) for i in taken])
            repeated = [i for i in taken if numbers[i] not in new]
            known = await _accepted(connection, [_key(batch[i]) for i in repeated]) if repeated else {}
            late = {i for i in taken if stamps[i] > batch[i].at}
            await _count(connection, [(batch[i].run_key, i in late) for i in taken if numbers[i] in new])
        outcomes: list[Outcome] = [
            ConflictError(f"the run of {item.submission.form.municipality} has been closed") for item in batch
        ]
        for i in taken:
            outcomes[i] = Accepted(receipt_number=numbers[i], submitted_at=stamps[i], duplicate=False, late=i in late)
        for i in repeated:
            outcomes[i] = _repeated(known[_key(batch[i])], numbers[i])
        return outcomes


def _repeated(known: Accepted, number: str) -> Accepted:
    """The answer to a submission that was there; with this number it is our own, of an attempt whose end was lost."""
    if known.receipt_number != number:
        return known
    return Accepted(receipt_number=number, submitted_at=known.submitted_at, duplicate=False)


async def _share_runs(connection: Connection, batch: Sequence[Stamped]) -> dict[int, tuple[bool, int]]:
    """Whether each run is closed, and its watermark, held until the commit."""
    rows = await connection.fetch(SQL["share_runs"], sorted({item.run_key for item in batch}))
    return {row["key"]: (row["closed"], row["watermark_ms"]) for row in rows}


async def _insert(connection: Connection, rows: Sequence[tuple[str, SimTime, Stamped]]) -> set[str]:
    """Inserts applications with their entries; the receipt numbers of those that were not there."""
    inserted = await connection.fetch(
        SQL["insert_applications"],
        [number for number, _, _ in rows],
        [item.run_key for _, _, item in rows],
        [item.submission.submission_id for _, _, item in rows],
        [item.submission.form.procedure for _, _, item in rows],
        [stamp for _, stamp, _ in rows],
        [len(item.submission.form.attachments) for _, _, item in rows],
        [sum(attachment.size for attachment in item.submission.form.attachments) for _, _, item in rows],
        [item.submission.payload for _, _, item in rows],
    )
    return {row[0] for row in inserted}


async def _accepted(connection: Connection, keys: Sequence[Key]) -> dict[Key, Accepted]:
    rows = await connection.fetch(SQL["find_applications"], [key for key, _ in keys], [name for _, name in keys])
    return {
        (row["run_key"], row["submission_id"]): Accepted(
            receipt_number=row["receipt_number"],
            submitted_at=SimTime(row["submitted_at_ms"]),
            duplicate=True,
            serial_number=Application.FromString(row["payload"]).serial_number,
        )
        for row in rows
    }


async def _count(connection: Connection, accepted: Sequence[tuple[int, bool]]) -> None:
    """Adds to the counters of the runs; their rows are locked in the order of their keys."""
    keys = sorted({key for key, _ in accepted})
    if not keys:
        return
    totals = [sum(1 for key, _ in accepted if key == wanted) for wanted in keys]
    late = [sum(1 for key, is_late in accepted if key == wanted and is_late) for wanted in keys]
    await connection.execute(SQL["count_intake"], keys, totals, late)


def _key(item: Stamped) -> Key:
    return item.run_key, item.submission.submission_id
