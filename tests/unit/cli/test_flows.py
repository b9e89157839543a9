"""``shinsei flows`` for people and for programs."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from shinsei.cli import flows
from shinsei.domain.errors import ShinseiError
from shinsei.scenario import load

REPO = Path(__file__).parents[3]

APP = typer.Typer()
flows.register(APP)
APP.callback()(lambda: None)


def run(*arguments: str) -> str:
    done = CliRunner().invoke(APP, ["flows", *arguments], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_one_procedure_is_told_step_by_step_in_both_languages() -> None:
    text = run("nursery_place_application")
    for word in ("on paper", "Transcription", "Batch import", "利用調整", "内容確認", "clerks in all"):
        assert word in text


def test_all_26_are_told_in_a_row_each() -> None:
    found = json.loads(run("--json"))
    assert [one["number"] for one in found] == list(range(1, 27))
    assert all(len(one["flows"]) == 6 for one in found)
    text = run()
    assert all(one["key"] in text for one in found)


def test_a_number_names_a_procedure_and_another_scenario_other_times() -> None:
    (demo,) = json.loads(run("12", "--json"))
    assert demo["key"] == "nursery_place_application"
    (paper, *_) = demo["flows"]
    assert paper["staff_minutes"] == 22.0
    assert all(way["against_paper"] == pytest.approx(way["staff_minutes"] - 22.0) for way in demo["flows"])
    assert {step["depends_on_method"] for step in demo["flows"][1]["steps"]} == {False, True}
    assert run("12", "--scenario", "smoke")


def test_the_counters_minutes_are_told_beside_what_a_run_works() -> None:
    ((paper, transcription, *_),) = (one["flows"] for one in json.loads(run("10", "--json")))
    times = load("child-allowance-status-report").counter_times
    assert times is not None
    outside = times.acceptance + times.identity + times.content + times.notice
    assert paper["with_counter_minutes"] - paper["staff_minutes"] == outside > 0
    assert transcription["with_counter_against_paper"] == pytest.approx(transcription["against_paper"] - outside)
    assert {step["name"] for step in paper["steps"] if not step["worked_in_a_run"]} == {
        "accepts it, date stamp",
        "looks at an identity card",
        "checks the content",
        "sends the notice",
    }
    assert "[flows]" in run("10")


def test_a_scenario_without_the_counters_times_says_so(tmp_path: Path) -> None:
    file = tmp_path / "plain.toml"
    text = (REPO / "scenarios/smoke.toml").read_text(encoding="utf-8")
    start = text.index("[flows]")
    file.write_text(text[:start] + text[text.index("[costs]") :], encoding="utf-8")
    ((paper, *_),) = (one["flows"] for one in json.loads(run("10", "--json", "--scenario", str(file))))
    assert paper["with_counter_minutes"] == paper["staff_minutes"] == 12.0
    assert "unkind to going online" in run("10", "--scenario", str(file))


@pytest.mark.parametrize(
    ("name", "told"), [("disaster_certificate", "26 procedures"), ("nursery_plac", "did you mean"), ("99", "99")]
)
def test_a_procedure_without_a_flow_is_refused_in_one_line(name: str, told: str) -> None:
    with pytest.raises(ShinseiError, match=told) as refused:
        CliRunner().invoke(APP, ["flows", name], catch_exceptions=False)
    assert "\n" not in str(refused.value)
