"""``shinsei procedures`` and ``shinsei scenario`` print tables for people and JSON for programs."""

import json
from pathlib import Path

import pytest
import typer
from rich.cells import cell_len
from typer.testing import CliRunner

from shinsei.cli import procedures, scenario
from shinsei.domain.errors import InvalidInputError
from shinsei.scenario import load

APP = typer.Typer()
procedures.register(APP)
scenario.register(APP)


def output(*arguments: str) -> str:
    result = CliRunner().invoke(APP, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def refusal(*arguments: str) -> str:
    result = CliRunner().invoke(APP, arguments)
    assert isinstance(result.exception, InvalidInputError)
    return str(result.exception)


def test_procedures_lists_all_31_in_full_wording() -> None:
    listed = json.loads(output("procedures", "--json"))
    table = output("procedures")
    assert [item["number"] for item in listed] == list(range(1, 32))
    assert listed[9]["name_ja"] == "児童手当等の現況届"
    assert listed[27]["level"] == "prefectural"
    for item in listed:
        assert item["name_en"] in table


def test_columns_line_up_although_japanese_is_twice_as_wide() -> None:
    lines = [line for line in output("procedures").splitlines() if line.startswith("│")]
    assert len({cell_len(line.rstrip()) for line in lines}) == 1


def test_validate_says_what_would_run() -> None:
    text = output("scenario", "validate", "smoke")
    assert "smoke is valid" in text
    assert "482056 STANDARD_API" in text
    result = json.loads(output("scenario", "validate", "smoke", "--json"))
    assert (result["valid"], len(result["runs"])) == (True, 5)


def test_validate_takes_overrides() -> None:
    result = json.loads(output("scenario", "validate", "smoke", "--set", 'twins.methods=["RPA"]', "--json"))
    assert [run["method"] for run in result["runs"]] == ["RPA"]
    assert "did you mean" in refusal("scenario", "validate", "smoke", "--set", "offce.clerks=1")


def test_explain_lists_each_parameter_with_unit_mark_and_source() -> None:
    shown = json.loads(output("scenario", "explain", "smoke", "--json"))["parameters"]
    assert [item["path"] for item in shown if not item["path"].startswith("advice.")] == [
        item.path for item in load("smoke").parameters
    ]
    clerks = next(item for item in shown if item["path"] == "office.clerks")
    assert clerks == {
        "path": "office.clerks",
        "value": "2",
        "unit": "people",
        "mark": "A",
        "source": "the fewest with a second look",
    }
    assert "office.clerks" in output("scenario", "explain", "smoke")


def test_new_writes_a_scenario_that_validates(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    options = ("--population", "150000", "--clerks", "5", "--online", "0.3")
    told = output("scenario", "new", *options, "--out", str(file))
    assert f"shinsei plan {file}; run it live with: shinsei season {file}" in told
    assert "is valid" in output("scenario", "validate", str(file))
    assert output("scenario", "new", *options) == file.read_text(encoding="utf-8")


def test_new_does_not_overwrite_unless_told_to(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("mine", encoding="utf-8")
    options = ("scenario", "new", "--population", "9", "--clerks", "1", "--online", "0", "--out", str(file))
    assert "exists already" in refusal(*options)
    assert file.read_text(encoding="utf-8") == "mine"
    output(*options, "--force")


@pytest.mark.parametrize("command", ["validate", "explain", "show"])
def test_a_scenario_that_is_not_there_is_one_line(command: str) -> None:
    assert "did you mean 'smoke'" in refusal("scenario", command, "smok")
