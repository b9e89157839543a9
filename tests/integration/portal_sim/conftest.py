"""The portal on a real database, called over real gRPC."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest

from portal_sim.bootstrap import build
from portal_sim.settings import Settings
from shinsei.api.control.v1 import control_pb2 as control
from shinsei.api.control.v1.control_pb2_grpc import LedgerServiceStub, RunServiceStub
from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.api.portal.v1.portal_pb2_grpc import PortalServiceStub, PullServiceStub
from shinsei.contracts.codec import encode_run
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import SimTime
from shinsei.runtime.rpc import GrpcServer, channel

SECRET = "a test's secret"  # noqa: S105 - of this test only
CLIENTS = f"""
[linkage_server]
secret = "{SECRET}"
municipalities = ["*"]
[elsewhere]
secret = "{SECRET}"
municipalities = ["131016"]
"""

Metadata = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Portal:
    """A running portal and its callers' stubs."""

    target: str
    applicants: PortalServiceStub
    pull: PullServiceStub
    runs: RunServiceStub
    ledger: LedgerServiceStub
    token: Metadata

    async def start(self, spec: RunSpec, speed: float = 0.0) -> None:
        """Opens a run."""
        await self.runs.StartRun(
            control.StartRunRequest(
                run_id=spec.run_id, municipality=spec.municipality, spec=encode_run(spec), speed=speed
            )
        )

    async def raise_to(self, spec: RunSpec, watermark: int) -> None:
        """Commits a frontier and raises the watermark to it."""
        await self.runs.CommitFrontier(self.of(spec, control.CommitFrontierRequest, frontier_ms=watermark))
        await self.runs.RaiseWatermark(self.of(spec, control.RaiseWatermarkRequest, watermark_ms=watermark))

    async def list(self, spec: RunSpec, wait_until: int = 0, wait_ms: int = 0) -> api.ListReceiptsResponse:
        """One listing."""
        request = self.of(spec, api.ListReceiptsRequest, wait_until_ms=wait_until, wait_ms=wait_ms)
        return await self.pull.ListReceipts(request, metadata=self.token)

    async def push(self, spec: RunSpec, watermark: int, *updates: api.StatusUpdate) -> None:
        """One push."""
        request = self.of(spec, api.PushStatusRequest, watermark_ms=watermark, updates=updates)
        await self.pull.PushStatus(request, metadata=self.token)

    async def progress(self, spec: RunSpec, after: int = 0, wait_ms: int = 0) -> control.GetProgressResponse:
        """Where the run stands."""
        return await self.runs.GetProgress(self.of(spec, control.GetProgressRequest, after_ms=after, wait_ms=wait_ms))

    @staticmethod
    def of(spec: RunSpec, request: Any, **fields: Any) -> Any:
        """A request about a run."""
        return request(run_id=spec.run_id, municipality=spec.municipality, **fields)


RunPortal = Callable[..., Awaitable[Portal]]


async def start_portal(stack: AsyncExitStack, dsn: str, folder: Path, **settings: Any) -> Portal:
    """A portal that stops with the stack."""
    clients = folder / "clients.toml"
    clients.write_text(CLIENTS)
    service = build(Settings(database_dsn=dsn, grpc_port=0, clients_file=clients, **settings))
    for component in service.components:
        await component.start()
        stack.push_async_callback(component.stop)
    server = next(part for part in service.components if isinstance(part, GrpcServer))
    target = f"127.0.0.1:{server.port}"
    connection = await stack.enter_async_context(channel(target))
    pull = PullServiceStub(connection)
    token = (await pull.Login(api.LoginRequest(client_id="linkage_server", client_secret=SECRET))).token
    return Portal(
        target=target,
        applicants=PortalServiceStub(connection),
        pull=pull,
        runs=RunServiceStub(connection),
        ledger=LedgerServiceStub(connection),
        token=(("authorization", f"Bearer {token}"),),
    )


@pytest.fixture
async def run_portal(dsn: str, tmp_path: Path) -> AsyncIterator[RunPortal]:
    """Starts portals on the test's database with other settings."""
    async with AsyncExitStack() as stack:

        async def run(**settings: Any) -> Portal:
            return await start_portal(stack, dsn, tmp_path, **settings)

        yield run


@pytest.fixture
async def portal(run_portal: RunPortal) -> Portal:
    """A portal with the usual settings."""
    return await run_portal()


async def refused(call: Awaitable[Any]) -> grpc.aio.AioRpcError:
    """The error with which a call ends."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return caught.value


def at(spec: RunSpec, minutes: float) -> SimTime:
    """A moment of a run."""
    return SimTime(spec.start + int(minutes * 60_000))
