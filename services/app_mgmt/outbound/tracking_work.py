"""One transaction of the status path in PostgreSQL."""

from collections.abc import Mapping, Sequence

from app_mgmt.handlers.values import Arrival, StatusChange, TrackedCase, WatermarkRose, WorkDone
from app_mgmt.outbound.encoding import forwarded, status_message, watermark_message
from app_mgmt.outbound.inbox import accepted_numbers
from app_mgmt.outbound.runs import KnownRun
from shinsei.contracts.topics import STATUS_CHANGED
from shinsei.domain.lifecycle import ACTION_RANK, LEDGER_ENDS
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.simtime import SimTime
from shinsei.runtime import outbox
from shinsei.runtime.postgres import Connection


class PostgresTrackingWork:
    """A transaction for one run."""

    def __init__(self, connection: Connection, sql: Mapping[str, str], known: KnownRun) -> None:
        self._connection = connection
        self._sql = sql
        self._run = known

    async def accept(self, arrivals: Sequence[Arrival[object]]) -> set[int]:
        """Numbers of those that come next in the log."""
        return await accepted_numbers(self._connection, arrivals)

    async def raise_to(self, watermark: SimTime) -> bool:
        """Notes up to where statuses are passed on; whether that is more than before."""
        return await self._connection.fetchval(self._sql["raise_tracking"], self._run.row, watermark) is not None

    async def track(self, done: Sequence[WorkDone], residents: Mapping[str, str]) -> Mapping[str, TrackedCase]:
        """Updates current statuses and histories; the cases that are known."""
        if not done:
            return {}
        # The last step of a case gives its status, the first end its line.
        statuses = {body.submission_id: body.transitions[-1].status for body in done}
        lines: dict[str, str] = {}
        for body in done:
            for row in body.transitions:
                if row.status in LEDGER_ENDS:
                    lines.setdefault(body.submission_id, LEDGER_ENDS[row.status])
        rows = await self._connection.fetch(
            self._sql["track"],
            self._run.row,
            list(statuses),
            list(statuses.values()),
            [lines.get(name) for name in statuses],
            [residents.get(name) for name in statuses],
        )
        known = {row["submission_id"]: _tracked(row) for row in rows}
        await self._add_history([body for body in done if body.submission_id in known])
        return known

    async def hold(self, done: Sequence[WorkDone], known: Mapping[str, TrackedCase]) -> None:
        """Lets transitions of known cases wait for a watermark that has passed them."""
        if not done:
            return
        first = [body.transitions[0] for body in done]
        await self._connection.execute(
            self._sql["hold"],
            self._run.row,
            [row.at for row in first],
            [body.submission_id for body in done],
            [ACTION_RANK[row.action] for row in first],
            [row.n for row in first],
            [known[body.submission_id].receipt_number for body in done],
            [body.payload for body in done],
        )

    async def take_held(self, before: SimTime) -> Sequence[StatusChange]:
        """Transitions that a watermark has passed."""
        rows = await self._connection.fetch(self._sql["take_held"], self._run.row, before)
        return [
            StatusChange(
                submission_id=row["submission_id"],
                receipt_number=row["receipt_number"],
                transitions=forwarded(row["payload"]),
            )
            for row in rows
        ]

    async def send(self, changes: Sequence[StatusChange], watermark: SimTime) -> None:
        """Sends to the portal's side, the watermark last."""
        key = self._run.key
        await outbox.append(
            self._connection,
            topic=STATUS_CHANGED.name,
            run_id=key.run_id,
            municipality=key.municipality,
            partition=self._run.spec.partition,
            messages=[
                *(status_message(key, change) for change in changes),
                watermark_message(key, WatermarkRose(at=watermark)),
            ],
        )

    async def _add_history(self, done: Sequence[WorkDone]) -> None:
        first = [body.transitions[0] for body in done]
        await self._connection.execute(
            self._sql["add_history"],
            self._run.row,
            [body.submission_id for body in done],
            [row.at for row in first],
            [ACTION_RANK[row.action] for row in first],
            [row.n for row in first],
            [body.payload for body in done],
        )


def _tracked(row: Mapping[str, object]) -> TrackedCase:
    method = row["method"]
    submitted_at, stored_at = row["submitted_at_ms"], row["stored_at_ms"]
    assert isinstance(submitted_at, int), "a bigint column"
    assert isinstance(stored_at, int), "a bigint column"
    return TrackedCase(
        receipt_number=str(row["receipt_number"]),
        submitted_at=SimTime(submitted_at),
        stored_at=SimTime(stored_at),
        method=None if method is None else LinkageMethod(str(method)),
    )
