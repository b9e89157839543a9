"""Every statement of whole simulated seasons, carried out again on the real PostgreSQL: it must answer the same.

The seasons are played in memory, with their crashes; what each connection said is said again by one of its own, one
statement after the other, in the order in which they were carried out. A statement that would have to wait there,
or answers otherwise, is one that the database in memory has got wrong. It is known to take a second number of a
sequence for an INSERT that had to wait for another's row; in these seasons none had to.
"""

import asyncio
import json
import re
import uuid
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from shinsei.runtime.queries import load_queries
from shinsei.testing.sql import Session
from simulation.case import case_of
from simulation.play import play

Line = tuple[Session, str, Sequence[Any], list[Any]]
PACKAGES = ("portal_sim", "linkage_server", "app_mgmt", "core_systems", "shinsei.runtime.outbox")
NOT_OF_A_SEASON = re.compile(
    r"attachment|chunk|uploaded|clock|given|page|levels|waiting|receipt$|case_history|case_updates|find_case|^registration"
    r"|_ids$|^dead|revoke"
)
"""Names of statements of other uses: uploads, moves, the inquiry screen, gauges, clock-paced runs, a wrong ledger."""
_ORDERED = re.compile(r"\bORDER BY\b[^)]*$")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [1, 3, 10])
def test_the_real_server_answers_every_statement_of_a_season_as_the_one_in_memory(seed: int, postgres_dsn: str) -> None:
    said: list[Line] = []
    outcome = play(case_of(seed), lambda session, sql, arguments, rows: said.append((session, sql, arguments, rows)))
    assert outcome.failure is None
    assert len(said) > 500
    asyncio.run(said_again(said, postgres_dsn))


async def said_again(said: list[Line], postgres_dsn: str) -> None:
    admin = await asyncpg.connect(postgres_dsn)
    names: dict[int, str] = {}
    opened: dict[int, Any] = {}
    try:
        for session, sql, arguments, rows in said:
            if id(session.database) not in names:
                names[id(session.database)] = f"again_{uuid.uuid4().hex[:12]}"
                await admin.execute(f"CREATE DATABASE {names[id(session.database)]}")
            if id(session) not in opened:
                dsn = urlsplit(postgres_dsn)._replace(path=f"/{names[id(session.database)]}").geturl()
                opened[id(session)] = await asyncpg.connect(dsn)
            await said_once(opened, session, sql, arguments, rows)
    finally:
        for connection in opened.values():
            connection.terminate()
        for name in names.values():
            await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()


async def said_once(
    opened: dict[int, Any], session: Session, sql: str, arguments: Sequence[Any], rows: list[Any]
) -> None:
    connection = opened[id(session)]
    async with asyncio.timeout(20):
        if sql == "END":
            await opened.pop(id(session)).close()
        elif arguments or sql.lstrip().upper().startswith("SELECT"):
            found = await connection.fetch(sql, *arguments)
            if "hashtextextended" not in sql:
                assert plain(found, sql) == plain(rows, sql), sql
        else:
            await connection.execute(sql)


def plain(rows: Sequence[Any], sql: str) -> list[Any]:
    """Values of rows, in the order promised, JSON by its content."""
    found = [[_value(value) for value in row.values()] for row in rows]
    return found if _ORDERED.search(sql) else sorted(found, key=repr)


def _value(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("{"):
        return json.loads(value)
    return str(value) if isinstance(value, str) else value


def test_seasons_use_every_statement_that_the_services_have_for_them() -> None:
    """Else the comparison above would say little."""
    used: set[str] = set()
    for seed in range(16):
        play(case_of(seed), lambda _, sql, __, ___: used.add(sql))
    unused = {
        f"{package}.{name}"
        for package in PACKAGES
        for name, sql in load_queries(package).items()
        if sql not in used and not NOT_OF_A_SEASON.search(name)
    }
    assert unused == set()
