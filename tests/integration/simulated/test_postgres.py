"""What concurrent transactions see, of the real PostgreSQL and of the one in memory: one suite for both."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from shinsei.testing import eventually
from shinsei.testing.simulated import World
from shinsei.testing.simulated.parts import Parts

SCHEMA = """
CREATE SEQUENCE IF NOT EXISTS ticket AS bigint START 100 MINVALUE 100 INCREMENT 10;
CREATE TABLE IF NOT EXISTS run (
    key integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    closed boolean NOT NULL DEFAULT false,
    level bigint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX IF NOT EXISTS one_open ON run (level) WHERE NOT closed;
CREATE TABLE IF NOT EXISTS entry (
    run_key integer NOT NULL REFERENCES run,
    number bigint NOT NULL,
    note text,
    PRIMARY KEY (run_key, number)
);
INSERT INTO run (name, level) VALUES ('a', 1), ('b', 2);
"""

Connect = Callable[[], Awaitable[Any]]


@pytest.fixture(params=["real", "in memory"])
async def connect(request: pytest.FixtureRequest) -> AsyncIterator[Connect]:
    """Opens connections to a database with the schema."""
    if request.param == "real":
        async with a_database(request.getfixturevalue("postgres_dsn")) as real:
            await (await real()).execute(SCHEMA)
            yield real
        return
    world = World(0)
    databases = Parts(world).databases

    async def fake() -> Any:
        return await databases.connect(world.process, "test")

    await (await fake()).execute(SCHEMA)
    yield fake
    world.loop.close()


@asynccontextmanager
async def a_database(postgres_dsn: str) -> AsyncIterator[Connect]:
    """A new database of the real server, and what opens connections to it."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    admin = await asyncpg.connect(postgres_dsn)
    await admin.execute(f"CREATE DATABASE {name}")
    opened: list[Any] = []

    async def connect() -> Any:
        opened.append(await asyncpg.connect(urlsplit(postgres_dsn)._replace(path=f"/{name}").geturl()))
        return opened[-1]

    yield connect
    for connection in opened:
        connection.terminate()
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def stands_still(work: "asyncio.Task[Any]") -> bool:
    """Whether a statement waits for somebody; a real server needs a moment to come to that."""
    done, _ = await asyncio.wait({work}, timeout=0.15)
    return not done


async def test_what_is_written_is_there_from_the_commit_on_in_the_order_of_commits(connect: Connect) -> None:
    early, late, reader = await connect(), await connect(), await connect()
    first, second = early.transaction(), late.transaction()
    await first.__aenter__()
    await second.__aenter__()
    await early.execute("INSERT INTO entry (run_key, number) VALUES (1, 1)")
    await late.execute("INSERT INTO entry (run_key, number) VALUES (1, 2)")
    assert await reader.fetchval("SELECT count(*) FROM entry") == 0
    assert await early.fetchval("SELECT count(*) FROM entry") == 1
    await second.__aexit__(None, None, None)
    assert [row["number"] for row in await reader.fetch("SELECT number FROM entry")] == [2]
    await first.__aexit__(None, None, None)
    assert [row[0] for row in await reader.fetch("SELECT number FROM entry ORDER BY number")] == [1, 2]


@pytest.mark.parametrize(("commits", "told"), [(True, []), (False, [7])])
async def test_an_insert_waits_for_another_one_of_its_key(connect: Connect, *, commits: bool, told: list[int]) -> None:
    one, two = await connect(), await connect()
    first = one.transaction()
    await first.__aenter__()
    await one.execute("INSERT INTO entry (run_key, number) VALUES (1, 7)")
    query = "INSERT INTO entry (run_key, number) VALUES (1, 7) ON CONFLICT DO NOTHING RETURNING number"
    work = asyncio.create_task(two.fetch(query))
    assert await stands_still(work)
    await first.__aexit__(*((None, None, None) if commits else (LookupError, LookupError(), None)))
    assert [row["number"] for row in await work] == told


async def test_a_key_that_is_there_is_refused_and_its_transaction_is_of_no_use_any_more(connect: Connect) -> None:
    one = await connect()
    transaction = one.transaction()
    await transaction.__aenter__()
    with pytest.raises(asyncpg.UniqueViolationError):
        await one.execute("INSERT INTO run (name, level) VALUES ('a', 9)")
    with pytest.raises(asyncpg.InFailedSQLTransactionError):
        await one.fetchval("SELECT 1")
    await transaction.__aexit__(LookupError, LookupError(), None)
    with pytest.raises(asyncpg.UniqueViolationError):
        await one.execute("INSERT INTO run (name, level) VALUES ('c', 1)")
    await one.execute("UPDATE run SET closed = true WHERE name = 'a'")
    await one.execute("INSERT INTO run (name, level) VALUES ('c', 1)")
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await one.execute("INSERT INTO entry (run_key, number) VALUES (99, 1)")
    with pytest.raises(asyncpg.NotNullViolationError):
        await one.execute("INSERT INTO run (name, level) VALUES (NULL, 5)")


LOCKS = {
    "share": "SELECT name FROM run WHERE key = 1 FOR SHARE",
    "update": "SELECT name FROM run WHERE key = 1 FOR UPDATE",
    "change": "UPDATE run SET level = level + 10 WHERE key = 1",
    "refer": "INSERT INTO entry (run_key, number) VALUES (1, $1)",
    "other": "UPDATE run SET level = level + 10 WHERE key = 2",
}


@pytest.mark.parametrize(
    ("held", "wanted", "waits"),
    [
        ("share", "share", False),
        ("share", "change", True),
        ("share", "refer", False),
        ("update", "share", True),
        ("update", "refer", True),
        ("update", "other", False),
        ("change", "change", True),
        ("change", "share", True),
        ("change", "refer", False),
        ("refer", "change", False),
        ("refer", "update", True),
        ("refer", "refer", False),
    ],
)
async def test_row_locks_keep_others_waiting_as_their_strength_says(
    connect: Connect, held: str, wanted: str, *, waits: bool
) -> None:
    one, two = await connect(), await connect()
    first = one.transaction()
    await first.__aenter__()
    await one.fetch(LOCKS[held], *([1] if held == "refer" else []))
    work = asyncio.create_task(two.fetch(LOCKS[wanted], *([2] if wanted == "refer" else [])))
    assert await stands_still(work) is waits
    await first.__aexit__(None, None, None)
    await work


async def test_who_waited_for_a_row_changes_what_the_other_one_has_left(connect: Connect) -> None:
    one, two = await connect(), await connect()
    first = one.transaction()
    await first.__aenter__()
    await one.execute("UPDATE run SET level = 50 WHERE key = 1")
    query = "UPDATE run SET level = greatest(level, $1) + 1 WHERE key = 1 AND NOT closed RETURNING level"
    work = asyncio.create_task(two.fetchval(query, 20))
    assert await stands_still(work)
    await first.__aexit__(None, None, None)
    assert await work == 51


async def test_two_that_wait_for_each_other_are_told_so(connect: Connect) -> None:
    one, two = await connect(), await connect()
    transactions = [one.transaction(), two.transaction()]
    for transaction in transactions:
        await transaction.__aenter__()
    await one.execute("UPDATE run SET level = 11 WHERE key = 1")
    await two.execute("UPDATE run SET level = 12 WHERE key = 2")
    works = [
        asyncio.create_task(one.execute("UPDATE run SET level = 13 WHERE key = 2")),
        asyncio.create_task(two.execute("UPDATE run SET level = 14 WHERE key = 1")),
    ]
    done, _ = await asyncio.wait(works, timeout=30)
    assert len(done) == 2
    failed = [isinstance(task.exception(), asyncpg.DeadlockDetectedError) for task in works]
    assert sorted(failed) == [False, True]
    for transaction, has_failed in zip(transactions, failed, strict=True):
        await transaction.__aexit__(*((LookupError, LookupError(), None) if has_failed else (None, None, None)))


async def test_numbers_of_a_sequence_are_gone_whatever_becomes_of_the_transaction(connect: Connect) -> None:
    one = await connect()
    transaction = one.transaction()
    await transaction.__aenter__()
    assert [row[0] for row in await one.fetch("SELECT nextval('ticket') FROM generate_series(1, $1)", 2)] == [100, 110]
    await one.execute("INSERT INTO run (name, level) VALUES ('x', 30)")
    await transaction.__aexit__(LookupError, LookupError(), None)
    assert await one.fetchval("SELECT nextval('ticket')") == 120
    assert await one.fetchval("INSERT INTO run (name, level) VALUES ('x', 30) RETURNING key") == 4


async def test_a_connection_that_goes_undoes_what_it_had_open_and_frees_what_it_held(connect: Connect) -> None:
    one, two = await connect(), await connect()
    assert await one.fetchval("SELECT pg_try_advisory_lock($1)", 5)
    assert not await two.fetchval("SELECT pg_try_advisory_lock($1)", 5)
    await one.transaction().__aenter__()
    await one.execute("INSERT INTO entry (run_key, number) VALUES (1, 1)")
    await one.close(timeout=1)

    async def free() -> bool:
        return bool(await two.fetchval("SELECT pg_try_advisory_lock($1)", 5))

    assert await eventually(free)
    assert await two.fetchval("SELECT count(*) FROM entry") == 0
    with pytest.raises(asyncpg.InterfaceError, match="closed"):
        await one.fetchval("SELECT 1")


async def test_one_moment_stays_one_moment(connect: Connect) -> None:
    one, two = await connect(), await connect()
    transaction = one.transaction()
    await transaction.__aenter__()
    await one.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    assert await one.fetchval("SELECT count(*) FROM run") == 2
    await two.execute("INSERT INTO run (name, level) VALUES ('c', 3)")
    assert await one.fetchval("SELECT count(*) FROM run") == 2
    await transaction.__aexit__(None, None, None)
    assert await one.fetchval("SELECT count(*) FROM run") == 3


async def test_who_listens_hears_of_what_is_committed(connect: Connect) -> None:
    one, two = await connect(), await connect()
    heard: list[str] = []
    await one.add_listener("news", lambda *said: heard.append(said[2]))
    transaction = two.transaction()
    await transaction.__aenter__()
    await two.execute("SELECT pg_notify($1, '')", "news")
    await asyncio.wait({asyncio.create_task(two.fetchval("SELECT 1"))})
    assert heard == []
    await transaction.__aexit__(None, None, None)
    await eventually(lambda: heard == ["news"])
