"""SQL as the services write it, read and carried out in memory."""

from typing import Any

import pytest

from shinsei.testing.sql import MemoryDatabase, Session
from shinsei.testing.sql.lexer import SqlError

SCHEMA = """
-- Two tables.
CREATE TABLE IF NOT EXISTS city (
    key integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- a comment
    name text COLLATE "C" NOT NULL,
    people bigint NOT NULL DEFAULT 10 CHECK (people > 0),
    UNIQUE (name)
) WITH (fillfactor = 70);
ALTER TABLE city ADD COLUMN IF NOT EXISTS mayor text NOT NULL DEFAULT 'nobody';
ALTER TABLE city ALTER COLUMN name SET STORAGE EXTERNAL;
CREATE TABLE IF NOT EXISTS visit (city integer NOT NULL, day integer NOT NULL, PRIMARY KEY (city, day));
"""


@pytest.fixture(params=[False, True], ids=["forwards", "backwards"])
async def session(request: pytest.FixtureRequest) -> Any:
    opened = Session(MemoryDatabase(backwards=request.param))
    await opened.run(SCHEMA)
    await opened.run("INSERT INTO city (name, people) VALUES ('a', 5), ('b', 7), ('c', $1)", [9])
    await opened.run("INSERT INTO visit (city, day) VALUES (1, 1), (1, 2), (3, 5)")
    return opened


CASES: list[tuple[str, tuple[Any, ...], list[tuple[Any, ...]]]] = [
    ("SELECT key, mayor FROM city WHERE name = 'b'", (), [(2, "nobody")]),
    ("SELECT name FROM city WHERE people > $1 AND NOT name = 'c' OR key = 1 ORDER BY name", (6,), [("a",), ("b",)]),
    ("SELECT count(*), min(people), coalesce(sum(people), 0)::bigint FROM city WHERE key > 5", (), [(0, None, 0)]),
    ("SELECT city, count(*) AS days FROM visit GROUP BY city ORDER BY 1", (), [(1, 2), (3, 1)]),
    ("SELECT c.name, v.day FROM city c LEFT JOIN visit v ON v.city = c.key WHERE c.key = 2", (), [("b", None)]),
    ("SELECT name FROM city WHERE key = ANY($1::integer[]) ORDER BY key DESC", ([1, 3],), [("c",), ("a",)]),
    ("SELECT name FROM city WHERE (people, name) > ($1, $2) ORDER BY people LIMIT 1", (5, "a"), [("b",)]),
    ("SELECT name, (SELECT max(day) FROM visit v WHERE v.city = c.key) FROM city c ORDER BY 1 LIMIT 1", (), [("a", 2)]),
    ("SELECT 1 WHERE EXISTS (SELECT FROM city WHERE name = 'z') OR $1 = 0", (0,), [(1,)]),
    ("SELECT EXISTS (SELECT FROM city WHERE name = 'z') AS there", (), [(False,)]),
    ("SELECT ARRAY(SELECT day FROM visit WHERE city = 1 ORDER BY day) AS days", (), [([1, 2],)]),
    ("SELECT name FROM city WHERE $1::text IS NULL OR name IS NOT DISTINCT FROM $1 ORDER BY name", ("b",), [("b",)]),
    ("SELECT CASE WHEN people > 6 THEN 'big' ELSE 'small' END FROM city WHERE key = 1", (), [("small",)]),
    (
        "SELECT w.n, w.place FROM unnest($1::text[]) WITH ORDINALITY AS w(n, place) ORDER BY n",
        (["y", "x"],),
        [("x", 2), ("y", 1)],
    ),
    ("SELECT city FROM visit ORDER BY city FETCH FIRST $1 ROWS WITH TIES", (1,), [(1,), (1,)]),
    (
        (
            "SELECT c.key, v.day FROM city c CROSS JOIN LATERAL (SELECT * FROM visit WHERE visit.city = c.key "
            "ORDER BY day LIMIT 1) AS v ORDER BY c.key"
        ),
        (),
        [(1, 1), (3, 5)],
    ),
    (
        (
            "SELECT c.key, v.day FROM city c CROSS JOIN LATERAL (SELECT * FROM visit WHERE visit.city = c.key "
            "ORDER BY day LIMIT c.people - 4) AS v ORDER BY c.key, v.day"
        ),
        (),
        [(1, 1), (3, 5)],
    ),
    ("SELECT count(*) FROM (SELECT city FROM visit UNION SELECT key FROM city) AS both", (), [(3,)]),
    ("SELECT count(*) FROM (SELECT city FROM visit UNION ALL SELECT key FROM city) AS both", (), [(6,)]),
    (
        (
            "WITH RECURSIVE seen AS (SELECT min(city) AS id FROM visit UNION ALL "
            "SELECT (SELECT min(city) FROM visit WHERE city > seen.id) FROM seen WHERE seen.id IS NOT NULL) "
            "SELECT c.name FROM seen JOIN city c ON c.key = seen.id ORDER BY c.name"
        ),
        (),
        [("a",), ("c",)],
    ),
    ("INSERT INTO city (name) VALUES ('d') ON CONFLICT (name) DO NOTHING RETURNING key, people", (), [(4, 10)]),
    ("INSERT INTO city (name) VALUES ('a') ON CONFLICT DO NOTHING RETURNING key", (), []),
    (
        (
            "INSERT INTO city AS c (name, people) VALUES ('a', 3) ON CONFLICT (name) "
            "DO UPDATE SET people = c.people + excluded.people RETURNING c.key, people"
        ),
        (),
        [(1, 8)],
    ),
    (
        (
            "UPDATE city AS c SET people = d.more + people FROM unnest($1::text[], $2::bigint[]) AS d(name, more) "
            "WHERE c.name = d.name RETURNING c.key, c.people"
        ),
        (["b", "z"], [1, 1]),
        [(2, 8)],
    ),
    (
        (
            "WITH gone AS (DELETE FROM visit WHERE city = $1 RETURNING city, day) "
            "SELECT c.name, gone.day FROM gone JOIN city c ON c.key = gone.city ORDER BY gone.day"
        ),
        (1,),
        [("a", 1), ("a", 2)],
    ),
]


@pytest.mark.parametrize(("sql", "arguments", "rows"), CASES, ids=[case[0][:60] for case in CASES])
async def test_a_statement_answers_as_sql_says(
    session: Session, sql: str, arguments: tuple[Any, ...], rows: list[tuple[Any, ...]]
) -> None:
    _, found = await session.run(sql, arguments)
    assert [tuple(row.values()) for row in found] == rows


async def test_a_row_is_read_by_name_and_by_place(session: Session) -> None:
    _, (row,) = await session.run("SELECT name, people FROM city WHERE key = 1")
    assert (row["name"], row[1]) == ("a", 5)
    with pytest.raises(KeyError):
        row["mayor"]


@pytest.mark.parametrize(
    "sql", ["SELECT median(people) FROM city", "SELECT name FROM city WHERE name ~ 'a'", "MERGE INTO city"]
)
async def test_what_it_cannot_read_it_refuses(session: Session, sql: str) -> None:
    with pytest.raises(SqlError):
        await session.run(sql)
