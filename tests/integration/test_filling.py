"""A benchmark's databases are filled by copying rows of every table that only grows, whatever columns it has by now."""

from collections.abc import Mapping
from typing import Any

import asyncpg
import pytest

from bench import filling
from shinsei.runtime.outbox import OUTBOX_SQL
from shinsei.runtime.queries import load_sql
from shinsei.stack.site import SERVICES

VALUES: Mapping[str, str] = {
    "text": "'x'",
    "bytea": "''",
    "jsonb": "'{}'",
    "boolean": "false",
    "integer": "1",
    "smallint": "1",
    "bigint": "1",
}
"""Something of each type."""


@pytest.mark.parametrize("database", SERVICES)
async def test_every_table_that_only_grows_is_filled(database: str, dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "dsn", lambda *_: dsn)
    connection = await asyncpg.connect(dsn)
    await connection.execute(OUTBOX_SQL)
    await connection.execute(load_sql(database, "schema.sql"))
    for table in ("run", *filling.KEPT[database]):
        await insert_one(connection, table)
    copier = filling.Filling(None)  # type: ignore[arg-type]
    copier._source = ("x", "x")
    await copier._copy(database, 1, 3)
    await copier._copy(database, 4, 4)
    for table in filling.KEPT[database]:
        found = await connection.fetch(f"SELECT submission_id FROM {table} ORDER BY 1")  # noqa: S608 - our own table
        assert [row[0] for row in found] == ["x", "x~1", "x~2", "x~3", "x~4"], table
    await connection.close()


async def insert_one(connection: Any, table: str) -> None:
    columns = await connection.fetch(
        "SELECT column_name, data_type FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name = $1 AND is_identity = 'NO'",
        table,
    )
    names, values = ", ".join(row[0] for row in columns), ", ".join(VALUES[row[1]] for row in columns)
    await connection.execute(f"INSERT INTO {table} ({names}) VALUES ({values})")  # noqa: S608 - likewise
