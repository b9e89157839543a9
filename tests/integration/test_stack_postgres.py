"""PostgreSQL runs for root too, with or without namespaces, and never with root's rights."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from shinsei.stack import StackError
from shinsei.stack.postgres import running_postgres
from shinsei.testing import eventually

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user needs no way round")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every account can reach, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


async def ask(dsn: str, question: str) -> str:
    connection = await asyncpg.connect(dsn)
    try:
        return str(await connection.fetchval(question))
    finally:
        await connection.close()


async def test_a_server_asks_for_its_password_and_writes_through_to_the_disk(tmp_path: Path) -> None:
    with running_postgres(tmp_path, databases=["of_a_test"]) as server:
        dsn = server.dsn("of_a_test")
        assert await ask(dsn, "SHOW fsync") == "on"
        assert await ask(dsn, "SHOW synchronous_commit") == "on"
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(dsn.partition("?")[0], password="wrong")
    assert server.password_file.stat().st_mode & 0o077 == 0


A_START = """
import sys
from pathlib import Path
from shinsei.stack.postgres import running_postgres
with running_postgres(Path(sys.argv[1])):
    pass
"""


async def test_a_first_start_that_is_killed_is_made_up_for_by_the_next_one(tmp_path: Path) -> None:
    start = subprocess.Popen([sys.executable, "-c", A_START, str(tmp_path)], start_new_session=True)
    await eventually(lambda: list(tmp_path.rglob("PG_VERSION")), within_s=60, what="the databases are being made")
    os.killpg(start.pid, signal.SIGKILL)
    start.wait()
    with running_postgres(tmp_path) as server:
        assert await ask(server.dsn(), "SELECT 'whole'") == "whole"


@needs_root
def test_without_namespaces_it_runs_as_an_account_that_is_there(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shinsei.stack.postgres_user._namespace", tuple)
    with running_postgres(open_folder / "server") as server:
        found = [process.info for process in psutil.process_iter(["cmdline", "uids"])]
        owners = {one["uids"].effective for one in found if str(server.directory) in " ".join(one["cmdline"] or ())}
        assert owners
        assert 0 not in owners


@needs_root
def test_where_no_account_can_reach_its_folder_one_line_says_what_to_do(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shinsei.stack.postgres_user._namespace", tuple)
    open_folder.chmod(0o700)
    with pytest.raises(StackError, match="run this as an ordinary user"), running_postgres(open_folder / "server"):
        pass
