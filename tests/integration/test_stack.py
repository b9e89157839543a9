"""The local stack as a whole: what it starts it stops, whatever happens to it, and nothing of it is left behind."""

import os
import signal
import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import psutil
import pytest
from aiokafka.admin import AIOKafkaAdminClient

from shinsei.contracts.topics import PARTITIONS, TOPICS
from shinsei.runtime.identity import kafka_options
from shinsei.stack import PartState, Stack, StackError, StackState, ensure, last_status, purge, stop, up
from shinsei.stack.home import Home, holders, is_locked
from shinsei.stack.ports import LOOPBACK
from shinsei.testing import eventually
from shinsei.testing.services import owners_dsn

POSTGRES = ("postgres",)
"""The quickest part: enough where the part does not matter."""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home in which nothing is left running, however the test ends."""
    yield tmp_path / "home"
    stop(tmp_path / "home")


def up_with_postgres(home: Path) -> Stack:
    return up(home, ports="free", only=POSTGRES)


def processes(home: Path) -> list[int]:
    """Everything that the stack of this home has running."""
    return list(holders(Home(path=home)))


async def write_a_row(stack: Stack) -> None:
    connection = await asyncpg.connect(owners_dsn(stack, "app_mgmt"))
    await connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    await connection.close()


async def read_the_row(stack: Stack) -> int:
    connection = await asyncpg.connect(stack.addresses.dsns["app_mgmt"])
    try:
        return int(await connection.fetchval("SELECT answer FROM kept"))
    finally:
        await connection.close()


async def test_data_is_still_there_after_down_and_up(home: Path) -> None:
    await write_a_row(up_with_postgres(home))
    assert stop(home)
    assert processes(home) == []
    assert await read_the_row(up_with_postgres(home)) == 42


async def test_data_is_gone_after_a_purge(home: Path) -> None:
    await write_a_row(up_with_postgres(home))
    with pytest.raises(StackError, match="is up; stop it first"):
        purge(home)
    stop(home)
    purge(home)
    assert not home.exists()
    with pytest.raises(asyncpg.UndefinedTableError):
        await read_the_row(up_with_postgres(home))


@pytest.mark.parametrize("isolation", ["", "none"])
async def test_nothing_is_left_when_the_supervisor_is_killed_and_nothing_committed_is_lost(
    home: Path, isolation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHINSEI_ISOLATION", isolation)
    stack = up_with_postgres(home)
    await write_a_row(stack)
    assert len(processes(home)) > 3
    os.kill(stack.status().pid, signal.SIGKILL)
    await eventually(lambda: not processes(home), what="the end of every process")
    assert Stack.find(home) is None
    assert await read_the_row(up_with_postgres(home)) == 42


def test_a_part_starts_behind_what_it_stands_on_and_stops_before_it(home: Path) -> None:
    stack = up(home, ports="free", only=("portal_sim",))
    stack.restart("portal_sim")
    stack.stop()
    log = Home(path=home).log("stack").read_text(encoding="utf-8").splitlines()
    lives = [line.split(" ", maxsplit=1)[1] for line in log]
    order = [
        "postgres is starting",
        "postgres is ready",
        "portal_sim is starting",
        "portal_sim is ready",
        "the stack is up",
        "the stack is stopping",
        "portal_sim is stopping",
        "portal_sim is stopped",
        "postgres is stopping",
        "postgres is stopped",
        "the stack is down",
    ]
    assert [lives.index(line) for line in order] == sorted(lives.index(line) for line in order)
    assert {path.name for path in Home(path=home).logs.iterdir()} == {"stack.log", "postgres.log", "portal_sim.log"}


async def test_a_stack_that_is_stopped_while_a_service_is_held_leaves_nothing(home: Path) -> None:
    with ThreadPoolExecutor() as beside:
        coming = beside.submit(up, home, ports="free", only=("portal_sim",))
        await eventually(Home(path=home).log("portal_sim").exists, what="a service that is held")
        assert stop(home)
        assert processes(home) == []
        with pytest.raises(StackError):
            coming.result()


def test_a_second_stack_in_the_same_home_is_refused(home: Path) -> None:
    stack = up_with_postgres(home)
    with pytest.raises(StackError, match=f"already up in {home} .process {stack.status().pid}.: `shinsei status`"):
        up_with_postgres(home)
    assert stack.status().state is StackState.UP


def test_two_stacks_stand_side_by_side(home: Path, tmp_path: Path) -> None:
    first, second = up_with_postgres(home), up_with_postgres(tmp_path / "other")
    try:
        assert first.addresses.postgres != second.addresses.postgres
        first.stop()
        assert second.status().state is StackState.UP
    finally:
        second.stop()


def test_a_stack_that_is_up_is_used_and_not_started_again(home: Path) -> None:
    started, started_here = ensure(home, ports="free", only=POSTGRES)
    found, started_again = ensure(home, ports="free", only=POSTGRES)
    assert (started_here, started_again) == (True, False)
    assert found == started


def test_a_port_in_use_is_one_line_that_says_by_whom(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server((LOOPBACK, 0)) as somebody:
        taken = somebody.getsockname()[1]
        monkeypatch.setattr("shinsei.stack.launching.free_ports", lambda count: [taken] * count)
        with pytest.raises(StackError, match=rf"port {taken} \(postgres\) is in use.*--ports free") as refused:
            up_with_postgres(home)
    assert "\n" not in str(refused.value)
    assert not is_locked(Home(path=home))


def test_a_part_that_cannot_start_ends_the_stack_with_one_line_and_its_log(home: Path) -> None:
    up_with_postgres(home).stop()
    (home / "postgres" / "data" / "global" / "pg_control").unlink()
    with pytest.raises(StackError, match=r"postgres ended with code \d+ before it was ready; see .*postgres\.log"):
        up_with_postgres(home)
    assert processes(home) == []
    status = last_status(home)
    assert status is not None
    assert status.state is StackState.FAILED


A_SERVER = """#!{python}
import http.server, pathlib, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

if pathlib.Path("{broken}").exists():
    sys.exit(3)
port = next(one.rpartition(":")[2] for one in sys.argv if one.startswith("--web.listen-address="))
http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Handler).serve_forever()
"""


def test_what_only_watches_may_fail_and_is_started_when_somebody_asks_for_it(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, broken = tmp_path / "bin" / "prometheus", tmp_path / "broken"
    program.parent.mkdir()
    program.write_text(A_SERVER.format(python=sys.executable, broken=broken), encoding="utf-8")
    program.chmod(0o755)
    broken.touch()
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    stack = up(home, ports="free", only=("prometheus",))
    assert stack.status().state is StackState.UP
    part = stack.status().part("prometheus")
    assert part is not None
    assert (part.state, part.problem) == (PartState.FAILED, "ended with code 3 before it was ready")
    broken.unlink()
    stack.restart("prometheus")
    part = stack.status().part("prometheus")
    assert part is not None
    assert (part.state, part.restarts) == (PartState.READY, 0)


def test_a_killed_part_is_started_again_and_counted(home: Path) -> None:
    stack = up_with_postgres(home)
    before = stack.status().part("postgres")
    stack.kill("postgres")
    stack.wait_ready("postgres")
    after = stack.status().part("postgres")
    assert before is not None
    assert after is not None
    assert before.restarts == 0
    assert after.restarts >= 1
    assert before.pid != after.pid
    assert after.problem == "ended with code -9"


def test_a_restart_that_was_asked_for_is_no_failure(home: Path) -> None:
    stack = up_with_postgres(home)
    before = stack.status().part("postgres")
    stack.restart("postgres")
    after = stack.status().part("postgres")
    assert before is not None
    assert after is not None
    assert (after.state, after.restarts) == (PartState.READY, 0)
    assert before.pid != after.pid
    with pytest.raises(StackError, match="no part 'nobody' here"):
        stack.restart("nobody")


async def test_status_names_processes_as_seen_from_outside_and_measures_them(home: Path) -> None:
    stack = up_with_postgres(home)
    status = stack.status()
    part = status.part("postgres")
    assert part is not None
    assert part.pid is not None
    assert "postgres" in psutil.Process(part.pid).name()
    assert "shinsei.stack.supervisor" in psutil.Process(status.pid).cmdline()
    await eventually(lambda: stack.status().memory_peak_mib > 20, what="a measurement")
    assert all(Path(file).stat().st_mode & 0o077 == 0 for file in status.credentials.values() if Path(file).exists())


async def test_topics_and_databases_are_made_as_the_contracts_say(home: Path) -> None:
    home = home / "申請 の家"  # a path that programs find hard
    stack = up(home, ports="free", only=("kafka", "postgres"))
    bootstrap = stack.addresses.kafka_bootstrap
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, **kafka_options(bootstrap))
    await admin.start()
    try:
        described = await admin.describe_topics([topic.name for topic in TOPICS.values()])
        found = {topic["topic"]: len(topic["partitions"]) for topic in described}
    finally:
        await admin.close()
    assert found == dict.fromkeys(TOPICS, PARTITIONS)
    os.kill(stack.status().pid, signal.SIGKILL)
    await eventually(lambda: not processes(home), what="the end of every process")
    again = up(home, ports="free", only=("kafka", "postgres"))
    assert again.status().state is StackState.UP
    again.stop()
