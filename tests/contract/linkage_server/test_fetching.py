"""With which calls of the pull interface cases are got: as the run says, else as the linkage server is set."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import pytest

from linkage_server.handlers.model import PollState, PushState, RunRow
from linkage_server.outbound.portal import PullClient
from shinsei.api.application.v1.application_pb2 import Application
from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.api.portal.v1.portal_pb2_grpc import PullServiceServicer, add_PullServiceServicer_to_server
from shinsei.domain.run import FetchMode
from shinsei.testing import a_run_spec

SPEC = a_run_spec()
NUMBERS = ["1", "2", "3"]
Connect = Callable[[FetchMode], Any]


class Portal(PullServiceServicer):
    """Has every application that is asked for, and notes the calls."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.logins: list[str] = []
        """Municipalities for which somebody has logged in."""
        self.spoke: set[tuple[str, str]] = set()
        """(municipality of a call, token that came with it)."""

    async def Login(self, request: Any, context: Any) -> Any:  # noqa: N802
        self.logins.append(request.municipality)
        return api.LoginResponse(token=f"for {request.municipality}", expires_in_s=600)

    async def GetApplication(self, request: Any, context: Any) -> Any:  # noqa: N802
        self.calls.append("GetApplication")
        self.spoke.add((request.municipality, dict(context.invocation_metadata())["authorization"]))
        return api.GetApplicationResponse(application=Application(receipt_number=request.receipt_number))

    async def GetApplications(self, request: Any, context: Any) -> Any:  # noqa: N802
        self.calls.append("GetApplications")
        made = [Application(receipt_number=number) for number in request.receipt_numbers]
        return api.GetApplicationsResponse(applications=made)


@pytest.fixture
async def portal() -> Portal:
    return Portal()


@pytest.fixture
async def target(portal: Portal) -> AsyncIterator[str]:
    server = grpc.aio.server()
    add_PullServiceServicer_to_server(portal, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield f"127.0.0.1:{port}"
    await server.stop(None)


def a_row(fetch: FetchMode | None) -> RunRow:
    return RunRow(
        key=1,
        run_id=SPEC.run_id,
        municipality=SPEC.municipality,
        partition=0,
        spec=replace(SPEC, poll=replace(SPEC.poll, fetch=fetch)),
        spec_bytes=b"",
        finished=False,
        poll=PollState(started=True, polled=None, published=None, working=None, complete=None, busy_until=SPEC.start),
        push=PushState(status=SPEC.start, number=0, pushed=SPEC.start, pushed_number=0),
    )


@pytest.mark.parametrize("mode", list(FetchMode))
@pytest.mark.parametrize("wish", [None, *FetchMode])
async def test_a_run_may_say_how_its_cases_are_got_and_the_setting_is_for_those_that_do_not(
    portal: Portal, target: str, tmp_path: Path, mode: FetchMode, wish: FetchMode | None
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a test's secret")
    client = PullClient(target, "linkage_server", secret, mode=mode, parallel=2, list_page=100, list_wait_ms=10)
    await client.start()
    try:
        fetched = await client.fetch(a_row(wish), NUMBERS)
    finally:
        await client.stop()
    assert [one.receipt_number for one in fetched] == NUMBERS
    single, batch = ["GetApplication"] * len(NUMBERS), ["GetApplications"]
    assert portal.calls == (single if (wish or mode) is FetchMode.SINGLE else batch)


async def test_each_municipality_has_a_token_of_its_own(portal: Portal, target: str, tmp_path: Path) -> None:
    """So that no call can be about another, whatever the client may."""
    secret = tmp_path / "secret"
    secret.write_text("a test's secret")
    client = PullClient(
        target, "linkage_server", secret, mode=FetchMode.SINGLE, parallel=2, list_page=100, list_wait_ms=10
    )
    await client.start()
    try:
        for municipality in ("482013", "131016", "482013"):
            await client.fetch(replace(a_row(None), municipality=municipality), NUMBERS)
    finally:
        await client.stop()
    assert portal.logins == ["482013", "131016"]
    assert portal.spoke == {("482013", "Bearer for 482013"), ("131016", "Bearer for 131016")}
