"""A service logs in with the password that is in its file, and tells how long it waits for a connection."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import asyncpg
import pytest
from prometheus_client import REGISTRY

from shinsei.runtime.errors import StartError
from shinsei.runtime.makers import MAKERS, Makers
from shinsei.runtime.postgres import Database
from shinsei.testing import eventually
from shinsei.testing.flags import fault_flags

DSN = "postgresql://portal_sim@postgres:5432/portal_sim"


@pytest.fixture
def given() -> Iterator[dict[str, Any]]:
    """What the library is told; its server lets nobody in."""
    told: dict[str, Any] = {}

    async def pool(_: str, **options: Any) -> Any:
        told.update(options)
        raise asyncpg.InvalidPasswordError('password authentication failed for user "portal_sim"')

    before = MAKERS.set(Makers(pool=pool))
    yield told
    MAKERS.reset(before)


async def line(file: Path | None) -> str:
    """What the user sees of a start that fails."""
    with pytest.raises(StartError) as raised:
        await Database(DSN, "", password_file=file, wait_s=0.1).start()
    return raised.value.line("portal_sim")


async def test_the_password_is_what_is_in_the_file_whoever_else_may_read_it(
    given: dict[str, Any], tmp_path: Path
) -> None:
    """Compose hands files to containers as they are, for every user to read; editors end them with a new line."""
    file = tmp_path / "password"
    file.write_text("f00d\n", encoding="utf-8")
    file.chmod(0o644)
    refused = 'portal_sim: PostgreSQL refuses the login: password authentication failed for user "portal_sim"'
    assert await line(file) == f"{refused}: set PORTAL_SIM_DATABASE_PASSWORD_FILE"
    assert given["password"] == file.read_text(encoding="utf-8").strip()


async def test_without_a_file_the_dsn_says_how_to_log_in(given: dict[str, Any]) -> None:
    assert (await line(None)).endswith(": set PORTAL_SIM_DATABASE_DSN")
    assert given["password"] is None


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "No such file or directory"), (b"", "it is empty"), (b" \n", "it is empty"), (b"\xff", "it is no text")],
)
async def test_a_file_without_a_password_is_one_clear_line_before_anybody_is_asked(
    given: dict[str, Any], tmp_path: Path, content: bytes | None, why: str
) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
    problem = f"portal_sim: the password for the database cannot be read from {file} ({why})"
    assert await line(file) == f"{problem}: set PORTAL_SIM_DATABASE_PASSWORD_FILE"
    assert not given


class Pool:
    """Has a connection for whoever asks, and is one itself."""

    size = idle = 1

    def get_size(self) -> int:
        return self.size

    def get_idle_size(self) -> int:
        return self.idle

    async def execute(self, *_: Any) -> None: ...

    async def fetchval(self, *_: Any) -> int:
        return 0

    async def close(self) -> None: ...

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Any]:
        yield self

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        yield


@pytest.mark.parametrize("way", ["acquire", "transaction"])
async def test_the_wait_for_a_connection_is_told_and_not_what_is_done_with_it(way: str) -> None:
    def told(what: str) -> float:
        return REGISTRY.get_sample_value(f"shinsei_db_pool_wait_seconds_{what}") or 0.0

    async def take() -> None:
        async with getattr(database, way)():
            has_it.set()
            await may_go.wait()

    database, has_it, may_go = Database(DSN, ""), asyncio.Event(), asyncio.Event()
    database._pool = Pool()
    before, before_s = told("count"), told("sum")
    with fault_flags("portal_sim") as board:
        board.set_flag("connections-exhausted", 0)
        taking = asyncio.create_task(take())
        await eventually(lambda: board.standing()[0].struck > 1)
        assert told("count") == before
        assert database._oldest_wait_s() > 0, "a wait that does not end is told while it lasts"
        board.clear()
        await has_it.wait()
    assert told("count") == before + 1
    assert database._oldest_wait_s() == 0
    waited_s = told("sum") - before_s
    assert waited_s > 0.02
    may_go.set()
    await taking
    assert told("sum") - before_s == waited_s


async def test_the_pool_is_told_by_its_size_and_by_what_of_it_is_in_use() -> None:
    def told() -> list[float | None]:
        names = ("size", "in_use", "oldest_wait_seconds")
        return [REGISTRY.get_sample_value(f"shinsei_db_pool_{name}") for name in names]

    async def made(*_: Any, **__: Any) -> Pool:
        return pool

    pool, database = Pool(), Database(DSN, "")
    before = MAKERS.set(Makers(pool=made))
    try:
        await database.start()
    finally:
        MAKERS.reset(before)
    pool.size, pool.idle = 7, 4
    database._waiting = {"somebody": perf_counter() - 5}
    assert told() == [7, 3, pytest.approx(5, abs=1)]
    database._waiting = {}
    await database.stop()
    assert told() == [0, 0, 0]


async def test_whoever_gives_up_waiting_for_a_connection_waits_no_more() -> None:
    database = Database(DSN, "")
    database._pool = Pool()
    with fault_flags("portal_sim") as board:
        board.set_flag("connections-exhausted", 0)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01), database.acquire():
                pass
    assert database._oldest_wait_s() == 0
