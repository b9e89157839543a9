"""One transaction of the intake in PostgreSQL: every statement handles all rows of the step at once."""

from collections.abc import Collection, Mapping, Sequence

from app_mgmt.handlers.values import Arrival, Decision, IntakeRun, Outgoing, ReceivedApplication, RunKey
from app_mgmt.outbound.encoding import encode_transitions, outgoing_message
from app_mgmt.outbound.inbox import accepted_numbers
from app_mgmt.outbound.runs import KnownRun, KnownRuns, read_intake
from shinsei.contracts import codec
from shinsei.contracts.topics import WORK_REQUESTED
from shinsei.domain.identification import SerialMapping
from shinsei.domain.lifecycle import ACTION_RANK, LEDGER_ENDS
from shinsei.domain.run import Change, RunSpec, TakenAs
from shinsei.domain.simtime import SimTime
from shinsei.runtime import outbox
from shinsei.runtime.postgres import Connection


class PostgresIntakeWork:
    """A transaction for one run."""

    def __init__(self, connection: Connection, key: RunKey, runs: KnownRuns, known: KnownRun | None) -> None:
        self._connection = connection
        self._key = key
        self._sql = runs.sql
        self._known = known

    async def accept(self, arrivals: Sequence[Arrival[object]]) -> set[int]:
        """Numbers of those that come next in the log."""
        return await accepted_numbers(self._connection, arrivals)

    async def run(self) -> IntakeRun:
        """The run as this transaction sees it."""
        return await read_intake(self._connection, self._run)

    async def open_run(self, spec: RunSpec) -> None:
        """Keeps a run's specification."""
        raw = codec.encode_run(spec)
        row = await self._connection.fetchval(self._sql["open_run"], self._key.run_id, self._key.municipality, raw)
        # Not remembered beyond this transaction, which may still fail.
        self._known = KnownRun(key=self._key, row=row, spec=spec, sql=self._sql)

    async def close_run(self) -> None:
        """Notes that nothing more follows."""
        await self._connection.execute(self._sql["close_run"], self._run.row)

    async def add_changes(self, changes: Sequence[Change]) -> None:
        """Keeps control changes."""
        if changes:
            encoded = [codec.encode_change(change) for change in changes]
            numbers = [change.n for change in changes]
            await self._connection.execute(self._sql["add_changes"], self._run.row, numbers, encoded)

    async def store(self, applications: Sequence[ReceivedApplication]) -> set[str]:
        """Stores applications; the submission ids that were not there before."""
        if not applications:
            return set()
        rows = await self._connection.fetch(
            self._sql["store"],
            self._run.row,
            [item.submission_id for item in applications],
            [item.receipt_number for item in applications],
            [item.procedure for item in applications],
            [item.serial_number for item in applications],
            [item.submitted_at for item in applications],
            [item.fetched_at for item in applications],
            [item.payload for item in applications],
            [item.taken_as for item in applications],
        )
        return {row["submission_id"] for row in rows}

    async def postpone(self, applications: Sequence[ReceivedApplication]) -> None:
        """Lets applications wait for a watermark that has passed them."""
        if applications:
            await self._connection.execute(
                self._sql["postpone"],
                self._run.row,
                [item.fetched_at for item in applications],
                [item.submission_id for item in applications],
                [item.submitted_at for item in applications],
            )

    async def take_postponed(self, before: SimTime) -> Sequence[ReceivedApplication]:
        """Applications that a watermark has passed."""
        rows = await self._connection.fetch(self._sql["take_postponed"], self._run.row, before)
        return [
            ReceivedApplication(
                submission_id=row["submission_id"],
                receipt_number=row["receipt_number"],
                procedure=row["procedure"],
                serial_number=row["serial_number"],
                submitted_at=SimTime(row["submitted_at_ms"]),
                fetched_at=SimTime(row["fetched_at_ms"]),
                payload=row["payload"],
                taken_as=TakenAs(row["taken_as"]),
            )
            for row in rows
        ]

    async def oldest_postponed(self) -> SimTime | None:
        """Earliest acceptance among those that still wait."""
        oldest = await self._connection.fetchval(self._sql["oldest_postponed"], self._run.row)
        return None if oldest is None else SimTime(oldest)

    async def look_up(self, serials: Collection[str]) -> Mapping[str, SerialMapping]:
        """The copied mapping's lines for these serial numbers."""
        if not serials:
            return {}
        rows = await self._connection.fetch(self._sql["look_up"], self._run.row, list(serials))
        return {
            row["serial_number"]: SerialMapping(
                serial=row["serial_number"],
                resident=row["resident_number"],
                valid_from=SimTime(row["valid_from_ms"]),
                valid_until=None if row["valid_until_ms"] is None else SimTime(row["valid_until_ms"]),
            )
            for row in rows
        }

    async def decided(self, decisions: Sequence[Decision]) -> None:
        """Keeps decisions: current status, history, and the transitions that the portal is to see."""
        if not decisions:
            return
        cases = [decision.application for decision in decisions]
        first = [decision.transitions[0] for decision in decisions]
        await self._connection.execute(
            self._sql["track_new"],
            self._run.row,
            [case.submission_id for case in cases],
            [case.receipt_number for case in cases],
            [case.procedure for case in cases],
            [decision.method for decision in decisions],
            [decision.status for decision in decisions],
            [decision.resident_number for decision in decisions],
            [case.submitted_at for case in cases],
            [case.fetched_at for case in cases],
            [LEDGER_ENDS.get(decision.status) for decision in decisions],
            [row.at for row in first],
            [ACTION_RANK[row.action] for row in first],
            [row.n for row in first],
            [
                encode_transitions(self._key.run_id, decision.application.submission_id, decision.transitions)
                for decision in decisions
            ],
        )

    async def progress(self, *, number: int, watermark: SimTime | None, polled_until: SimTime | None) -> None:
        """Notes how far the log has been taken in."""
        await self._connection.execute(
            self._sql["progress_intake"], self._run.row, number, watermark or 0, polled_until or 0
        )

    async def send(self, outgoing: Sequence[Outgoing]) -> None:
        """Sends to the core systems, in this order."""
        if outgoing:
            await outbox.append(
                self._connection,
                topic=WORK_REQUESTED.name,
                run_id=self._key.run_id,
                municipality=self._key.municipality,
                partition=self._run.spec.partition,
                messages=[outgoing_message(self._key, body) for body in outgoing],
            )

    @property
    def _run(self) -> KnownRun:
        assert self._known is not None, "a run is opened before anything else is done with it"
        return self._known
