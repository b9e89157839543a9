"""Very many municipalities: each planned by itself, gathered by class and method, with the trace of a live season."""

from dataclasses import replace
from math import inf
from statistics import median

import pytest

from shinsei.domain.errors import InvalidInputError
from shinsei.planning import Workers
from shinsei.planning.nation import Nation, nation
from shinsei.planning.nation.content import municipalities_csv, nation_content
from shinsei.planning.nation.figures import NATION_FIGURES, queue, waited
from shinsei.planning.nation.municipality import MunicipalitySeason, Wait
from shinsei.planning.nation.page import nation_html
from shinsei.planning.nation.study import ALL, Part
from shinsei.planning.nation.words import answer, method_rows
from shinsei.planning.report.page import PageContext
from shinsei.scenario import Scenario, load
from shinsei.season.findings import Findings
from shinsei.season.planned import plan_season
from shinsei.testing.seasons import SMALL

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def small() -> Scenario:
    return load("nationwide", SMALL["nationwide"])


@pytest.fixture(scope="module")
def found(small: Scenario) -> Nation:
    return nation(small, 2, Workers())


@pytest.fixture(scope="module")
def season(small: Scenario) -> Findings:
    return plan_season(small)


def test_the_trace_and_the_sums_are_those_of_a_season_that_keeps_all_cases(found: Nation, season: Findings) -> None:
    assert found.trace_hash == season.trace_hash
    assert [one.code for one in found.municipalities] == sorted(one.municipality for one in season.municipalities)
    for key, value in (
        ("accepted", sum(one.accepted for one in season.methods)),
        ("staff_hours", sum(one.office.staff_hours for one in season.methods)),
        ("cost_yen", sum(one.cost.total_yen for one in season.methods)),
    ):
        assert sum(one.value(key) for one in found.municipalities) == pytest.approx(value)


def test_every_municipality_is_measured_as_a_season_does(found: Nation, season: Findings) -> None:
    by_code = {one.municipality: one for one in season.municipalities}
    for one in found.municipalities:
        other = by_code[one.code]
        assert (one.cleared_at, one.value("backlog_peak")) == (other.cleared_at, other.backlog_peak)
        assert one.method is other.method


def test_parts_add_up(found: Nation) -> None:
    for key in ("municipalities", "people", "accepted", "staff_hours"):
        whole = found.estimate(ALL, key).mean
        by_class = [found.estimate(part, key).mean or 0 for part in found.classes]
        by_method = [found.estimate(part, key).mean or 0 for part in found.methods if part.size_class is None]
        assert sum(by_class) == pytest.approx(whole)
        assert sum(by_method) == pytest.approx(whole)


def test_seasons_differ_and_have_intervals(found: Nation) -> None:
    accepted = found.estimate(ALL, "staff_hours")
    assert accepted.n == 2
    assert accepted.half_width is not None
    assert len(set(found.seeds)) == 2
    assert found.estimate(ALL, "people").half_width == 0


def test_the_number_of_processes_changes_nothing(small: Scenario, found: Nation) -> None:
    few = nation(small, 1, Workers())
    assert few.municipalities == found.municipalities
    assert few.trace_hash == found.trace_hash


def one_that_waits(days: list[float]) -> MunicipalitySeason:
    waits = tuple(Wait(working_days=each, cases=1) for each in days)
    values: dict[str, float | None] = {"accepted": 1.0, "backlog_peak": 30.0, "cleared_at": None}
    return MunicipalitySeason(
        code="480011",
        size_class=0,
        population=20_000,
        clerks=1,
        method=load("smoke").methods[0],
        values=values,
        waits=waits,
        backlog_by_day=(),
    )


def test_a_percentile_of_all_cases_counts_those_left_as_the_slowest() -> None:
    few, many = one_that_waits([1.0, 2.0, inf]), one_that_waits([2.0, 5.0])
    assert waited(0.5)([few, many]) == median([1.0, 2.0, 2.0, 5.0, 9.0])
    assert waited(0.8)([few, many]) == 5.0
    assert waited(0.99)([few, many]) is None
    assert waited(0.5)([]) is None


def test_queues_are_compared_by_people() -> None:
    assert queue(one_that_waits([])) == 15.0


def test_the_answer_names_who_is_not_through(found: Nation) -> None:
    late = tuple(
        replace(one, values={**one.values, "cleared_at": None, "backlog_at_end": 7.0})
        for one in found.municipalities[:1]
    )
    told = answer(replace(found, municipalities=(*late, *found.municipalities[1:])))
    assert f"{len(found.municipalities) - 1} of {len(found.municipalities)} municipalities are through" in told.en
    assert "the other one has 7 cases left then" in told.en
    assert "残る1団体には7件が残り" in told.ja
    assert answer(found).en.startswith(f"All {len(found.municipalities)} municipalities are through")


def test_results_hold_groups_and_one_line_a_municipality_apart(found: Nation) -> None:
    written = nation_content(found, run_id="r")
    assert written["all"]["figures"]["municipalities"]["mean"] == len(found.municipalities)
    assert len(written["size_classes"]) == len(found.classes)
    assert not any(one.code in str(written) for one in found.municipalities)
    head, *lines = municipalities_csv(found).splitlines()
    assert head.startswith("municipality,size_class,population,clerks,method,accepted")
    assert [line.partition(",")[0] for line in lines] == [one.code for one in found.municipalities]


def test_the_page_shows_classes_methods_and_pictures_in_both_languages(found: Nation) -> None:
    page = nation_html(found, PageContext())
    for row in method_rows(found):
        assert row.label.en in page
        assert row.label.ja in page
    assert 'id="through-chart"' in page
    assert 'id="queue-chart"' in page
    clerks = sum(one.clerks for one in found.municipalities)
    assert f"{len(found.municipalities)} municipalities, {clerks:,} clerks" in page
    assert all(figure.label.ja in page for figure in NATION_FIGURES if found.estimate(ALL, figure.key).mean)


def test_a_part_holds_its_class_and_method() -> None:
    one = one_that_waits([])
    assert Part(size_class=0).has(one)
    assert not Part(size_class=1).has(one)
    assert ALL.has(one)


@pytest.mark.parametrize(
    ("overrides", "problem"),
    [
        (["run.until_clear=true"], "run.until_clear"),
        (["demand.recipients_share=0.0"], "nobody files anything"),
        (["run.pacing=clock"], "standing run"),
    ],
)
def test_what_has_no_season_is_refused(overrides: list[str], problem: str) -> None:
    with pytest.raises(InvalidInputError, match=problem):
        nation(load("nationwide", [*SMALL["nationwide"], *overrides]), 1, Workers())


def test_what_keeps_all_cases_refuses_a_whole_nation() -> None:
    with pytest.raises(InvalidInputError, match=r"1,741 municipalities.*rank_size\.every=9$"):
        load("nationwide").check_few("season")
    load("nationwide", ["rank_size.every=9"]).check_few("season")
    load("smoke").check_few("season")
