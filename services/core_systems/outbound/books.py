"""The database of the core systems: journals, and the transaction of an office's step."""

import json
from collections.abc import Sequence

from core_systems.handlers.values import (
    Arrival,
    CaseRequested,
    CoreMessage,
    Journal,
    Owner,
    ReactionArrived,
    RunKey,
    Step,
)
from core_systems.outbound.encoding import outgoing_messages
from core_systems.outbound.runs import KnownRuns
from shinsei.contracts import codec
from shinsei.contracts.topics import WORK_COMPLETED, WORK_REQUESTED
from shinsei.domain.applicants import ReactionKind
from shinsei.domain.errors import UnavailableError
from shinsei.domain.identification import mappings
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import RunSpec, TakenAs
from shinsei.domain.simtime import SimTime
from shinsei.runtime import outbox
from shinsei.runtime.kafka import Record
from shinsei.runtime.outbox import Ownership, Relay
from shinsei.runtime.postgres import Connection, Database

MAPPING_COLUMNS = ("run_key", "serial_number", "resident_number", "valid_from_ms", "valid_until_ms")


class PostgresBooks:
    """The service's books in PostgreSQL; a commit wakes the relay."""

    def __init__(self, database: Database, relay: Relay, runs: KnownRuns) -> None:
        self._database = database
        self._relay = relay
        self._runs = runs
        self._sql = runs.sql

    async def take(self, partition: int) -> Owner:
        """Becomes the owner of a partition; whoever was it before can commit nothing any more."""
        async with self._database.transaction() as connection:
            epoch = await Ownership.take(connection, WORK_REQUESTED.name, partition)
        return Owner(partition=partition, epoch=epoch)

    async def journal(self, key: RunKey) -> Journal | None:
        """What a run's office is rebuilt from, all of one moment."""
        async with self._database.transaction() as connection:
            await connection.execute(self._sql["one_moment"])
            known = await self._runs.find(connection, key)
            if known is None:
                return None
            state = await connection.fetchrow(self._sql["run_state"], known.row)
            cases = await connection.fetch(self._sql["journal_cases"], known.row)
            reactions = await connection.fetch(self._sql["journal_reactions"], known.row)
            changes = await connection.fetch(self._sql["journal_changes"], known.row)
        return Journal(
            spec=known.spec,
            watermark=SimTime(state["watermark_ms"]),
            last_number=state["number"],
            cases=tuple(
                CaseRequested(
                    submission_id=row["submission_id"],
                    receipt_number=row["receipt_number"],
                    procedure=row["procedure"],
                    method=LinkageMethod(row["method"]),
                    resident_number=row["resident_number"],
                    identified=row["identified"],
                    submitted_at=SimTime(row["submitted_at_ms"]),
                    opened_at=SimTime(row["opened_at_ms"]),
                    fields={},
                    taken_as=TakenAs(row["taken_as"]),
                )
                for row in cases
            ),
            reactions=tuple(
                ReactionArrived(
                    submission_id=row["submission_id"],
                    kind=ReactionKind(row["kind"]),
                    n=row["n"],
                    filed_at=SimTime(row["filed_at_ms"]),
                    fetched_at=SimTime(row["fetched_at_ms"]),
                )
                for row in reactions
            ),
            changes=tuple(codec.decode_change(row["change"]) for row in changes),
            closed=state["closed"],
        )

    async def last_number(self, key: RunKey) -> int | None:
        """Of the last message that is in a run's journal; None if the run is unknown here."""
        async with self._database.acquire() as connection:
            known = await self._runs.find(connection, key)
            state = known and await connection.fetchrow(self._sql["run_state"], known.row)
        return state["number"] if state else None

    async def keep(self, key: RunKey, owner: Owner, step: Step, arrivals: Sequence[Arrival[CoreMessage]]) -> None:
        """Commits a step with the messages that caused it, in one transaction."""
        lines = list(mappings(step.opened)) if step.opened is not None else []
        async with self._database.transaction() as connection:
            await Ownership.check(connection, WORK_REQUESTED.name, owner.partition, owner.epoch)
            await _accept_all(connection, arrivals)
            if step.opened is not None:
                row = await self._open(connection, key, step.opened)
                records = [(row, line.serial, line.resident, line.valid_from, line.valid_until) for line in lines]
                await connection.copy_records_to_table("serial_mapping", records=records, columns=MAPPING_COLUMNS)
                partition = step.opened.partition
            else:
                known = await self._runs.get(connection, key)
                row, partition = known.row, known.spec.partition
            await self._write(connection, row, step)
            await outbox.append(
                connection,
                topic=WORK_COMPLETED.name,
                run_id=key.run_id,
                municipality=key.municipality,
                partition=partition,
                messages=outgoing_messages(key, step),
            )
        self._relay.poke()

    async def _open(self, connection: Connection, key: RunKey, spec: RunSpec) -> int:
        row = await connection.fetchval(self._sql["open_run"], key.run_id, key.municipality, codec.encode_run(spec))
        assert isinstance(row, int), "an integer column"
        return row

    async def _write(self, connection: Connection, row: int, step: Step) -> None:
        if step.cases:
            await self._write_cases(connection, row, step.cases)
        if step.reactions:
            await connection.execute(
                self._sql["add_reactions"],
                row,
                [reaction.submission_id for reaction in step.reactions],
                [reaction.kind for reaction in step.reactions],
                [reaction.n for reaction in step.reactions],
                [reaction.filed_at for reaction in step.reactions],
                [reaction.fetched_at for reaction in step.reactions],
            )
        if step.changes:
            numbers = [number for number, _ in step.changes]
            encoded = [codec.encode_change(change) for _, change in step.changes]
            await connection.execute(self._sql["add_changes"], row, numbers, encoded)
        if step.dead:
            await connection.execute(self._sql["dead_cases"], row, list(step.dead))
        if step.registrations:
            entries = step.registrations
            await connection.execute(
                self._sql["register"],
                row,
                [entry.submission_id for entry in entries],
                [entry.core_system for entry in entries],
                [entry.resident_number for entry in entries],
                [entry.method for entry in entries],
                [entry.registered_at for entry in entries],
                [None if entry.fields is None else _json(entry.fields) for entry in entries],
                [entry.batch_id for entry in entries],
            )
        risen = step.watermark
        await connection.execute(
            self._sql["progress"],
            row,
            step.last_number,
            0 if risen is None else risen.at,
            0 if risen is None else risen.accepted_before,
            step.ended,
        )

    async def _write_cases(self, connection: Connection, row: int, cases: Sequence[CaseRequested]) -> None:
        await connection.execute(
            self._sql["open_cases"],
            row,
            [case.submission_id for case in cases],
            [case.receipt_number for case in cases],
            [case.procedure for case in cases],
            [case.method for case in cases],
            [case.resident_number for case in cases],
            [case.identified for case in cases],
            [case.submitted_at for case in cases],
            [case.opened_at for case in cases],
            [_json(case.fields) for case in cases],
            [case.taken_as for case in cases],
        )


async def _accept_all(connection: Connection, arrivals: Sequence[Arrival[CoreMessage]]) -> None:
    """The step was made of exactly these messages: if the inbox sees it otherwise, it must be made anew."""
    records = [arrival.delivered for arrival in arrivals if isinstance(arrival.delivered, Record)]
    accepted = await outbox.accept(connection, records=records)
    if len(accepted) != len(arrivals):
        raise UnavailableError(f"{len(arrivals) - len(accepted)} of {len(arrivals)} messages are not next in the log")


def _json(fields: object) -> str:
    return json.dumps(fields, ensure_ascii=False)
