"""The bare application management: intake in one transaction a batch, tracking in another."""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka import ConsumerRecord

from bench.limit.outbox import Outbox
from bench.limit.reading import accept, read
from bench.limit.transitions import taken_in
from bench.limit.wiring import CHANGED, COMPLETED, FETCHED, REQUESTED, RUN_ID, Wiring, pool, producer
from shinsei.api.application.v1 import application_pb2 as pb
from shinsei.api.events.v1.events_pb2 import ApplicationFetched, StatusChanged, WorkProgressed, WorkRequested
from shinsei.runtime.clock import RealClock
from shinsei.runtime.queries import load_queries

SQL = load_queries("bench.limit", "app_mgmt.sql")
_CLOCK = RealClock()


class Management:
    """Both of its consumers."""

    def __init__(self, connections: Any, work: Outbox, statuses: Outbox, municipalities: Sequence[str]) -> None:
        self._pool = connections
        self._work = work
        self._statuses = statuses
        self._municipalities = municipalities

    async def take_in(self, partition: int, records: Sequence[ConsumerRecord]) -> None:
        """Stores applications and asks for work."""
        fetched = [ApplicationFetched.FromString(record.value) for record in records]
        cases = [one.application for one in fetched]
        async with self._pool.acquire() as connection, connection.transaction():
            await accept(connection, records)
            rows = await connection.fetch(
                SQL["take_in"],
                partition,
                [case.submission_id for case in cases],
                [case.receipt_number for case in cases],
                [case.procedure for case in cases],
                [case.serial_number for case in cases],
                [case.submitted_at_ms for case in cases],
                [case.SerializeToString() for case in cases],
                fetched[0].fetched_at_ms,
                taken_in(),
            )
            new = {row[0] for row in rows}
            messages = [
                (f"{RUN_ID}/{case.submission_id}/work-requested", _request(case, fetched[0].fetched_at_ms))
                for case in cases
                if case.submission_id in new
            ]
            lot = await self._work.append(connection, self._municipalities[partition], messages)
        self._work.send(lot)

    async def track(self, partition: int, records: Sequence[ConsumerRecord]) -> None:
        """Notes what was done and passes it on, with what the intake has held."""
        done = {one.submission_id: one for one in (WorkProgressed.FromString(record.value) for record in records)}
        payloads = [record.value for record in records]
        async with self._pool.acquire() as connection, connection.transaction():
            await accept(connection, records)
            rows = await connection.fetch(SQL["track"], partition, list(done), payloads, _CLOCK.now_ms())
            messages = [
                (f"{RUN_ID}/{name}/status-FETCH", held + _changed(done[name], receipt)) for name, receipt, held in rows
            ]
            lot = await self._statuses.append(connection, self._municipalities[partition], messages)
        self._statuses.send(lot)


def _request(case: pb.Application, opened_ms: int) -> bytes:
    message = WorkRequested(
        submission_id=case.submission_id,
        receipt_number=case.receipt_number,
        procedure=case.procedure,
        method=pb.LINKAGE_METHOD_STANDARD_API,
        resident_number=case.serial_number,
        submitted_at_ms=case.submitted_at_ms,
        opened_at_ms=opened_ms,
        fields=case.fields,
        identified=True,
        run_id=RUN_ID,
        taken_as=pb.TAKEN_AS_WHOLE,
    )
    return message.SerializeToString()


def _changed(done: WorkProgressed, receipt: str) -> bytes:
    """What comes behind the transitions of the intake."""
    message = StatusChanged(run_id=RUN_ID, submission_id=done.submission_id, receipt_number=receipt)
    message.transitions.extend(done.transitions)
    return message.SerializeToString()


async def run(wiring: Wiring) -> None:
    """Reads both of its topics for ever."""
    connections, sender, towns = await pool(wiring, "app_mgmt", 16), await producer(wiring), wiring.municipalities
    work = Outbox(connections, sender, REQUESTED, WorkRequested.DESCRIPTOR.full_name, towns)
    statuses = Outbox(connections, sender, CHANGED, StatusChanged.DESCRIPTOR.full_name, towns)
    management = Management(connections, work, statuses, towns)
    await asyncio.gather(
        work.run(),
        statuses.run(),
        read(wiring, FETCHED, management.take_in),
        read(wiring, COMPLETED, management.track),
    )
