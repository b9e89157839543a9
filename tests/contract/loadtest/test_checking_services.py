"""What the doctor of load tests finds wrong with the services of a target, each in one line."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.api.portal.v1.portal_pb2_grpc import PullServiceServicer, add_PullServiceServicer_to_server
from shinsei.loadtest.checking_services import away, refused_secret
from shinsei.runtime.rpc import GrpcServer

NOBODY = "127.0.0.1:1"
RIGHT = "right"


class Portal(PullServiceServicer):
    """Takes one secret."""

    async def Login(self, request: Any, context: Any) -> Any:  # noqa: N802
        if request.client_secret != RIGHT:
            await context.abort(grpc.StatusCode.UNAUTHENTICATED, "wrong secret")
        return api.LoginResponse(token="good", expires_in_s=600)


@pytest.fixture
async def server() -> AsyncIterator[GrpcServer]:
    def add(to: grpc.aio.Server) -> None:
        add_PullServiceServicer_to_server(Portal(), to)

    server = GrpcServer("127.0.0.1", 0, [add], ["shinsei.api.portal.v1.PullService"])
    await server.start()
    yield server
    await server.stop()


async def test_services_that_answer_are_not_away(server: GrpcServer) -> None:
    assert await away({"portal_sim": server.own_target, "app_mgmt": server.own_target}) == ""


async def test_one_that_does_not_answer_and_one_that_is_stopping_are_named(server: GrpcServer) -> None:
    await server.drain()
    told = await away({"portal_sim": server.own_target, "app_mgmt": NOBODY})
    assert f"portal_sim at {server.own_target} says that it does not serve" in told
    assert f"app_mgmt does not answer at {NOBODY} (UNAVAILABLE)" in told


@pytest.mark.parametrize(
    ("content", "told"),
    [(f"{RIGHT}\n", ""), ("wrong", "refuses the secret in"), (None, "cannot be read")],
)
async def test_a_secret_that_is_refused_or_missing_is_told_before_the_test(
    server: GrpcServer, tmp_path: Path, content: str | None, told: str
) -> None:
    secret = tmp_path / "secret"
    if content is not None:
        secret.write_text(content)
    why = await refused_secret(server.own_target, str(secret))
    assert told in why
    assert bool(why) == bool(told)
