"""A proxy that the environment names for the world outside: gRPC and urllib would ask it for this machine, too."""

import asyncio
import urllib.request
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.request import getproxies_environment

import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from loadtest.calls import channels
from shinsei.runtime.exposition import serve
from shinsei.runtime.rpc import GrpcServer
from shinsei.stack.home import Home
from shinsei.stack.parts import USUAL_PORTS
from shinsei.stack.ports import free_port
from shinsei.stack.readiness import grpc_serves, read_metrics
from shinsei.stack.site import Addresses, Site


@pytest.fixture
async def target() -> AsyncIterator[str]:
    """A service of this machine."""
    server = GrpcServer("127.0.0.1", 0, [], [])
    await server.start()
    yield server.own_target
    await server.stop(None)


@pytest.fixture
def addresses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Addresses:
    """Those of a stack, in an environment with a proxy at which nobody is."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(urllib.request, "_opener", None)  # which remembers the proxies of its first request
    return replace(Site(home=Home(path=tmp_path), ports=USUAL_PORTS).addresses, certificates="")


async def test_the_parts_of_a_stack_are_reached_without_it(target: str, addresses: Addresses) -> None:
    metrics = f"http://127.0.0.1:{serve(0, '127.0.0.1')}/metrics"
    assert not await grpc_serves(target, "")
    assert read_metrics(metrics) is None
    addresses.introduce()
    assert await grpc_serves(target, "")
    assert read_metrics(metrics) is not None


@pytest.mark.parametrize(("lower", "upper"), [("office.example", ""), ("", "office.example")])
def test_what_else_is_reached_directly_stays_so(
    addresses: Addresses, monkeypatch: pytest.MonkeyPatch, lower: str, upper: str
) -> None:
    monkeypatch.setenv("no_proxy", lower)
    monkeypatch.setenv("NO_PROXY", upper)
    for _ in range(2):
        addresses.introduce()
        assert getproxies_environment()["no"] == "office.example,127.0.0.1"


@pytest.mark.usefixtures("addresses")
async def test_a_load_test_calls_the_portal_itself(target: str) -> None:
    opened = channels(target, "", role="applicant")
    answer = await asyncio.to_thread(health_pb2_grpc.HealthStub(opened[0]).Check, health_pb2.HealthCheckRequest(), 5.0)
    assert answer.status == health_pb2.HealthCheckResponse.SERVING
    for one in opened:
        one.close()
