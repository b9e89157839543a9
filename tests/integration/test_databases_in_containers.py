"""Whoever asks compose's PostgreSQL for its health makes the databases that an interrupted first start has not made."""

import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import yaml

from shinsei.stack.ports import free_port
from shinsei.stack.postgres import _binary

DOCKER = Path(__file__).resolve().parents[2] / "deploy" / "docker"
OWN = {"portal_sim", "linkage_server", "app_mgmt", "core_systems"}


def ask(dsn: str) -> int:
    """The exit code of the command in compose.yaml; whom and where it asks is the local server's."""
    text = (DOCKER / "compose.yaml").read_text(encoding="utf-8")
    _, program, *options = yaml.safe_load(text)["services"]["postgres"]["healthcheck"]["test"]
    where = urlsplit(dsn)
    given = {
        "--username": str(where.username),
        "--host": str(where.hostname),
        "--file": str(DOCKER / "databases.sql"),
    }
    pairs = (option.partition("=") for option in options)
    options = [f"{name}={given.get(name, value)}" if value else name for name, _, value in pairs]
    told = ["env", f"PGPORT={where.port}", f"PGPASSFILE={parse_qs(where.query)['passfile'][0]}"]
    command = [*told, str(_binary(program)), "--dbname=postgres", *options]
    return subprocess.run(command, check=False, timeout=60).returncode


async def test_a_first_start_that_was_interrupted_is_gone_on_with(postgres_dsn: str) -> None:
    admin = await asyncpg.connect(postgres_dsn)

    async def there() -> set[str]:
        return OWN & {row["datname"] for row in await admin.fetch("SELECT datname FROM pg_database")}

    try:
        await admin.execute("CREATE DATABASE portal_sim")
        assert await there() == {"portal_sim"}
        assert [ask(postgres_dsn), ask(postgres_dsn)] == [0, 0]
        assert await there() == OWN
    finally:
        for name in await there():
            await admin.execute(f"DROP DATABASE {name}")
        await admin.close()


def test_a_server_that_is_away_is_not_healthy(postgres_dsn: str) -> None:
    nobody = urlsplit(postgres_dsn)
    assert ask(nobody._replace(netloc=f"{nobody.username}@127.0.0.1:{free_port()}").geturl()) != 0
