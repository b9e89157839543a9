"""Tokens that expire early, one after the other: the linkage server logs in anew as often as it takes."""

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import grpc
import pytest

from linkage_server.outbound.portal import PullClient
from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.api.portal.v1.portal_pb2_grpc import PullServiceServicer, add_PullServiceServicer_to_server
from shinsei.domain.errors import ShinseiError
from shinsei.domain.run import FetchMode

A_ROW: Any = SimpleNamespace(municipality="482013")
"""Of a run; nothing else of it is asked for."""


class Portal(PullServiceServicer):
    """Finds the token of so many calls expired, and every secret wrong if told so."""

    def __init__(self) -> None:
        self.logins = 0
        self.expired = 0
        self.is_strict = False

    async def Login(self, request: Any, context: Any) -> Any:  # noqa: N802
        self.logins += 1
        if self.is_strict:
            await context.abort(grpc.StatusCode.UNAUTHENTICATED, "the secret is wrong")
        return api.LoginResponse(token=f"token-{self.logins}", expires_in_s=600)

    async def ListRuns(self, request: Any, context: Any) -> Any:  # noqa: N802
        await self._check(context)
        return api.ListRunsResponse()

    async def DownloadAttachment(self, request: Any, context: Any) -> Any:  # noqa: N802
        await self._check(context)
        yield api.DownloadAttachmentResponse(chunk=b"whole")

    async def _check(self, context: Any) -> None:
        if self.expired:
            self.expired -= 1
            await context.abort(grpc.StatusCode.UNAUTHENTICATED, "no valid token; log in again")


@pytest.fixture
async def portal() -> Portal:
    return Portal()


@pytest.fixture
async def client(portal: Portal, tmp_path: Path) -> AsyncIterator[PullClient]:
    server = grpc.aio.server()
    add_PullServiceServicer_to_server(portal, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    secret = tmp_path / "secret"
    secret.write_text("a test's secret")
    made = PullClient(
        f"127.0.0.1:{port}", "one", secret, mode=FetchMode.SINGLE, parallel=2, list_page=100, list_wait_ms=10
    )
    await made.start()
    yield made
    await made.stop()
    await server.stop(None)


async def test_a_call_outlasts_tokens_that_expire_one_after_the_other(portal: Portal, client: PullClient) -> None:
    portal.expired = 3
    assert await client.runs() == []
    assert portal.logins == 4


async def test_a_wrong_secret_is_not_tried_again(portal: Portal, client: PullClient) -> None:
    portal.is_strict = True
    with pytest.raises(ShinseiError, match="the secret is wrong"):
        await client.runs()
    assert portal.logins == 1


async def test_an_attachment_whose_token_has_expired_is_got_with_the_next_one(
    portal: Portal, client: PullClient
) -> None:
    portal.expired = 1
    with pytest.raises(grpc.aio.AioRpcError):
        [chunk async for chunk in client.download(A_ROW, "1", "a.pdf")]
    assert [chunk async for chunk in client.download(A_ROW, "1", "a.pdf")] == [b"whole"]
    assert portal.logins == 2
