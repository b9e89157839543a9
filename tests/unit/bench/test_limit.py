"""What the limit keeps of an application is what Shinsei keeps, but for what the page says."""

import re
from pathlib import Path

import pytest

from shinsei.runtime.queries import load_queries, load_sql

PAGE = Path(__file__).parents[3] / "docs" / "performance.md"
SERVICES = {"portal": "portal_sim", "linkage": "linkage_server", "app_mgmt": "app_mgmt", "core": "core_systems"}
KEPT = [
    ("portal", "application"),
    ("portal", "entry"),
    ("portal", "status_update"),
    ("linkage", "entry"),
    ("linkage", "status_buffer"),
    ("app_mgmt", "application"),
    ("app_mgmt", "tracked_case"),
    ("app_mgmt", "history"),
    ("core", "opened_case"),
    ("core", "registration"),
]
"""Tables with rows of each application, by role of the limit."""
ALIKE = [*KEPT, ("outbox", "outbox")]
LEFT_OUT = {"entry_by_stamp", "entry_by_poll", "application_by_acceptance", "tracked_case_by_storing"}
"""Indexes of such tables that the limit goes without."""
NARROWER = {"change", "taken_as"}
"""Columns of such tables that it goes without: null, or the same word everywhere."""


def schemas(role: str) -> tuple[str, str]:
    """Of Shinsei and of its limit."""
    bare = load_queries("bench.limit", f"{role}.sql")["schema"]
    if role == "outbox":
        return load_sql("shinsei.runtime.outbox", "schema.sql"), bare
    return load_sql(SERVICES[role], "schema.sql"), bare


def columns(schema: str, table: str) -> dict[str, str]:
    """Types by name."""
    body = re.search(rf"^CREATE TABLE (?:IF NOT EXISTS )?{table} \((.*?)^\)", schema, re.DOTALL | re.MULTILINE)
    assert body is not None, table
    found = dict(re.findall(r"^ +([a-z_]+) +([a-z]+)\b", body[1], re.MULTILINE))
    return found | dict(re.findall(rf"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS (\w+) (\w+)", schema))


def keys(schema: str, table: str) -> set[str]:
    """Primary and unique keys."""
    body = re.search(rf"^CREATE TABLE (?:IF NOT EXISTS )?{table} \((.*?)^\)", schema, re.DOTALL | re.MULTILINE)
    assert body is not None, table
    inline = re.findall(r"^ +(\w+) .*PRIMARY KEY,?$", body[1], re.MULTILINE)
    return {*inline, *re.findall(r"(?:PRIMARY KEY|UNIQUE) \((.*?)\)", body[1])}


def indexes(schema: str, table: str) -> dict[str, str]:
    """Names by what they are of."""
    found = re.findall(rf"^CREATE INDEX (?:IF NOT EXISTS )?(\w*) ?ON {table} \((.*?)\)", schema, re.MULTILINE)
    return {of: name for name, of in found}


@pytest.mark.parametrize(("role", "table"), ALIKE)
def test_a_row_of_the_limit_has_the_columns_and_keys_of_shinseis(role: str, table: str) -> None:
    own, bare = schemas(role)
    assert set(columns(own, table).items()) - set(columns(bare, table).items()) <= {
        (name, kind) for name, kind in columns(own, table).items() if name in NARROWER
    }
    assert columns(bare, table).items() <= columns(own, table).items()
    assert keys(own, table) == keys(bare, table) != set()


def test_the_page_names_the_indexes_that_the_limit_goes_without() -> None:
    left_out = set()
    for role, table in KEPT:
        own, bare = schemas(role)
        assert indexes(bare, table).keys() <= indexes(own, table).keys()
        left_out |= {name for of, name in indexes(own, table).items() if of not in indexes(bare, table)}
    assert left_out == LEFT_OUT
    page = PAGE.read_text(encoding="utf-8")
    assert {name for name in left_out if f"`{name}`" not in page} == set()


@pytest.mark.parametrize(("role", "table"), KEPT)
def test_no_row_of_an_application_has_a_foreign_key(role: str, table: str) -> None:
    """Where an earlier schema made one, it is dropped."""
    for schema in schemas(role):
        made = schema[schema.index(f"{table} (") :].partition(";")[0]
        assert "REFERENCES" not in made


def test_what_is_held_back_has_a_key_and_the_word_of_it_on_the_page() -> None:
    own, bare = schemas("app_mgmt")
    assert keys(bare, "held_status") == {"run_key, submission_id"} != keys(own, "held_status")
    assert "`held_status`" in PAGE.read_text(encoding="utf-8")
