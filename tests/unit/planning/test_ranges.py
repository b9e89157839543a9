"""Ranges of assumptions: from the comment where it gives one, else from the mark."""

from dataclasses import replace
from functools import cache

import pytest

from shinsei.planning.grid import varied
from shinsei.planning.ranges import Learning, Range, is_assumption, only_method, range_of, ranges
from shinsei.planning.unvaried import unvaried
from shinsei.scenario import Parameter, Scenario, load

pytestmark = pytest.mark.slow


@cache
def ranges_of(name: str) -> tuple[tuple[Range, ...], dict[str, str]]:
    return ranges(load(name))


def a_parameter(value: str, unit: str, mark: str, source: str, path: str = "methods.rpa.some") -> Parameter:
    return Parameter(path=path, value=value, unit=unit, mark=mark, source=source)


@pytest.mark.parametrize(
    ("value", "unit", "source", "low", "high"),
    [
        ("0.08", "share", "3 to 20 %", 0.03, 0.2),
        ("60", "s", "20 to 180 s; a machine keyed a short form in 20 s", 20, 180),
        ("2", "min", "anchored on 60 to 300 s", 1, 5),
        ("4,000,000", "yen", "per core package, 2 to 6 million", 2e6, 6e6),
        ("30", "Mbit/s", "10 to 100 shared", 10, 100),
    ],
)
def test_a_span_in_the_comment_is_the_range(value: str, unit: str, source: str, low: float, high: float) -> None:
    found = range_of(a_parameter(value, unit, "A", source))
    assert found is not None
    assert found.is_stated
    assert [found.low, found.high] == pytest.approx([low, high])


@pytest.mark.parametrize(
    ("value", "unit", "mark", "source", "low", "high"),
    [
        ("9", "min", "A", "nobody knows", 6, 13.5),
        ("12", "h", "M", "usual", 10, 14.4),
        ("0.5", "share", "A", "a guess", 1 / 3, 2 / 3),
        ("45", "h", "M", "one account: 50 to 60 h in June", 37.5, 54),
        ("9", "h", "A", "8 to 20 people", 6, 13.5),
    ],
)
def test_without_one_that_holds_the_value_the_mark_decides(
    value: str, unit: str, mark: str, source: str, low: float, high: float
) -> None:
    found = range_of(a_parameter(value, unit, mark, source))
    assert found is not None
    assert not found.is_stated
    assert [found.low, found.high] == pytest.approx([low, high])


def test_what_was_calibrated_has_the_interval_of_its_fit() -> None:
    found = range_of(a_parameter("3.1", "min", "C", "40 cases timed, mean 2.8 to 3.4 min with 95 %; lognormal fits"))
    assert found is not None
    assert (found.low, found.high, found.is_stated) == (2.8, 3.4, True)


@pytest.mark.parametrize(
    "parameter",
    [
        a_parameter("9", "min", "F", "published"),
        a_parameter(
            "0.31", "share", "C", "700 filings counted; fits (largest gap of the cumulative share 0.012, limit 0.051)"
        ),
        a_parameter("9", "min", "SRC", "the source"),
        a_parameter("08:30", "time of day", "M", "usual"),
        a_parameter("2, 3", "min", "A", "a list"),
        a_parameter("0", "share", "A", "nothing"),
        a_parameter("7", "", "A", "any", path="seed"),
    ],
    ids=lambda parameter: f"{parameter.mark} {parameter.value}",
)
def test_facts_times_of_day_and_lists_have_none(parameter: Parameter) -> None:
    assert range_of(parameter) is None


def test_every_range_of_the_demonstration_is_one_that_the_scenario_takes() -> None:
    found, refused = ranges_of("child-allowance-status-report")
    by_path = {each.path: each for each in found}
    assert len(found) > 100
    assert by_path["office.clerks"].is_whole
    assert by_path["methods.rpa.p_exception"].text(0.2) == "0.2"
    assert by_path["methods.rpa.machine.mean"].text(180) == "180 s"
    assert by_path["office.content_check.mean"].learning is Learning.TIME_STUDY
    assert by_path["costs.rpa_licence_yen"].learning is Learning.OFFERS
    assert refused == {}


def test_the_other_parts_of_a_whole_give_way_in_proportion() -> None:
    scenario = load("child-allowance-status-report")
    by_path = {each.path: each for each in ranges_of(scenario.name)[0]}
    wave = by_path["demand.mailing_wave_share"]
    demand = varied(scenario, wave.settings(0.5)).file.demand
    assert demand.mailing_wave_share == 0.5
    assert demand.flat_share / demand.deadline_share == pytest.approx(0.35 / 0.30)
    assert wave.settings(wave.base)[1:] == [("demand.flat_share", "0.35"), ("demand.deadline_share", "0.3")]
    assert by_path["office.clerks"].settings(3) == [("office.clerks", "3")]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["core-system-disturbances", "special-cash-payment-2020"])
def test_no_assumption_with_a_range_is_left_where_it_is(name: str) -> None:
    assert ranges_of(name)[1] == {}


@pytest.mark.parametrize("name", ["child-allowance-status-report", "core-system-disturbances"])
def test_every_assumption_has_a_range_or_a_reason_for_none(name: str) -> None:
    scenario = load(name)
    with_range, without = {each.path for each in ranges_of(name)[0]}, unvaried(scenario)
    assert not with_range & set(without)
    assert with_range | set(without) == {each.path for each in scenario.parameters if is_assumption(each)}
    assert without["calendar.office_opens"].en == "a time of day"
    assert without["demand.hour_weights"].en == "a list of numbers"


def test_a_zero_and_a_fitted_share_say_what_they_lack(tiny: Scenario) -> None:
    made = [a_parameter("0", "share", "A", "nothing", "a.zero"), a_parameter("0.31", "share", "C", "counted", "a.fit")]
    why = unvaried(replace(tiny, parameters=tuple(made)))
    assert [why[each.path].en.split(",")[0] for each in made] == ["0", "calibrated"]


def test_an_assumed_zero_has_the_range_that_its_comment_states() -> None:
    found = range_of(a_parameter("0", "share", "A", "0 to 5 %"))
    assert found is not None
    assert (found.low, found.high) == (0, 0.05)


def test_a_method_parameter_moves_its_own_city_unless_everybody_uses_the_method(tiny: Scenario) -> None:
    assert only_method(tiny, "methods.rpa.machine.mean") == "RPA"
    assert only_method(tiny, "methods.transcription.keying.mean") is None, "exceptions are keyed so under any method"
    assert only_method(tiny, "office.content_check.mean") is None
