"""A server with a certificate: nobody connects without one, and the role that it names decides what may be called."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc.aio import AioRpcError
from grpc_health.v1 import health_pb2, health_pb2_grpc

from shinsei.api.portal.v1 import portal_pb2 as pb
from shinsei.api.portal.v1 import portal_pb2_grpc as pb_grpc
from shinsei.domain.errors import UnavailableError
from shinsei.runtime.errors import StartError
from shinsei.runtime.healthcheck import is_serving
from shinsei.runtime.identity import Identity, introduce
from shinsei.runtime.rpc import GrpcServer, channel, to_domain
from shinsei.stack.certificates import issue

ROLES = ("portal_sim", "app_mgmt", "applicant", "season", "linkage_server")


class Portal(pb_grpc.PortalServiceServicer):
    """Answers everybody whom it hears."""

    async def Submit(self, request: Any, context: Any) -> Any:  # noqa: N802
        return pb.SubmitResponse(receipt_number="1")

    async def WatchStatus(self, request: Any, context: Any) -> Any:  # noqa: N802
        yield pb.WatchStatusResponse()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificates")
    issue(folder, ROLES)
    return folder


@pytest.fixture
async def target(certificates: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """Where a portal answers; this process has a choice of identities there."""
    monkeypatch.setenv("SHINSEI_IDENTITY_DIR", str(certificates / "portal_sim"))
    server = GrpcServer(
        "127.0.0.1", 0, [lambda to: pb_grpc.add_PortalServiceServicer_to_server(Portal(), to)], ["portal"]
    )
    await server.start()
    monkeypatch.delenv("SHINSEI_IDENTITY_DIR")
    address = f"127.0.0.1:{server.port}"
    introduce([address], certificates)
    yield address
    introduce([address], None)
    await server.stop()


async def code_of(call: Any) -> grpc.StatusCode:
    with pytest.raises(AioRpcError) as raised:
        await call
    found: grpc.StatusCode = raised.value.code()
    return found


async def submit(opened: grpc.aio.Channel) -> Any:
    async with opened:
        return await pb_grpc.PortalServiceStub(opened).Submit(pb.SubmitRequest(), timeout=5)


async def test_the_role_of_the_certificate_decides(target: str) -> None:
    assert (await submit(channel(target, "portal_sim", role="applicant"))).receipt_number == "1"
    for role in ("linkage_server", "season", "app_mgmt", "portal_sim"):
        refused = submit(channel(target, "portal_sim", role=role))
        assert await code_of(refused) is grpc.StatusCode.PERMISSION_DENIED, role


async def test_a_role_among_the_other_names_of_a_certificate_counts_for_nothing(
    target: str, certificates: Path
) -> None:
    """Those are places at which the role stands."""
    issue(certificates, ["app_mgmt"], ["127.0.0.1", "applicant"])
    introduce([target], certificates)
    refused = submit(channel(target, "portal_sim", role="app_mgmt"))
    assert await code_of(refused) is grpc.StatusCode.PERMISSION_DENIED


async def test_a_stream_is_refused_like_a_call(target: str) -> None:
    for role, is_let_in in (("applicant", True), ("linkage_server", False)):
        async with channel(target, "portal_sim", role=role) as opened:
            stream = pb_grpc.PortalServiceStub(opened).WatchStatus(pb.WatchStatusRequest())
            if is_let_in:
                assert await stream.read() == pb.WatchStatusResponse()
            else:
                assert await code_of(stream.read()) is grpc.StatusCode.PERMISSION_DENIED


async def test_a_refusal_names_the_role_and_the_procedure(target: str) -> None:
    with pytest.raises(AioRpcError, match=r"linkage_server.*may not call Submit"):
        await submit(channel(target, "portal_sim", role="linkage_server"))


async def test_nobody_connects_without_a_certificate(target: str) -> None:
    with pytest.raises(AioRpcError) as raised:
        await submit(grpc.aio.insecure_channel(target))
    assert isinstance(to_domain(raised.value), UnavailableError)


async def test_a_certificate_of_another_authority_is_none(target: str, tmp_path: Path, certificates: Path) -> None:
    """It looks the same; the client even takes the server's."""
    issue(tmp_path, ["applicant"])
    (tmp_path / "applicant" / "ca.pem").write_bytes((certificates / "applicant" / "ca.pem").read_bytes())
    introduce([target], tmp_path)
    assert await code_of(submit(channel(target, role="applicant"))) is grpc.StatusCode.UNAVAILABLE


async def test_a_certificate_that_has_ended_is_none(target: str, certificates: Path) -> None:
    issue(certificates, ["late"], lifetime=timedelta(minutes=-1))
    introduce([target], certificates)
    assert await code_of(submit(channel(target, role="late"))) is grpc.StatusCode.UNAVAILABLE


async def test_another_service_is_not_taken_for_the_one_that_is_called(target: str) -> None:
    opened = channel(target, "core_systems", role="applicant")
    assert await code_of(submit(opened)) is grpc.StatusCode.UNAVAILABLE


async def test_health_answers_every_role(target: str) -> None:
    async with channel(target, "portal_sim", role="app_mgmt") as opened:
        answer = await health_pb2_grpc.HealthStub(opened).Check(health_pb2.HealthCheckRequest(), timeout=5)
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def test_a_folder_without_an_identity_keeps_a_server_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHINSEI_IDENTITY_DIR", str(tmp_path))
    with pytest.raises(StartError, match="cannot be read") as raised:
        await GrpcServer("127.0.0.1", 0, [], []).start()
    assert "SHINSEI_IDENTITY_DIR" in raised.value.line("portal_sim")


async def test_a_health_check_of_ones_own_machine_takes_any_certificate(
    target: str, certificates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not await asyncio.to_thread(is_serving, target)
    monkeypatch.setenv("SHINSEI_IDENTITY_DIR", str(certificates / "season"))
    assert await asyncio.to_thread(is_serving, target)
    assert Identity(certificates / "season").for_kafka().verify_mode.name == "CERT_REQUIRED"
