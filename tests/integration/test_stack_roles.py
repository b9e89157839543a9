"""Roles of PostgreSQL: each service is at home in its own database and nowhere else."""

from collections.abc import Iterator

import asyncpg
import pytest

from shinsei.stack.postgres import PostgresServer, running_postgres
from shinsei.stack.postgres_roles import READER, ensure_services

SERVICES = ("portal_sim", "core_systems")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with running_postgres(tmp_path_factory.mktemp("roles")) as running:
        yield running


async def ask(dsn: str, *statements: str) -> str:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        return str(await connection.fetchval(statements[-1]))
    finally:
        await connection.close()


async def test_a_service_owns_its_database_and_enters_no_other(server: PostgresServer) -> None:
    await ensure_services(server, SERVICES)
    own = server.dsn("portal_sim", "portal_sim")
    made = "CREATE TABLE IF NOT EXISTS application (id int)"
    assert await ask(own, made, "INSERT INTO application VALUES (7) RETURNING id") == "7"
    for other in ("core_systems", "postgres"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="CONNECT"):
            await ask(server.dsn(other, "portal_sim"), "SELECT 1")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ask(own, "CREATE DATABASE another", "SELECT 1")


async def test_a_reader_sees_every_table_and_changes_none(server: PostgresServer) -> None:
    await ensure_services(server, SERVICES)
    await ask(server.dsn("portal_sim", "portal_sim"), "CREATE TABLE IF NOT EXISTS entry AS SELECT 42 AS n", "SELECT 1")
    reading = server.dsn("portal_sim", READER)
    assert await ask(reading, "SELECT n FROM entry") == "42"
    for change in ("DELETE FROM entry", "DROP TABLE entry", "CREATE TABLE mine (n int)"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ask(reading, change, "SELECT 1")


async def test_a_password_is_asked_for_and_kept_in_a_file_of_its_own(server: PostgresServer) -> None:
    await ensure_services(server, SERVICES)
    files = {role: server.password_file_of(role) for role in (*SERVICES, READER)}
    assert len({file.read_text(encoding="utf-8") for file in files.values()}) == len(files)
    assert all(file.stat().st_mode & 0o077 == 0 for file in files.values())
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(server.dsn("portal_sim", "portal_sim").partition("?")[0], password="wrong")
    kept = await ask(server.dsn(), "SELECT string_agg(rolpassword, ' ') FROM pg_authid")
    assert kept.count("SCRAM-SHA-256$") == len(files) + 1


async def test_databases_of_an_earlier_stack_are_handed_over(server: PostgresServer) -> None:
    """They were the administrator's; their tables, sequences and rows stay."""
    admin = server.dsn("app_mgmt")
    await ask(server.dsn(), "CREATE DATABASE app_mgmt", "SELECT 1")
    kept = "CREATE TABLE kept (n bigint GENERATED ALWAYS AS IDENTITY, at int); CREATE SEQUENCE ordinal"
    await ask(admin, kept, "INSERT INTO kept (at) VALUES (1) RETURNING n")
    await ensure_services(server, ["app_mgmt"])
    own = server.dsn("app_mgmt", "app_mgmt")
    assert await ask(own, "ALTER TABLE kept ADD COLUMN more int", "INSERT INTO kept (at) VALUES (2) RETURNING n") == "2"
    assert await ask(own, "SELECT nextval('ordinal')") == "1"
