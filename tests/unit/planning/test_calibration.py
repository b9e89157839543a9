"""Fits recover what was put in, say how well they fit, and give a fragment that a scenario takes."""

import json
import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from shinsei.cli.__main__ import run
from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.demand.curve import day_weights
from shinsei.domain.distributions import Distribution, Shape
from shinsei.domain.draws import draw
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.simtime import date_of
from shinsei.planning.calibration import fit_arrivals, fit_times, read_times
from shinsei.planning.fragment import fragment
from shinsei.planning.grid import varied
from shinsei.scenario import Scenario, load

WANTED = {"mailing_wave_share": 0.5, "flat_share": 0.2, "deadline_share": 0.3, "late_share": 0.1}


@pytest.fixture(scope="module")
def demo() -> Scenario:
    return load("child-allowance-status-report")


@pytest.fixture(scope="module")
def counts(demo: Scenario) -> list[tuple[date, int]]:
    """What 100,000 filers of other shares would leave behind."""
    made = load("child-allowance-status-report", [f"demand.{key}={share}" for key, share in WANTED.items()])
    spec = made.run_specs("r")[0]
    weights = day_weights(spec.demand, BusinessCalendar(spec.calendar))
    return [(date_of(day), round(100_000 * weight)) for day, weight in weights.items()]


def sampled(distribution: Distribution, n: int = 200) -> list[float]:
    return [distribution.sample(draw(3, str(k), "study")) for k in range(n)]


def test_the_shares_of_the_curve_are_found_again(demo: Scenario, counts: list[tuple[date, int]]) -> None:
    found = fit_arrivals(demo, counts)
    assert found.shares == pytest.approx(WANTED, abs=0.01)
    assert found.distance < 0.01
    assert found.outside == 0
    assert found.fits
    assert found.limit == 0.03
    assert found.planned == demo.filers()[0]


def test_counts_of_another_form_are_told_by_their_distance(demo: Scenario) -> None:
    odd = [(date(2021, 6, 10), 900), (date(2021, 6, 11), 100), (date(2021, 5, 1), 7)]
    found = fit_arrivals(demo, odd)
    assert found.distance > 0.2
    assert (found.outside, found.counted) == (7, 1007)
    assert not found.fits
    assert found.limit == pytest.approx(1.36 / 1000**0.5)


@pytest.mark.parametrize("shape", list(Shape))
def test_the_family_of_a_step_is_found_again(shape: Shape, demo: Scenario) -> None:
    cv = 1.0 if shape is Shape.EXPONENTIAL else 0.5
    minutes = sampled(Distribution(mean=4, cv=cv, shape=shape))
    (found,) = fit_times(demo, {"office.content_check": minutes})
    assert found.distribution.shape is shape
    assert found.distribution.mean == pytest.approx(4, rel=0.15)
    assert found.fits


def test_a_mixture_of_two_kinds_of_case_is_said_not_to_fit(demo: Scenario) -> None:
    (found,) = fit_times(demo, {"office.content_check": [1.0 + k / 1000 for k in range(60)] + [20.0] * 40})
    assert not found.fits


def test_the_fragment_is_one_that_a_scenario_takes(demo: Scenario, counts: list[tuple[date, int]]) -> None:
    times = {"office.content_check": sampled(Distribution(mean=3)), "methods.rpa.review": sampled(Distribution(mean=1))}
    text = fragment(demo.name, fit_arrivals(demo, counts), fit_times(demo, times))
    assert text.count("# [C] ") == 6
    tables = tomllib.loads(text)
    check = tables["office"]["content_check"]
    made = varied(
        demo,
        [
            ("demand.mailing_wave_share", str(tables["demand"]["mailing_wave_share"])),
            ("demand.flat_share", str(tables["demand"]["flat_share"])),
            ("demand.deadline_share", str(tables["demand"]["deadline_share"])),
            ("office.content_check", f'{{ mean = "{check["mean"]}", cv = {check["cv"]} }}'),
        ],
    )
    assert made.file.office.content_check.mean == pytest.approx(3 * 60_000, rel=0.15)


@pytest.mark.parametrize(
    ("step", "times"),
    [
        ("office.examination.long_term_care", [50_000.0, 54_000.0, 61_000.0, 47_000.0, 70_000.0]),  # weeks of minutes
        ("office.content_check", [0.75 + 18.5 * k / 19 for k in range(20)]),  # as flat as can be
        ("methods.screen_import.machine", [0.031, 0.05, 0.04, 0.06, 0.055]),
    ],
)
def test_a_step_of_any_length_is_one_that_a_scenario_takes(step: str, times: list[float], demo: Scenario) -> None:
    table, key = step.rsplit(".", 1)
    made = tomllib.loads(fragment(demo.name, None, fit_times(demo, {step: times})))
    for name in table.split("."):
        made = made[name]
    written = ", ".join(f"{name} = {json.dumps(value)}" for name, value in made[key].items())
    taken = varied(demo, [(step, f"{{ {written} }}")])
    (minutes,) = [one for one in taken.parameters if one.path == f"{step}.mean"]
    assert float(minutes.value.replace(",", "")) == pytest.approx(sum(times) / len(times), rel=1e-3)


def test_the_fits_are_told_to_programs_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = a_file(tmp_path, "".join(f"office.notice,{m:.3f}\n" for m in sampled(Distribution(mean=1), 30)))
    assert run(["scenario", "calibrate", "smoke", "--times", str(study), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    (step,) = told["times"]
    assert (step["step"], step["cases"], step["shape"], told["arrivals"]) == ("office.notice", 30, "lognormal", None)
    assert step["fits"] is (step["distance"] <= step["limit"])
    assert "notice = {" in told["fragment"]


def test_the_command_writes_the_fragment_and_says_how_well_it_fits(
    tmp_path: Path, counts: list[tuple[date, int]], capsys: pytest.CaptureFixture[str]
) -> None:
    days, study, out = tmp_path / "days.csv", tmp_path / "study.csv", tmp_path / "fitted.toml"
    days.write_text("date,count\n" + "".join(f"{day},{n}\n" for day, n in counts), encoding="utf-8")
    study.write_text("step,minutes\n" + "".join(f"office.notice,{m:.3f}\n" for m in sampled(Distribution(mean=1), 30)))
    demo = "child-allowance-status-report"
    assert run(["scenario", "calibrate", demo, "--counts", str(days), "--times", str(study), "--out", str(out)]) == 0
    told = capsys.readouterr().err
    assert re.search(
        r"arrivals: 1?[0-9]{2},[0-9]{3} counted, 0 outside the period; the scenario plans [0-9,]+, and", told
    )
    assert "; fits (largest gap of the cumulative share " in told
    assert "office.notice: " in told
    planned = load(out)
    assert planned.file.demand.mailing_wave_share == pytest.approx(0.5, abs=0.01)
    assert {one.mark for one in planned.parameters if one.path.startswith("office.notice.")} == {"C"}
    assert run(["scenario", "calibrate", demo]) == 2


def test_a_scenario_is_not_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine, study = tmp_path / "mine.toml", a_file(tmp_path, "office.notice,1\n" * 4 + "office.notice,2\n")
    mine.write_text('extends = "smoke"\n', encoding="utf-8")
    assert run(["scenario", "calibrate", str(mine), "--times", str(study), "--out", str(mine)]) == 2
    assert "is the scenario itself" in capsys.readouterr().err
    assert mine.read_text(encoding="utf-8") == 'extends = "smoke"\n'


def a_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "study.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "told"),
    [("office.notice", "line 1"), ("office.notice,-1", "cannot be"), ("", "no line"), ("office.notice,fast", "line 1")],
)
def test_a_wrong_line_is_named(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=told):
        read_times(a_file(tmp_path, text))


@pytest.mark.parametrize(
    ("step", "times", "told"),
    [
        (
            "office.notise",
            [1.0] * 4 + [2.0],
            "--times: office.notise is no step of the scenario.*did you mean 'notice'",
        ),
        ("office.clerks", [1.0] * 4 + [2.0], "--times: office.clerks is no step of the scenario"),
        ("office.notice", [1.0], "at least 5"),
        ("office.notice", [1e15, 2e15, 3e15, 4e15, 5e15], "cannot be a step's time: .* longer than a hundred years"),
        ("office.notice", [2.0] * 6, "took 2 min each time"),
    ],
)
def test_an_unknown_step_and_too_few_times_are_refused(
    step: str, times: list[float], told: str, demo: Scenario
) -> None:
    with pytest.raises(InvalidInputError, match=told):
        fit_times(demo, {step: times})


def test_a_study_may_come_from_a_japanese_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "study.csv"
    path.write_bytes("作業,分\noffice.notice,0.5\n".encode("shift-jis"))
    assert read_times(path) == {"office.notice": [0.5]}


def test_waves_are_not_calibrated(counts: list[tuple[date, int]]) -> None:
    with pytest.raises(InvalidInputError, match="has waves"):
        fit_arrivals(load("disaster-certificates"), counts)
