"""How every service process starts, stops and fails: order, exit code, one clear line."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from shinsei.domain.errors import InvalidInputError
from shinsei.runtime import lifespan
from shinsei.runtime.errors import StartError
from shinsei.runtime.lifespan import BackgroundTask, Component, Service, serve
from shinsei.runtime.settings import ServiceSettings
from shinsei.stack.ports import free_port
from shinsei.testing import eventually


class Part:
    """Notes what happens to it, and fails where it is told to."""

    def __init__(self, name: str, events: list[str], *, start: Exception | None = None, stop: bool = True) -> None:
        self._name = name
        self._events = events
        self._start = start
        self._stop = stop

    async def start(self) -> None:
        if self._start:
            raise self._start
        self._events.append(f"start {self._name}")

    async def began(self) -> None:
        self._events.append(f"all began for {self._name}")

    async def drain(self) -> None:
        self._events.append(f"drain {self._name}")

    async def stop(self) -> None:
        self._events.append(f"stop {self._name}")
        if not self._stop:
            raise ZeroDivisionError


async def lived(components: Sequence[Component], *, stop: bool = True) -> int:
    stopping = asyncio.Event()
    if stop:
        stopping.set()
    return await serve(Service(name="portal_sim", components=tuple(components)), ServiceSettings(), stopping)


async def test_parts_start_in_order_drain_and_stop_in_reverse_order() -> None:
    events: list[str] = []

    async def idle() -> None:
        await asyncio.Event().wait()

    stopping = asyncio.Event()
    parts = (Part("a", events), BackgroundTask("idle", idle), Part("b", events))
    living = asyncio.create_task(serve(Service(name="s", components=parts), ServiceSettings(), stopping))
    begun = ["start a", "start b", "all began for a", "all began for b"]
    await eventually(lambda: events == begun)
    stopping.set()
    assert await living == 0
    assert events == [*begun, "drain a", "drain b", "stop b", "stop a"]


async def test_a_start_failure_is_one_line_and_stops_what_had_started(capsys: pytest.CaptureFixture[str]) -> None:
    events: list[str] = []
    failure = StartError(
        "PostgreSQL is not reachable at 127.0.0.1:1/x after 30 s", remedy="start it", setting="database_dsn"
    )
    assert await lived([Part("a", events), Part("b", events, start=failure)], stop=False) == 1
    assert capsys.readouterr().err == (
        "portal_sim: PostgreSQL is not reachable at 127.0.0.1:1/x after 30 s: start it or set PORTAL_SIM_DATABASE_DSN\n"
    )
    assert events == ["start a", "drain a", "drain b", "stop b", "stop a"]


async def test_bad_input_at_the_start_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    failure = InvalidInputError("clients_file", "var/clients.toml is not there")
    assert await lived([Part("a", [], start=failure)], stop=False) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "clients_file: var/clients.toml is not there" in line


async def test_a_part_that_fails_while_running_stops_the_service_loudly(capsys: pytest.CaptureFixture[str]) -> None:
    events: list[str] = []

    async def fails() -> None:
        raise ZeroDivisionError("a defect")

    assert await lived([Part("a", events), BackgroundTask("work", fails)], stop=False) == 1
    assert "portal_sim: ZeroDivisionError: a defect" in capsys.readouterr().err
    assert events[-1] == "stop a"


async def test_a_part_that_cannot_stop_does_not_keep_the_others_from_stopping() -> None:
    events: list[str] = []
    stopping = asyncio.Event()
    parts = (Part("a", events), Part("b", events, stop=False))
    living = asyncio.create_task(serve(Service(name="s", components=parts), ServiceSettings(), stopping))
    await eventually(lambda: "start b" in events)
    stopping.set()
    assert await living == 0
    assert events[-2:] == ["stop b", "stop a"]


async def test_many_parts_that_hang_are_all_asked_to_stop_within_one_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever stops a container waits for so long and no longer, however many parts are in it."""

    class Hanging(Part):
        async def stop(self) -> None:
            await super().stop()
            await asyncio.Event().wait()

    monkeypatch.setattr(lifespan, "STOP_TIMEOUT_S", 0.4)
    monkeypatch.setattr(lifespan, "STOP_WITHIN_S", 0.6)
    monkeypatch.setattr(lifespan, "_AT_LEAST_S", 0.01)
    events: list[str] = []
    parts = [Hanging(str(number), events) for number in range(10)]
    began = asyncio.get_running_loop().time()
    await lifespan._stop(parts)
    assert 0.6 <= asyncio.get_running_loop().time() - began < 10 * 0.4
    assert events[10:] == [f"stop {number}" for number in reversed(range(10))]


async def test_a_signal_during_a_long_start_ends_it() -> None:
    class Slow(Part):
        async def start(self) -> None:
            await asyncio.Event().wait()

    events: list[str] = []
    assert await lived([Slow("slow", events)]) == 0
    assert events[-1] == "stop slow"


A_SERVICE = """
    import asyncio
    from shinsei.runtime.errors import StartError
    from shinsei.runtime.lifespan import Service, run
    from shinsei.runtime.rpc import GrpcServer
    from shinsei.runtime.settings import ServiceSettings, prefixed

    class Settings(ServiceSettings):
        model_config = prefixed("tiny")

    def build(settings):
        return Service(name="tiny", components=(GrpcServer("127.0.0.1", settings.grpc_port, [], []),))

    run(build, Settings.load())
"""


def a_process(**environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(A_SERVICE)],
        env={**os.environ, **environment},  # noqa: TID251 - a child process has one
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_process_serves_metrics_and_ends_with_0_on_a_signal(number: signal.Signals) -> None:
    port = free_port()
    process = a_process(TINY_METRICS_PORT=str(port))

    async def scraped() -> str:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return ""
        writer.write(b"GET /metrics HTTP/1.0\r\n\r\n")
        body = (await reader.read()).decode()
        writer.close()
        return body.partition("\r\n\r\n")[2]

    body = await eventually(scraped, within_s=20)
    assert list(text_string_to_metric_families(body))
    process.send_signal(number)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "Traceback" not in errors


async def test_a_process_that_cannot_start_ends_with_1_and_no_traceback(tmp_path: Path) -> None:
    taken = asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    async with await taken as server:
        port = server.sockets[0].getsockname()[1]
        process = a_process(TINY_METRICS_PORT=str(port))
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    assert f"tiny: metrics cannot listen on 127.0.0.1:{port} (Address already in use)" in errors
    assert "stop what uses the port or set TINY_METRICS_PORT" in errors
    assert "Traceback" not in errors
