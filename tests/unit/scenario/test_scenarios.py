"""The shipped scenarios: every number has its mark, and each does what it is there for."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from shinsei.domain.catalogue import MUNICIPAL, PREFECTURAL
from shinsei.domain.demand import filings
from shinsei.domain.linkage_method import COMPARED_METHODS, LinkageMethod
from shinsei.domain.municipality import is_invented, validate_code
from shinsei.domain.run import KERNEL_VERSION, Pacing
from shinsei.domain.simtime import DAY_MS, from_datetime, isoformat, to_datetime
from shinsei.scenario import Scenario, load, parse
from shinsei.scenario.writing import template_text

FOLDER = Path(__file__).parents[3] / "scenarios"
FILES = sorted(FOLDER.glob("*.toml"))
TEMPLATE = Path("template.toml")
MARKS = {"F", "SRC", "M", "D", "A"}
TEXTS = {"extends", "name", "name_ja", "kind"}


@pytest.fixture(scope="module", params=[*FILES, TEMPLATE], ids=lambda file: file.stem)
def scenario(request: pytest.FixtureRequest) -> Scenario:
    """Every one that is shipped, and the template."""
    return parse(template_text(), TEMPLATE) if request.param is TEMPLATE else load(request.param)


def test_no_number_stands_without_mark_and_source(scenario: Scenario) -> None:
    for item in scenario.parameters:
        assert item.mark.split()[0].rstrip(",") in MARKS, item
        assert item.source, item


def test_nothing_that_a_line_of_the_file_sets_is_overlooked(scenario: Scenario) -> None:
    """A line ``key = value`` outside the texts is one of the parameters shown."""
    shown = {item.path.rpartition(".")[2] for item in scenario.parameters}
    shown |= {part for item in scenario.parameters for part in item.path.split(".")}
    table = ""
    for line in scenario.text.splitlines():
        key, equals, _ = line.partition(" = ")
        if line.startswith("["):
            table = line
        elif equals and not line.startswith(("#", " ")) and not table.startswith("[report") and key not in TEXTS:
            assert key in shown, line


def test_codes_are_invented_and_unique_and_partitions_spread(scenario: Scenario) -> None:
    specs = scenario.run_specs("r")
    codes = [validate_code(spec.municipality) for spec in specs]
    assert len(set(codes)) == len(codes)
    assert all(is_invented(code) for code in codes)
    assert [spec.partition for spec in specs] == [index % 8 for index in range(len(specs))]
    assert {spec.kernel_version for spec in specs} == {KERNEL_VERSION}


def test_both_languages_say_something(scenario: Scenario) -> None:
    report = scenario.report
    assert bool(report.statement) is bool(report.statement_ja)
    assert bool(report.post2022) is bool(report.post2022_ja)
    assert report.title != report.title_ja
    assert "{" not in scenario.post2022_line() + scenario.post2022_line("ja")


def test_holidays_and_the_year_end_are_closed(scenario: Scenario) -> None:
    spec = scenario.run_specs("r")[0]
    year = to_datetime(spec.start).year
    assert date(year, 12, 29) in spec.calendar.holidays
    assert date(year + 1, 1, 3) in spec.calendar.holidays
    assert date(year, 11, 3) in spec.calendar.holidays


def test_the_twins_have_the_codes_of_their_methods() -> None:
    codes = {spec.twin_method: spec.municipality for spec in load("smoke").run_specs("r")}
    assert codes == dict(zip(COMPARED_METHODS, ("482013", "482021", "482030", "482048", "482056"), strict=True))


def test_a_twins_code_does_not_depend_on_which_other_twins_run() -> None:
    (alone,) = load("smoke").with_methods([LinkageMethod.BATCH_IMPORT]).run_specs("r")
    assert alone.municipality == "482048"


def test_only_the_procedures_under_comparison_take_the_twins_method() -> None:
    scenario = load("child-allowance-status-report")
    assert scenario.compared_procedures == (10,)
    for spec in scenario.run_specs("r"):
        assert spec.policy.method_of(10) is spec.twin_method
        assert {spec.policy.method_of(item.number) for item in MUNICIPAL if item.number != 10} == {
            LinkageMethod.TRANSCRIPTION
        }


def test_twins_differ_in_nothing_but_method_code_and_partition() -> None:
    specs = load("smoke").run_specs("r")
    assert len({(spec.demand, spec.office, spec.calendar, spec.line, spec.registry, spec.poll) for spec in specs}) == 1


def test_the_demonstration_opens_by_saying_that_it_is_a_stress_scenario() -> None:
    scenario = load("child-allowance-status-report")
    for fact in ("stress scenario", "2021", "30 September 2021", "60 %", "13.7 %"):
        assert fact in scenario.report.statement
    assert scenario.filers() == (7_000, 4_200)
    assert scenario.post2022_line().startswith("Under the rules from 2022")
    assert "210 status reports, 126 of them online" in scenario.post2022_line()


def test_smoke_is_over_within_sixty_round_trips() -> None:
    scenario = load("smoke")
    spec = scenario.run_specs("r")[0]
    assert (spec.end - spec.start) / spec.lookahead_ms <= 60
    assert len(filings(spec)) < 400
    assert not scenario.until_clear


def test_all_procedures_has_all_27_at_the_city_and_all_4_at_the_prefecture() -> None:
    city, prefecture = load("all-procedures").run_specs("r")
    assert set(Counter(filing.procedure for filing in filings(city))) == {item.number for item in MUNICIPAL}
    assert set(Counter(filing.procedure for filing in filings(prefecture))) == {item.number for item in PREFECTURAL}
    assert {prefecture.policy.method_of(item.number) for item in PREFECTURAL} == {LinkageMethod.ONE_STOP_SERVICE}
    assert LinkageMethod.ONE_STOP_SERVICE not in {city.policy.method_of(item.number) for item in MUNICIPAL}


def test_standing_waits_by_the_clock_with_no_demand_of_its_own() -> None:
    scenario = load("standing")
    (spec,) = scenario.run_specs("r")
    assert spec.pacing is Pacing.CLOCK
    assert filings(spec) == []
    assert isoformat(spec.start) == "2024-06-04T09:00:00+09:00"
    assert to_datetime(spec.start).strftime("%A") == "Tuesday"
    assert DAY_MS / 1_000 / scenario.clock_speed == pytest.approx(10.0)
    assert spec.registry.standing_residents > 0


def test_a_scenario_is_the_same_run_again() -> None:
    assert load("smoke").run_specs("r") == load("smoke").run_specs("r")


def test_another_seed_is_told_as_such() -> None:
    other = load("smoke").with_seed(8)
    assert other.run_specs("r")[0].seed == 8
    assert [(item.value, item.mark) for item in other.parameters if item.path == "seed"] == [("8", "set")]


def test_the_record_for_the_results_can_be_read_again() -> None:
    scenario = load("smoke", ("office.clerks=3",))
    record = scenario.record()
    assert "# --set office.clerks=3" in record
    assert parse(record, Path("smoke.toml"), ("office.clerks=3",)).run_specs("r") == scenario.run_specs("r")


def test_dates_and_date_times_are_tokyo_time() -> None:
    scenario = load("smoke", ("run.start=2021-06-01T06:00:00", "run.end=2021-06-20T00:00:00+09:00"))
    assert isoformat(scenario.start) == "2021-06-01T06:00:00+09:00"
    assert scenario.end == from_datetime(to_datetime(scenario.end))
    assert isoformat(scenario.end) == "2021-06-20T00:00:00+09:00"
