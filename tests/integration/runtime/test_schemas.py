"""A database of an earlier version is upgraded where it stands; one of a newer version is refused with one line."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from shinsei.runtime.errors import StartError
from shinsei.runtime.outbox import OUTBOX_SQL
from shinsei.runtime.postgres import Database, schema_number
from shinsei.runtime.queries import load_sql

FIRST = Path(__file__).parent / "first_schemas"
"""What each service made in its first version."""
SERVICES = ("portal_sim", "app_mgmt", "core_systems", "linkage_server")
PUBLISHED: Mapping[str, tuple[int, str]] = {
    "portal_sim": (3, "560903a122e9bf3d"),
    "app_mgmt": (1, "d0fb385716949c76"),
    "core_systems": (1, "a8bee09a19ff2b14"),
    "linkage_server": (2, "694dc32e7d870b5e"),
}
"""Number and digest of each schema: whoever changes one raises its number, and says so here."""
STRUCTURE = """
SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
WHERE table_schema = 'public' AND table_name <> 'schema_version'
UNION ALL SELECT tablename, indexname, indexdef, '', '' FROM pg_indexes
WHERE schemaname = 'public' AND tablename <> 'schema_version'
UNION ALL SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '' FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'schema_version'
ORDER BY 1, 2, 3"""


def schema(service: str) -> str:
    own = load_sql(service, "schema.sql")
    return own if service == "portal_sim" else OUTBOX_SQL + own


async def started(dsn: str, text: str) -> list[Any]:
    """What a database is made of after a service with this schema has started."""
    database = Database(dsn, text)
    await database.start()
    async with database.acquire() as connection:
        found = [tuple(row) for row in await connection.fetch(STRUCTURE)]
    await database.stop()
    return found


@pytest.mark.parametrize("service", SERVICES)
async def test_the_first_version_of_a_database_is_upgraded_to_what_a_new_one_is(service: str, dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute((FIRST / f"{service}.sql").read_text(encoding="utf-8"))
    before = await connection.fetch(STRUCTURE)
    upgraded = await started(dsn, schema(service))
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    await connection.close()
    assert before
    assert upgraded == await started(dsn, schema(service))


async def test_what_is_in_a_database_is_there_after_its_upgrade(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute((FIRST / "portal_sim.sql").read_text(encoding="utf-8"))
    await connection.execute(
        "INSERT INTO run (run_id, municipality, spec, frontier_ms, watermark_ms) VALUES ('a', '482013', '', 1, 1)"
    )
    await started(dsn, schema("portal_sim"))
    assert await connection.fetchval("SELECT run_id FROM run") == "a"
    assert await connection.fetchval("SELECT max(number) FROM schema_version") == PUBLISHED["portal_sim"][0]
    await connection.close()


async def test_a_newer_database_is_refused_with_one_line_and_left_as_it_is(dsn: str) -> None:
    newer = "-- schema 3: of tomorrow\nCREATE TABLE IF NOT EXISTS thing (id integer PRIMARY KEY)"
    before = await started(dsn, newer)
    with pytest.raises(StartError) as refused:
        await started(dsn, newer.replace("schema 3", "schema 2") + ";\nDROP TABLE thing")
    line = refused.value.line("portal_sim")
    assert "has schema 3; this program knows it up to 2" in line
    assert "restore a backup" in line
    assert "\n" not in line
    assert before == await started(dsn, newer)


@pytest.mark.parametrize("service", SERVICES)
def test_a_schema_that_has_changed_has_another_number(service: str) -> None:
    """Two programs whose schemas differ under one number would each take the other's database for its own."""
    text = schema(service)
    assert (schema_number(text), hashlib.sha256(text.encode()).hexdigest()[:16]) == PUBLISHED[service]
