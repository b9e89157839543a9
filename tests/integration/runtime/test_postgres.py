import asyncio
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from shinsei.runtime.errors import StartError
from shinsei.runtime.postgres import Database, apply_schema, is_transient
from shinsei.stack.ports import free_port
from shinsei.testing import eventually

SCHEMA = "CREATE TABLE IF NOT EXISTS thing (id integer PRIMARY KEY)"


async def test_services_that_start_together_apply_the_schema_once(dsn: str) -> None:
    databases = [Database(dsn, SCHEMA) for _ in range(4)]
    await asyncio.gather(*(database.start() for database in databases))
    async with databases[0].acquire() as conn:
        assert await conn.fetchval("SELECT count(*) FROM schema_version") == 1
        await apply_schema(conn, SCHEMA)
        assert await conn.fetchval("SELECT count(*) FROM schema_version") == 1
        await apply_schema(conn, SCHEMA + ";\nCREATE TABLE IF NOT EXISTS other (id integer)")
        assert await conn.fetchval("SELECT max(version) FROM schema_version") == 2
    for database in databases:
        await database.stop()


async def test_a_transaction_that_fails_leaves_nothing_behind(dsn: str) -> None:
    database = Database(dsn, SCHEMA)
    await database.start()

    async def fail_after_inserting() -> None:
        async with database.transaction() as conn:
            await conn.execute("INSERT INTO thing VALUES (1)")
            raise LookupError

    with pytest.raises(LookupError):
        await fail_after_inserting()
    async with database.transaction() as conn:
        assert await conn.fetchval("SELECT count(*) FROM thing") == 0
    await database.stop()


async def test_connections_that_were_cut_are_replaced(dsn: str, postgres_dsn: str) -> None:
    database = Database(dsn, SCHEMA, pool_size=3)
    await database.start()
    admin = await asyncpg.connect(postgres_dsn)
    name = dsn.partition("?")[0].rsplit("/", 1)[1]
    for _ in range(5):
        await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
        await eventually(lambda: answers(database))
    await admin.close()
    await database.stop()


async def answers(database: Database) -> bool:
    """Whether a query succeeds; it may fail only in a way that passes."""
    try:
        async with database.acquire() as conn:
            return bool(await conn.fetchval("SELECT true"))
    except Exception as error:
        if not is_transient(error):
            raise
        return False


async def test_a_server_that_is_not_there_is_one_clear_line() -> None:
    port = free_port()
    database = Database(f"postgresql://somebody:secret@127.0.0.1:{port}/portal_sim", SCHEMA, wait_s=0.3)
    with pytest.raises(StartError) as raised:
        await database.start()
    assert raised.value.line("portal_sim") == (
        f"portal_sim: PostgreSQL is not reachable at 127.0.0.1:{port}/portal_sim after 0 s: "
        "start it or set PORTAL_SIM_DATABASE_DSN"
    )


async def test_a_database_that_does_not_exist_is_one_clear_line(dsn: str) -> None:
    name = dsn.partition("?")[0].rsplit("/", 1)[1]
    database = Database(dsn.replace(name, "nowhere"), SCHEMA, wait_s=0.3)
    with pytest.raises(StartError, match='database "nowhere" does not exist'):
        await database.start()


@pytest.mark.parametrize("dsn_text", ["postgresql://x:y@h:port/z", "mysql://localhost/x", "nonsense"])
async def test_a_dsn_that_cannot_be_read_is_one_clear_line(dsn_text: str) -> None:
    with pytest.raises(StartError, match="the DSN cannot be read"):
        await Database(dsn_text, SCHEMA, wait_s=0.3).start()


async def test_a_role_is_let_in_by_the_password_in_its_file_alone(dsn: str, postgres_dsn: str, tmp_path: Path) -> None:
    """Which the DSN, an environment variable in containers, need not tell."""
    role = f"role_{uuid.uuid4().hex[:12]}"
    admin = await asyncpg.connect(postgres_dsn)
    await admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'f00d'")
    where = urlsplit(dsn)
    await admin.execute(f"ALTER DATABASE {where.path[1:]} OWNER TO {role}")
    await admin.close()
    own = where._replace(netloc=f"{role}@{where.hostname}:{where.port}", query="").geturl()
    file = tmp_path / "password"
    file.write_text("wrong", encoding="utf-8")
    with pytest.raises(StartError, match="PostgreSQL refuses the login"):
        await Database(own, SCHEMA, password_file=file, wait_s=0.3).start()
    file.write_text("f00d\n", encoding="utf-8")
    database = Database(own, SCHEMA, password_file=file)
    await database.start()
    async with database.acquire() as connection:
        assert await connection.fetchval("SELECT current_user") == role
    outside = await database.connection()
    assert await outside.fetchval("SELECT current_user") == role
    await outside.close()
    await database.stop()


async def test_tables_of_another_role_are_one_clear_line(dsn: str, postgres_dsn: str) -> None:
    """Such as those of a volume of an earlier version, which were the superuser's."""
    first = Database(dsn, SCHEMA)
    await first.start()
    await first.stop()
    role, where = f"role_{uuid.uuid4().hex[:12]}", urlsplit(dsn)
    admin = await asyncpg.connect(postgres_dsn)
    await admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'f00d'")
    own = where._replace(netloc=f"{role}:f00d@{where.hostname}:{where.port}", query="").geturl()
    with pytest.raises(StartError, match=r"its tables are another role's: permission denied for .*schema") as raised:
        await Database(own, SCHEMA).start()
    assert raised.value.setting == "database_dsn"
    await admin.execute(f"REVOKE ALL ON DATABASE {where.path[1:]} FROM PUBLIC")
    await admin.close()
    with pytest.raises(StartError, match="PostgreSQL refuses the login: permission denied for database"):
        await Database(own, SCHEMA).start()


async def test_a_run_that_statistics_have_not_seen_is_not_joined_each_with_each(dsn: str) -> None:
    cases = 1_000
    kept = "(run integer, id text, PRIMARY KEY (run, id)) WITH (autovacuum_enabled = false)"
    database = Database(dsn, f"CREATE TABLE opened {kept}; CREATE TABLE done {kept}")
    await database.start()
    join = "SELECT count(*) FROM opened JOIN done USING (run, id) WHERE opened.run = $1"
    async with database.acquire() as conn:
        for run in (1, 2, 3):
            for table in ("opened", "done"):
                ids = [f"case {n}" for n in range(cases)]
                await conn.execute(f"INSERT INTO {table} SELECT $1, unnest($2::text[])", run, ids)
                if run == 2:
                    await conn.execute(f"ANALYZE {table}")
    async with database.transaction() as conn:
        assert await conn.fetchval(join, 3) == cases
        read = "SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables"
        assert await conn.fetchval(read) < 10 * cases
    await database.stop()
