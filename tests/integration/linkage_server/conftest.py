"""The linkage server between a real portal and a real broker; behind the broker a small stand-in for the office."""

import asyncio
import contextlib
import os
import signal
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from google.protobuf.message import Message

from portal_sim.bootstrap import build as build_portal
from portal_sim.settings import Settings as PortalSettings
from shinsei.api.control.v1 import control_pb2 as control
from shinsei.api.control.v1.control_pb2_grpc import LedgerServiceStub, RunServiceStub
from shinsei.api.events.v1 import events_pb2 as events
from shinsei.api.portal.v1 import portal_pb2 as portal_api
from shinsei.api.portal.v1.portal_pb2_grpc import PortalServiceStub
from shinsei.contracts import headers as wire
from shinsei.contracts.codec import encode_run, transition_to_proto
from shinsei.contracts.topics import APPLICATION_FETCHED, STATUS_CHANGED, TOPICS
from shinsei.domain.demand import filings
from shinsei.domain.history import CaseTransition
from shinsei.domain.lifecycle import Action, Status
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import SimTime
from shinsei.runtime.kafka import Producer, ensure_topics
from shinsei.runtime.kafka.records import Record, decode_record, raw_record, read_record
from shinsei.runtime.rpc import GrpcServer, channel
from shinsei.season.filing import application
from shinsei.stack.ports import free_port
from shinsei.testing import eventually

SECRET = "a test's secret"  # noqa: S105 - of this test only
HAPPY_LIFE = ((Action.FETCH, Status.FETCHED), (Action.STORE, Status.STORED), (Action.IDENTIFY, Status.IDENTIFIED))


@dataclass(kw_only=True)
class Seen:
    """What has come on ``application.fetched`` for one run, in order and once each."""

    messages: list[Message] = field(default_factory=list)
    fetched: dict[str, int] = field(default_factory=dict)
    watermark: int = 0
    closed: bool = False


class StandInOffice:
    """Reads ``application.fetched`` and answers on ``application.status-changed`` at once: stored, identified."""

    def __init__(self, bootstrap: str, spec: RunSpec) -> None:
        self.seen = Seen()
        self.answers = True
        self._spec = spec
        self._producer = Producer(bootstrap, "stand-in")
        partition = TopicPartition(APPLICATION_FETCHED.name, spec.partition)
        self._consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
        self._partition = partition
        self._number = 0
        self._expected = 1
        self._open: list[events.ApplicationFetched] = []

    async def run(self) -> None:
        """Reads for ever."""
        await self._producer.start()
        await self._consumer.start()
        self._consumer.assign([self._partition])
        try:
            async for record in self._consumer:
                read = read_record(raw_record(record))
                if read.run_id == self._spec.run_id and read.municipality == self._spec.municipality:
                    await self._take(read)
        finally:
            await self._consumer.stop()
            await self._producer.stop()

    async def _take(self, record: Record) -> None:
        if record.number != self._expected:
            assert record.number < self._expected, "a number is missing"
            return
        self._expected += 1
        message = decode_record(record)
        self.seen.messages.append(message)
        if isinstance(message, events.ApplicationFetched):
            case = message.application.submission_id
            assert case not in self.seen.fetched, "a case came twice"
            assert message.fetched_at_ms >= self.seen.watermark, "a case came behind its watermark"
            self.seen.fetched[case] = message.fetched_at_ms
            self._open.append(message)
        elif isinstance(message, events.Watermark):
            self.seen.watermark = message.at_ms
            if self.answers:
                await self._answer(message.at_ms)
        elif isinstance(message, events.RunClosed):
            self.seen.closed = True

    async def _answer(self, watermark: int) -> None:
        done = [item for item in self._open if item.fetched_at_ms < watermark]
        self._open = [item for item in self._open if item.fetched_at_ms >= watermark]
        out: list[Message] = [
            events.StatusChanged(
                run_id=self._spec.run_id,
                submission_id=item.application.submission_id,
                receipt_number=item.application.receipt_number,
                transitions=[
                    transition_to_proto(CaseTransition(at=SimTime(item.fetched_at_ms), action=action, status=status))
                    for action, status in HAPPY_LIFE
                ],
            )
            for item in sorted(done, key=lambda item: item.fetched_at_ms)
        ]
        spec = self._spec
        out.append(events.Watermark(run_id=spec.run_id, municipality=spec.municipality, at_ms=watermark))
        await self._send(out, watermark)

    async def _send(self, messages: list[Message], at: int) -> None:
        records = []
        for message in messages:
            self._number += 1
            headers = wire.Headers(
                type=message.DESCRIPTOR.full_name,
                run_id=self._spec.run_id,
                number=self._number,
                event_id=f"test/{self._number}",
                at=SimTime(at),
                sent_ms=1,
            )
            records.append((self._spec.municipality.encode(), message.SerializeToString(), wire.encode(headers)))
        await self._producer.send_all(STATUS_CHANGED.name, self._spec.partition, records)

    async def send_raw(self, value: bytes) -> None:
        """An event that nobody can decode."""
        self._number += 1
        headers = wire.Headers(
            type=events.StatusChanged.DESCRIPTOR.full_name,
            run_id=self._spec.run_id,
            number=self._number,
            event_id=f"test/{self._number}",
            at=self._spec.start,
            sent_ms=1,
        )
        record = (self._spec.municipality.encode(), value, wire.encode(headers))
        await self._producer.send_all(STATUS_CHANGED.name, self._spec.partition, [record])


@dataclass(kw_only=True)
class Driver:
    """Drives one run as a season does."""

    runs: RunServiceStub
    applicants: PortalServiceStub
    spec: RunSpec

    def of(self, request: Any, **fields: Any) -> Any:
        """A request about the run."""
        return request(run_id=self.spec.run_id, municipality=self.spec.municipality, **fields)

    async def open(self) -> None:
        """Opens the run."""
        await self.runs.StartRun(self.of(control.StartRunRequest, spec=encode_run(self.spec)))

    async def progress(self, after: int = 0, wait_ms: int = 0) -> control.GetProgressResponse:
        """Where it stands."""
        return await self.runs.GetProgress(self.of(control.GetProgressRequest, after_ms=after, wait_ms=wait_ms))

    async def file_up_to(self, frontier: int, after: int) -> None:
        """Files everything between two moments and raises the watermark."""
        await self.runs.CommitFrontier(self.of(control.CommitFrontierRequest, frontier_ms=frontier))
        due = [item for item in filings(self.spec) if item.online and after <= item.at < frontier]
        for start in range(0, len(due), 500):
            batch = [application(self.spec, item) for item in due[start : start + 500]]
            outcomes = (await self.applicants.SubmitBatch(portal_api.SubmitBatchRequest(applications=batch))).outcomes
            assert not [outcome.error for outcome in outcomes if outcome.error]
        await self.runs.RaiseWatermark(self.of(control.RaiseWatermarkRequest, watermark_ms=frontier))

    async def drive(self, end: int) -> None:
        """Never further ahead of what came back than the lookahead."""
        watermark = (await self.progress()).watermark_ms
        while (returned := (await self.progress()).returned_ms) < end:
            frontier = min(returned + self.spec.lookahead_ms, end)
            if frontier > watermark:
                await self.file_up_to(frontier, watermark)
                watermark = frontier
            await self.progress(after=returned, wait_ms=2_000)


class LinkageProcess:
    """The linkage server as a process of its own, for killing."""

    def __init__(self, settings: dict[str, str], log: Path) -> None:
        self._settings = settings
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Starts it."""
        environment = {**os.environ, **self._settings}  # noqa: TID251 - a child gets this process's environment
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "linkage_server", env=environment, stdout=log, stderr=log
            )

    async def end(self, number: signal.Signals = signal.SIGKILL) -> int:
        """Ends it by a signal; its exit code."""
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)
        return await self._process.wait()


@dataclass(kw_only=True)
class Site:
    """Portal, broker and databases around a linkage server."""

    bootstrap: str
    portal_target: str
    dsn: str
    portal_dsn: str
    folder: Path
    linkage: LinkageProcess
    grpc_port: int
    stack: AsyncExitStack

    async def open(self, spec: RunSpec) -> tuple[Driver, StandInOffice]:
        """A run with its driver and its office."""
        connection = await self.stack.enter_async_context(channel(self.portal_target))
        driver = Driver(runs=RunServiceStub(connection), applicants=PortalServiceStub(connection), spec=spec)
        await driver.open()
        office = StandInOffice(self.bootstrap, spec)
        task = asyncio.create_task(office.run())

        async def end() -> None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

        self.stack.push_async_callback(end)
        return driver, office

    async def ledger(self, spec: RunSpec) -> control.GetStageResponse:
        """What the linkage server says to the ledger."""
        connection = await self.stack.enter_async_context(channel(f"127.0.0.1:{self.grpc_port}"))
        request = control.GetStageRequest(run_id=spec.run_id, municipality=spec.municipality)
        return await LedgerServiceStub(connection).GetStage(request, wait_for_ready=True)


OpenSite = Callable[..., Awaitable[Site]]


@pytest.fixture
async def portal_dsn(postgres_dsn: str) -> AsyncIterator[str]:
    """DSN of the portal's database."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    admin = await asyncpg.connect(postgres_dsn)
    await admin.execute(f"CREATE DATABASE {name}")
    yield urlsplit(postgres_dsn)._replace(path=f"/{name}").geturl()
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture
async def open_site(dsn: str, portal_dsn: str, kafka_bootstrap: str, tmp_path: Path) -> AsyncIterator[OpenSite]:
    """Starts a portal and a linkage server with some settings."""
    await ensure_topics(kafka_bootstrap, TOPICS)
    async with AsyncExitStack() as stack:

        async def start(**settings: str) -> Site:
            clients = tmp_path / "clients.toml"
            clients.write_text(f'[linkage_server]\nsecret = "{SECRET}"\nmunicipalities = ["*"]\n')
            (tmp_path / "secret").write_text(SECRET)
            target = await _start_portal(stack, portal_dsn, clients)
            port = free_port()
            own = {
                "DATABASE_DSN": dsn,
                "KAFKA_BOOTSTRAP": kafka_bootstrap,
                "PORTAL_TARGET": target,
                "CLIENT_SECRET_FILE": str(tmp_path / "secret"),
                "PAYLOAD_DIR": str(tmp_path / "payloads"),
                "GRPC_PORT": str(port),
                "METRICS_PORT": "0",
                "INSTANCE": "test",
                **settings,
            }
            environment = {f"LINKAGE_SERVER_{name}": value for name, value in own.items()}
            linkage = LinkageProcess(environment, tmp_path / "linkage.log")
            await linkage.start()
            stack.push_async_callback(linkage.end, signal.SIGTERM)
            return Site(
                bootstrap=kafka_bootstrap,
                portal_target=target,
                dsn=dsn,
                portal_dsn=portal_dsn,
                folder=tmp_path,
                linkage=linkage,
                grpc_port=port,
                stack=stack,
            )

        yield start


async def _start_portal(stack: AsyncExitStack, dsn: str, clients: Path) -> str:
    service = build_portal(PortalSettings(database_dsn=dsn, grpc_port=0, clients_file=clients, token_ttl_s=2))
    for component in service.components:
        await component.start()
        stack.push_async_callback(component.stop)
    server = next(part for part in service.components if isinstance(part, GrpcServer))
    return f"127.0.0.1:{server.port}"


async def settled(condition: Callable[[], bool], what: str) -> None:
    """Waits for the stack to come to a state."""
    await eventually(condition, within_s=60.0, what=what)
