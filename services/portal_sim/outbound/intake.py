"""Accepted applications in PostgreSQL: many in one transaction, each at most once."""

import secrets
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from operator import itemgetter
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
        async with self._database.statement() as connection:
            stamps = await _insert(connection, batch, numbers)
            left = [item for item, number in zip(batch, numbers, strict=True) if number not in stamps]
            known = await _accepted(connection, [_key(item) for item in left]) if left else {}
        return [
            _outcome(item, number, stamps.get(number), known.get(_key(item)))
            for item, number in zip(batch, numbers, strict=True)
        ]


def _outcome(item: Stamped, number: str, stamp: SimTime | None, known: Accepted | None) -> Outcome:
    """What became of a submission: taken at this moment, or there before, or neither, since its run is closed."""
    if stamp is not None:
        return Accepted(receipt_number=number, submitted_at=stamp, duplicate=False, late=stamp > item.at)
    if known is None:
        return ConflictError(f"the run of {item.submission.form.municipality} has been closed")
    return _repeated(known, number)


def _repeated(known: Accepted, number: str) -> Accepted:
    """The answer to a submission that was there; with this number it is our own, of an attempt whose end was lost."""
    if known.receipt_number != number:
        return known
    return Accepted(receipt_number=number, submitted_at=known.submitted_at, duplicate=False)


async def _insert(connection: Connection, batch: Sequence[Stamped], numbers: Sequence[str]) -> dict[str, SimTime]:
    """Stores what is new and whose run is open, lists it, counts it; the moments at which it is taken, by number."""
    # In one order for all transactions, so that no two wait for each other.
    rows = sorted(zip(map(_key, batch), numbers, batch, strict=True), key=itemgetter(0))
    forms = [item.submission.form for _, _, item in rows]
    stored = await connection.fetch(
        SQL["store_applications"],
        sorted({key for (key, _), _, _ in rows}),
        [number for _, number, _ in rows],
        [key for (key, _), _, _ in rows],
        [name for (_, name), _, _ in rows],
        [form.procedure for form in forms],
        [item.at for _, _, item in rows],
        [len(form.attachments) for form in forms],
        [sum(attachment.size for attachment in form.attachments) for form in forms],
        [item.submission.payload for _, _, item in rows],
    )
    return {row[0]: SimTime(row[1]) for row in stored}


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


def _key(item: Stamped) -> Key:
    return item.run_key, item.submission.submission_id
