"""``shinsei scenario explain`` prints every number of every table of every shipped scenario."""

import json
import re
import tomllib
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path

import pytest

from shinsei.cli.__main__ import run
from shinsei.scenario import load

SHIPPED = sorted(file.stem for file in (Path(__file__).parents[3] / "scenarios").glob("*.toml"))
QUANTITY = re.compile(r"\d+(\.\d+)? ?(ms|s|min|h|d|days?)|\d\d:\d\d")
HAVE_NO_UNIT = re.compile(
    r"seed|schema|factor|scale|weight|list_page|login_seats|residents|max_files|mean_files|robots|records"
    r"|max_requests|horizon|clear|count|keying_factors|volumes|per_person|clock_speed|number|rank_size.every|licences"
)


def numbers(value: object, path: str = "") -> Iterator[str]:
    """Paths of everything that is a quantity, found without the code under test."""
    match value:
        case bool():
            return
        case dict():
            for key, inner in value.items():
                yield from numbers(inner, f"{path}.{key}" if path else key)
        case list() if value and isinstance(value[0], dict):
            for n, inner in enumerate(value):
                yield from numbers(inner, f"{path}[{n}]")
        case list():
            if any(list(numbers(inner, path)) for inner in value):
                yield path
        case str():
            if QUANTITY.fullmatch(value):
                yield path
        case int() | float() | date() | time():
            yield path


@pytest.mark.parametrize("name", SHIPPED)
def test_every_number_of_every_table_is_printed_with_mark_and_source(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["scenario", "explain", name, "--json"]) == 0
    printed = {item["path"]: item for item in json.loads(capsys.readouterr().out)["parameters"]}
    assert set(printed) == set(numbers(tomllib.loads(load(name).record())))
    for path, item in printed.items():
        assert item["value"]
        assert item["mark"], path
        assert item["source"], path
        assert item["unit"] or HAVE_NO_UNIT.search(path), path


def test_the_table_for_people_has_the_same_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scenario", "explain", "village-of-500"]) == 0
    shown = capsys.readouterr().out
    assert "one of the smallest" in shown
    assert all(item.path in shown for item in load("village-of-500").parameters)
