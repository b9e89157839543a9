"""``shinsei plan`` for people and for programs, and what it refuses."""

import json
from pathlib import Path

import pytest

from shinsei.cli.__main__ import run
from shinsei.planning.ranges import Range, ranges
from shinsei.scenario import Scenario

pytestmark = pytest.mark.slow

TINY = ("municipality.population=300", "office.clerks=1", "run.end=2021-06-20", "demand.background_scale=0")
FEW = {"office.content_check.mean", "methods.batch_import.p_reject", "costs.batch_import_modification_yen"}
SMALL = [word for override in TINY for word in ("--set", override)]


def shinsei(capsys: pytest.CaptureFixture[str], *arguments: str | int | Path) -> tuple[int, str, str]:
    code = run([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_a_plan_prints_figures_with_intervals_and_leaves_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = shinsei(capsys, "plan", "smoke", "--replications", 2, "--jobs", 1, *SMALL, "--out", tmp_path)
    assert code == 0
    assert "seasons planned: 2 of 2" in out
    assert "± is the half-width" in out
    assert "Over 2 seasons the choice is" in out
    (folder,) = [path for path in tmp_path.iterdir() if not path.is_symlink()]
    assert (tmp_path / "latest").resolve() == folder
    assert {path.name for path in folder.iterdir()} == {
        "environment.json",
        "replications.csv",
        "report.html",
        "scenario.toml",
        "summary.json",
    }
    code, shown, _ = shinsei(capsys, "runs", "show", "--out", tmp_path)
    assert code == 0
    assert "staff hours" in shown


def test_programs_get_json_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--replications", 1, "--jobs", 1, "--methods", "rpa,batch-import", "--seed", 5, "--out", tmp_path)
    code, out, err = shinsei(capsys, "plan", "smoke", *SMALL, *arguments, "--json")
    written = json.loads(out)
    assert code == 0
    assert (written["kind"], written["seed"], written["replications"]) == ("plan", 5, 1)
    assert [one["method"] for one in written["methods"]] == ["RPA", "BATCH_IMPORT"]
    assert "seasons planned" in err


def test_a_grid_has_a_table_a_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--vary", "office.clerks=1,2", "--replications", 1, "--jobs", 1, "--methods", "rpa", "--out", tmp_path)
    code, out, _ = shinsei(capsys, "plan", "smoke", *SMALL, *arguments)
    assert code == 0
    assert "clerks = 2" in out
    assert "Staff hours" in out
    assert "recommended" in out
    assert "±" not in out
    assert "one season has no interval" in out


def test_staffing_is_answered_in_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--staffing", "--clear-by", "2021-06-17", "--replications", 1, "--jobs", 1, "--methods", "rpa")
    code, out, _ = shinsei(capsys, "plan", "smoke", *SMALL, *arguments, "--out", tmp_path)
    assert code == 0
    assert "To be clear by Thu 17 Jun in 1 of 1 season takes, in clerks: RPA 1; there are 1." in out
    assert "P50: clear in 1 of 1 season; P95: in 1 of 1 season" in out


@pytest.mark.slow
def test_a_sensitivity_says_what_to_measure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three assumptions are enough to show it; the command counts them for its progress, the analysis moves them."""

    def few(scenario: Scenario) -> tuple[tuple[Range, ...], dict[str, str]]:
        found, refused = ranges(scenario)
        return tuple(each for each in found if each.path in FEW), refused

    for module in ("ranges", "sensitivity"):
        monkeypatch.setattr(f"shinsei.planning.{module}.ranges", few)
    code, out, _ = shinsei(
        capsys, "plan", "smoke", "--sensitivity", "--jobs", 1, "--methods", "batch-import", *SMALL, "--out", tmp_path
    )
    assert code == 0
    assert "seasons planned: 10 of 10" in out
    assert "Batch import stays recommended at both ends of the range of each of 3 assumptions" in out
    assert "Measure at the desks for a week: office.content_check.mean" in out
    assert "Left as they are, for they have no range: " in out
    written = json.loads((tmp_path / "latest" / "summary.json").read_text(encoding="utf-8"))
    assert {each["path"] for each in written["parameters"]} == FEW
    assert written["not_varied"]["calendar.office_opens"] == "a time of day"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--set", "office.clerk=2"), "did you mean 'clerks'"),
        (("--set", "office.clerks=0"), "office.clerks: must be at least 1, not 0"),
        (("--vary", "office.clerks=1,0"), "office.clerks: must be at least 1, not 0"),
        (("--vary", "office.clerks"), "not of the form key=a,b,c"),
        (("--staffing", "--clear-by", "soon"), "'soon' is not a date"),
        (("--staffing", "--clear-by", "2031-01-01"), "outside the run"),
        (("--staffing", "--sensitivity"), "two questions"),
        (("--clear-by", "2021-06-17"), "--clear-by: goes with --staffing alone"),
        (("--sensitivity", "--precision", "5%"), "--precision: does not go with --sensitivity or --staffing"),
        (("--staffing", "--until-clear"), "--until-clear: does not go with --sensitivity or --staffing"),
        (("--precision", "many"), "no share between 0 and 1"),
        (("--precision", "120%"), "no share between 0 and 1"),
        (("--methods", "fax"), "'FAX' is none of"),
        (("--methods", ","), "',' names no method"),
        (("--set", "demand.online_share=0"), "nobody files online what is compared"),
        (("--out", "/proc/nope"), "--out: /proc/nope cannot be written"),
        (("--replications", "0"), "should be greater than or equal to 1"),
        (("--set", "demand.recipients_share=0", "--set", "demand.background_scale=0"), "nobody files anything"),
    ],
)
def test_what_cannot_be_planned_is_one_clear_line(
    arguments: tuple[str, ...], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = shinsei(capsys, "plan", "smoke", "--jobs", 1, "--out", tmp_path, *arguments)
    assert code == 2
    assert not out
    assert told in err.splitlines()[-1]
    assert not list(tmp_path.iterdir())
