"""Whoever asks compose's PostgreSQL for its health makes the roles and databases that are not there yet."""

import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest
import yaml

from shinsei.stack.ports import free_port
from shinsei.stack.postgres import _binary

DOCKER = Path(__file__).resolve().parents[2] / "deploy" / "docker"
OWN = ("app_mgmt", "core_systems", "linkage_server", "portal_sim")


def ask(dsn: str, passwords: Path) -> int:
    """The exit code of the command in compose.yaml; whom and where it asks is the local server's."""
    postgres = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))["services"]["postgres"]
    (file,) = (DOCKER / mount.split(":")[0] for mount in postgres["volumes"] if mount.startswith("."))
    _, program, *options = postgres["healthcheck"]["test"]
    where = urlsplit(dsn)
    given = {"--username": str(where.username), "--host": str(where.hostname), "--file": str(file)}
    pairs = (option.partition("=") for option in options)
    options = [f"{name}={given.get(name, value)}" if value else name for name, _, value in pairs]
    told = ["env", f"PGPORT={where.port}", f"PGPASSFILE={parse_qs(where.query)['passfile'][0]}"]
    command = [*told, f"PASSWORDS={passwords}", str(_binary(program)), "--dbname=postgres", *options]
    return subprocess.run(command, check=False, timeout=60).returncode


@pytest.fixture
async def admin(postgres_dsn: str) -> AsyncIterator[Any]:
    """Whoever may do everything; what was made here is gone afterwards."""
    connection = await asyncpg.connect(postgres_dsn)
    yield connection
    for name in OWN:
        await connection.execute(f"DROP DATABASE IF EXISTS {name}")
        await connection.execute(f"DROP ROLE IF EXISTS {name}")
    await connection.execute("GRANT CONNECT, TEMPORARY ON DATABASE postgres TO PUBLIC")
    await connection.close()


@pytest.fixture
def passwords(tmp_path: Path) -> Path:
    """As an engine hands them to the server: its own beside them, and in a cluster a folder of the kubelet's."""
    for name in ("postgres", *(f"{service}_database" for service in OWN)):
        (tmp_path / name).write_text(f"{name}'s\n", encoding="utf-8")
    (tmp_path / "..data").mkdir()
    return tmp_path


async def test_a_first_start_that_was_interrupted_is_gone_on_with(
    postgres_dsn: str, admin: Any, passwords: Path
) -> None:
    await admin.execute("CREATE ROLE portal_sim LOGIN; CREATE ROLE app_mgmt LOGIN")
    await admin.execute("CREATE DATABASE app_mgmt OWNER app_mgmt")
    assert [ask(postgres_dsn, passwords), ask(postgres_dsn, passwords)] == [0, 0]
    owners = await admin.fetch("SELECT datname, pg_get_userbyid(datdba) FROM pg_database WHERE datname = ANY($1)", OWN)
    assert sorted(map(tuple, owners)) == [(name, name) for name in OWN]


async def test_a_service_enters_its_own_database_with_its_own_password_and_no_other(
    postgres_dsn: str, admin: Any, passwords: Path
) -> None:
    assert ask(postgres_dsn, passwords) == 0
    where = urlsplit(postgres_dsn)

    async def enter(database: str, password: str) -> None:
        connection = await asyncpg.connect(
            host=where.hostname, port=where.port, user="core_systems", database=database, password=password
        )
        await connection.execute("CREATE TABLE thing (id integer)")
        await connection.close()

    await enter("core_systems", "core_systems_database's")
    for other in ("app_mgmt", "portal_sim", "postgres"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="CONNECT"):
            await enter(other, "core_systems_database's")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await enter("core_systems", "postgres's")


async def test_no_role_is_made_without_a_password(postgres_dsn: str, admin: Any, passwords: Path) -> None:
    """It would be there without one for good."""
    (passwords / "linkage_server_database").write_text("\n", encoding="utf-8")
    assert ask(postgres_dsn, passwords) != 0
    (passwords / "linkage_server_database").write_text("late", encoding="utf-8")
    assert ask(postgres_dsn, passwords) == 0
    assert await admin.fetchval("SELECT rolpassword FROM pg_authid WHERE rolname = 'linkage_server'")


def test_a_server_that_is_away_is_not_healthy(postgres_dsn: str, passwords: Path) -> None:
    nobody = urlsplit(postgres_dsn)
    assert ask(nobody._replace(netloc=f"{nobody.username}@127.0.0.1:{free_port()}").geturl(), passwords) != 0
