"""``shinsei scenario explain`` prints all that every shipped scenario sets, and what advice takes beside it."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from shinsei.cli.__main__ import run
from shinsei.scenario import load
from shinsei.scenario.writing import template_text

SHIPPED = sorted(file.stem for file in (Path(__file__).parents[3] / "scenarios").glob("*.toml"))
TEXTS = {"name", "name_ja", "kind"}
HAVE_NO_UNIT = re.compile(
    r"seed|schema|factor|scale|weight|list_page|login_seats|residents|max_files|mean_files|robots|records"
    r"|max_requests|horizon|clear|count|keying_factors|volumes|per_person|clock_speed|number|rank_size.every|licences"
)


def settings(value: object, path: str = "") -> Iterator[str]:
    """Paths of everything that is set but texts, found without the code under test."""
    match value:
        case dict():
            for key, inner in value.items():
                yield from settings(inner, f"{path}.{key}" if path else key)
        case list() if value and isinstance(value[0], dict):
            for n, inner in enumerate(value):
                yield from settings(inner, f"{path}[{n}]")
        case _ if path.partition(".")[0] != "report" and path.rpartition(".")[2] not in TEXTS:
            yield path


@pytest.mark.parametrize("name", SHIPPED)
def test_everything_that_is_set_is_printed_with_mark_and_source(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scenario", "explain", name, "--json"]) == 0
    printed = {item["path"]: item for item in json.loads(capsys.readouterr().out)["parameters"]}
    own = set(settings(tomllib.loads(load(name).record())))
    advice = {path for path in settings(tomllib.loads(template_text())) if path.startswith("advice.")}
    assert set(printed) == own | advice
    for path, item in printed.items():
        assert item["value"]
        assert item["mark"], path
        assert item["source"], path
        assert item["unit"] or HAVE_NO_UNIT.search(path), path


def test_switches_choices_and_codes_say_what_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scenario", "explain", "incident-file-twice", "--json"]) == 0
    printed = {item["path"]: item for item in json.loads(capsys.readouterr().out)["parameters"]}
    switch = printed["methods.batch_import.handed_over_twice.idempotent"]
    assert (switch["value"], switch["unit"], switch["mark"]) == ("false", "switch", "F")
    assert (printed["demand.policy_year"]["value"], printed["demand.policy_year"]["unit"]) == ("pre2022", "choice")
    assert printed["municipality.code"]["unit"] == "code"
    assert printed["calendar.closed_days"]["value"] == "none"


def test_the_table_for_people_has_the_same_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scenario", "explain", "village-of-500"]) == 0
    shown = capsys.readouterr().out
    assert "one of the smallest" in shown
    assert all(item.path in shown for item in load("village-of-500").parameters)
    assert "advice.lead_time.batch_import" in shown


def test_a_scenarios_own_word_on_advice_stands_before_the_templates(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scenario", "explain", "village-of-500", "--set", "advice.lead_time.rpa=30 d", "--json"]) == 0
    items = json.loads(capsys.readouterr().out)["parameters"]
    found = [(item["value"], item["mark"]) for item in items if item["path"] == "advice.lead_time.rpa"]
    assert found == [("30", "set")]
