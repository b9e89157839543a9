"""Nobody in who does not belong, on the stack as a user starts it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import grpc
import psutil
import pytest
from grpc.aio import AioRpcError
from tests.e2e.conftest import ROOM_TOKEN, SERVICES, targets

from shinsei.api.application.v1 import application_pb2 as application
from shinsei.api.control.v1 import control_pb2 as control
from shinsei.api.control.v1.control_pb2_grpc import LedgerServiceStub
from shinsei.api.portal.v1 import portal_pb2 as portal
from shinsei.api.portal.v1.portal_pb2_grpc import PullServiceStub
from shinsei.runtime.rpc import channel
from shinsei.stack import Stack
from shinsei.testing.command_line import CommandLine
from shinsei.testing.services import owners_dsn

ANYTHING = control.GetStageRequest(run_id="none", municipality="482013")
_LEAST_SECRET = 20
"""Characters: no shorter word of a credential file is a secret."""


async def code_of(opened: grpc.aio.Channel) -> grpc.StatusCode:
    async with opened:
        try:
            await LedgerServiceStub(opened).GetStage(ANYTHING, timeout=5)
        except AioRpcError as error:
            return error.code()
    return grpc.StatusCode.OK


@pytest.mark.parametrize("service", SERVICES)
async def test_no_service_talks_to_somebody_without_a_certificate(service: str, stack: Stack) -> None:
    target = targets(stack)[service]
    assert await code_of(grpc.aio.insecure_channel(target)) is grpc.StatusCode.UNAVAILABLE
    trusting = grpc.ssl_channel_credentials((Path(stack.addresses.certificates) / "ca.pem").read_bytes())
    assert await code_of(grpc.aio.secure_channel(target, trusting)) is grpc.StatusCode.UNAVAILABLE


@pytest.mark.parametrize("service", SERVICES)
async def test_a_role_that_may_not_call_is_refused(service: str, stack: Stack) -> None:
    target = targets(stack)[service]
    assert await code_of(channel(target, service, role="applicant")) is grpc.StatusCode.PERMISSION_DENIED
    answered = await code_of(channel(target, service))
    assert answered in {grpc.StatusCode.OK, grpc.StatusCode.NOT_FOUND}, "the driver of a season is let in"


async def test_the_secret_of_a_municipality_is_not_enough_to_pull(stack: Stack) -> None:
    """The certificate has to be the linkage server's, too."""
    secret = Path(stack.status().credentials["pull interface, client"]).read_text(encoding="utf-8").strip()
    login = portal.LoginRequest(client_id="linkage_server", client_secret=secret)
    async with channel(stack.addresses.portal, "portal_sim", role="applicant") as opened:
        with pytest.raises(AioRpcError, match="may not call Login") as raised:
            await PullServiceStub(opened).Login(login, timeout=5)
    assert raised.value.code() is grpc.StatusCode.PERMISSION_DENIED


async def test_a_restart_renews_the_certificate(stack: Stack, shinsei: CommandLine) -> None:
    file = Path(stack.addresses.certificates) / "room" / "identity.pem"
    before = file.read_bytes()
    await shinsei.run("restart", "room")
    assert file.read_bytes() != before
    assert file.stat().st_mode & 0o777 == 0o600


def secrets(stack: Stack) -> Iterator[str]:
    """Every word of a credential file that gives somebody a right: passwords, secrets, lines of keys."""
    for file in sorted((stack.home / "credentials").rglob("*")):
        if not file.is_file():
            continue
        text = file.read_text(encoding="utf-8")
        if file.suffix in {".pem", ".key"}:
            for key in re.findall(r"BEGIN PRIVATE KEY-----\n(.+?)\n-----END", text, re.DOTALL):
                yield from key.splitlines()[1:2]  # the first line of every such key is the same
        else:
            yield from (word for word in re.split(r"[\s:=\"\[\]]+", text) if len(word) >= _LEAST_SECRET)


def told(stack: Stack, shinsei: CommandLine) -> Iterator[tuple[str, str]]:
    """Everything that the stack writes where others read it, by where it stands."""
    for part in stack.status().parts:
        leader = psutil.Process(part.pid)
        for process in (leader, *leader.children(recursive=True)):
            yield f"environment of {part.name}", " ".join(process.environ().values())
            yield f"command line of {part.name}", " ".join(process.cmdline())
    kept = (*(stack.home / "log").iterdir(), stack.home / "stack.json", stack.home / "room.json")
    for file in (*kept, *shinsei.out.rglob("*")):
        if file.is_file():
            yield str(file), file.read_text(encoding="utf-8", errors="replace")


async def test_no_secret_is_in_an_environment_a_log_or_a_report(stack: Stack, shinsei: CommandLine) -> None:
    known = {*secrets(stack), ROOM_TOKEN}
    assert len(known) > 10
    if not list(shinsei.out.rglob("summary.json")):
        await shinsei.season("smoke", "--methods", "RPA")
    texts = dict(told(stack, shinsei))
    for kind in ("environment of portal_sim", "command line of portal_sim", "portal_sim.log", "report.html"):
        assert any(where.endswith(kind) and text for where, text in texts.items()), kind
    assert not {(where, secret) for where, text in texts.items() for secret in known if secret in text}


async def people(stack: Stack, run: str) -> set[str]:
    """Names, addresses and serial numbers of whoever has filed in a season, from the database of their files."""
    connection = await asyncpg.connect(owners_dsn(stack, "app_mgmt"))
    try:
        rows = await connection.fetch(
            "SELECT a.payload FROM application a JOIN run r ON r.key = a.run_key WHERE r.run_id = $1", run
        )
    finally:
        await connection.close()
    found = set()
    for row in rows:
        filed = application.Application.FromString(row["payload"])
        found |= {filed.applicant.name, filed.applicant.address, filed.serial_number}
    return found - {""}


async def test_nobody_who_has_filed_is_in_a_log(stack: Stack, shinsei: CommandLine) -> None:
    summary = await shinsei.season("smoke", "--methods", "RPA")
    known = await people(stack, summary["run_id"])
    assert len(known) > 100
    written = {one for word in known for one in (word, json.dumps(word)[1:-1])}
    logs = {file.name: file.read_text(encoding="utf-8", errors="replace") for file in (stack.home / "log").iterdir()}
    assert all(logs[f"{service}.log"] for service in SERVICES)
    assert not {(name, word) for name, text in logs.items() for word in written if word in text}
