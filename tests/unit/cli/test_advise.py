"""``shinsei advise`` for people and for programs, and what it refuses."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from shinsei.cli import advise
from shinsei.cli.__main__ import run as shinsei
from shinsei.domain.errors import InvalidInputError

pytestmark = pytest.mark.slow

APP = typer.Typer()
advise.register(APP)
APP.callback()(lambda: None)
DEMO = "child-allowance-status-report"


def output(*arguments: str) -> str:
    done = CliRunner().invoke(APP, ["advise", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_a_city_is_told_what_to_buy_and_why_the_others_lost() -> None:
    text = output(DEMO, "--no-plan")
    assert "Choose screen import for child allowance" in text
    for word in ("現況届", "not Batch import", "cheaper than the choice from about", "Without filings", "罹災証明書"):
        assert word in text


def test_a_village_is_told_to_stay() -> None:
    text = output("village-of-500")
    assert text.startswith("Stay with transcription for every procedure")


def test_programs_get_everything(tmp_path: Path) -> None:
    done = json.loads(output(DEMO, "--no-plan", "--json"))
    assert (done["schema"], done["scenario"]) == (1, DEMO)
    report = next(one for one in done["procedures"] if one["number"] == 10)
    assert report["method"] == "SCREEN_IMPORT"
    assert {"1": report["at_half_volume"], "2": report["at_double_volume"]} == {
        "1": "TRANSCRIPTION",
        "2": "SCREEN_IMPORT",
    }
    assert len(report["break_evens"]) == 6
    package = done["packages"][0]
    assert {loss["method"] for loss in package["losses"]} == {"TRANSCRIPTION", "RPA", "BATCH_IMPORT", "STANDARD_API"}
    assert package["ready"] == "2022-11-27"


def test_a_plan_finds_the_season_that_a_floor_does_not_see() -> None:
    """With the demonstration's four clerks transcription misses the period; without queues it would not.

    Here a twelfth of the city keeps a third of one clerk as busy.
    """
    smaller = ("municipality.population=8000", "office.clerks=1", "office.productive_share=0.25")
    small = (*(word for change in smaller for word in ("--set", change)), "--json", DEMO)
    keeps = [
        next(one for one in json.loads(output(*how, *small))["procedures"] if one["number"] == 10)["keeps_period"]
        for how in (("--plan",), ("--no-plan",))
    ]
    assert [kept["TRANSCRIPTION"] for kept in keeps] == [False, True]
    assert all(kept["BATCH_IMPORT"] for kept in keeps)


def test_budget_and_day_bind() -> None:
    poor = json.loads(output(DEMO, "--no-plan", "--json", "--budget", "1000000"))
    assert 0 < poor["investment_yen"] <= 1_000_000
    soon = json.loads(output(DEMO, "--no-plan", "--json", "--ready-by", "2022-05-01"))
    assert soon["investment_yen"] == 0
    assert "cannot be ready before" in output(DEMO, "--no-plan", "--ready-by", "2022-05-01")
    broke = output(DEMO, "--no-plan", "--budget", "0")
    assert "budget does not leave" in broke
    assert "earns what it costs" not in broke
    assert "does not fit the budget" in broke


def test_who_buys_for_filings_that_ended_is_cautioned() -> None:
    said = " ".join(output(DEMO, "--no-plan").split())
    assert "filing rules until 2021" in said
    assert json.loads(output(DEMO, "--no-plan", "--json"))["caution"]["ja"]
    assert "filing rules until 2021" not in " ".join(output("annual-status-report-2022", "--no-plan").split())
    modern = json.loads(output(DEMO, "--no-plan", "--json", "--set", "demand.policy_year=post2022"))
    assert modern["caution"] is None


def test_one_procedure_can_be_asked_about() -> None:
    done = json.loads(output(DEMO, "--no-plan", "--json", "--procedure", "nursery_place_application"))
    assert [one["number"] for one in done["procedures"]] == [12]


def test_page_and_data_are_written_together(tmp_path: Path) -> None:
    told = output("village-of-500", "--no-plan", "--out", str(tmp_path / "new"))
    assert "advice.html" in told
    assert {file.name for file in (tmp_path / "new").iterdir()} == {"advice.html", "advice.json"}
    assert json.loads((tmp_path / "new" / "advice.json").read_text(encoding="utf-8"))["investment_yen"] == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((DEMO, "--procedure", "nursery_plac"), "did you mean"),
        ((DEMO, "--procedure", "disaster_certificate"), "has no volume"),
        ((DEMO, "--procedure", "vehicle_environment_tax"), "prefecture's"),
        ((DEMO, "--budget", "-1"), "--budget: must not be negative"),
        ((DEMO, "--budget", "nan"), "--budget: must be a finite number"),
        ((DEMO, "--horizon", "inf"), "--horizon: must be a finite number"),
        ((DEMO, "--horizon", "0"), "--horizon: must be more than 0"),
        ((DEMO, "--ready-by", "soon"), "--ready-by: 'soon' is not a date"),
        ((DEMO, "--ready-by", "2000-01-01"), "--ready-by: 2000-01-01 lies before the decision"),
        (("special-cash-payment-2020",), "has many municipalities"),
        (("standing",), "no procedure has a volume"),
        (("no-such-scenario",), "no such scenario"),
    ],
)
def test_what_cannot_be_advised_on_is_one_line_and_exit_code_2(
    arguments: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shinsei(["advise", *arguments, "--no-plan"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert told in line


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    done = CliRunner().invoke(APP, ["advise", "village-of-500", "--no-plan", "--out", str(file)])
    assert isinstance(done.exception, InvalidInputError)
