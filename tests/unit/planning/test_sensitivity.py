"""Which assumptions an answer rests on, and how a city would learn them."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.planning import Workers
from shinsei.planning.probing import together
from shinsei.planning.ranges import Learning
from shinsei.planning.report.page import PageContext
from shinsei.planning.report.sensitivity_page import _HIGH, _LOW, sensitivity_html
from shinsei.planning.seasons import plan_season_of
from shinsei.planning.sensitivity import Sensitivity, seasons_needed, sensitivity
from shinsei.planning.sensitivity_words import answer, in_interplay, sensitivity_content
from shinsei.planning.wholes import side_by_side
from shinsei.scenario import Scenario, load, parse
from shinsei.season.text import Text, html

pytestmark = pytest.mark.slow

TINY = ("municipality.population=300", "run.end=2021-06-20", "demand.background_scale=0", "poll.interval=2 h")
TWO_TOWNS = """
extends = "smoke"
[[municipalities]]
name = "Keying"
name_ja = "転記"
count = 1
share = 0.5
method = "TRANSCRIPTION"
clerks = 2  # [A]
[[municipalities]]
name = "Robots"
name_ja = "ロボット"
count = 1
share = 0.5
method = "RPA"
clerks = 1  # [A]
"""
FEW = {"office.content_check.mean", "methods.batch_import.p_reject", "costs.batch_import_modification_yen"}
BAR = r'<rect x="([0-9.]+)"[^>]* width="([0-9.]+)"[^>]* fill="{}"'
WINDOWS = "methods.batch_import.windows"


@pytest.fixture(scope="module")
def few(tiny: Scenario) -> Scenario:
    """One method, and four assumptions that carry a mark; one of them is a time of day."""
    kept = tuple(one for one in tiny.parameters if one.path in {*FEW, WINDOWS})
    return replace(tiny.with_methods([LinkageMethod.BATCH_IMPORT]), parameters=kept)


@pytest.fixture(scope="module")
def asked(few: Scenario) -> Sensitivity:
    return sensitivity(few, 1, Workers())


def test_every_assumption_is_moved_to_both_ends(asked: Sensitivity) -> None:
    by_path = {swing.parameter.path: swing for swing in asked.swings}
    assert set(by_path) == FEW
    low, high = by_path["office.content_check.mean"].values(asked.best, "staff_hours")
    base = asked.base[asked.best]["staff_hours"]
    assert low is not None
    assert high is not None
    assert base is not None
    assert low < base < high


def test_a_price_moves_the_cost_alone(asked: Sensitivity) -> None:
    price = next(swing for swing in asked.swings if swing.parameter.path.startswith("costs."))
    assert asked.size(price, "staff_hours") == asked.size(price, "cleared_at") == 0
    assert asked.size(price, "cost_yen") > 0.3


def test_what_matters_is_listed_by_how_it_is_learnt(asked: Sensitivity) -> None:
    study = [swing.parameter.path for swing in asked.worth_learning(Learning.TIME_STUDY)]
    assert "office.content_check.mean" in study
    offers = [swing.parameter.path for swing in asked.worth_learning(Learning.OFFERS)]
    assert offers == ["costs.batch_import_modification_yen"]
    assert asked.worth_learning(Learning.RECORDS) == []
    assert "measure for a week: " in answer(asked).en


def test_an_end_that_recommends_another_method_is_named(asked: Sensitivity) -> None:
    rival = LinkageMethod.RPA
    base = {**asked.base, rival: {**asked.base[asked.best], "staff_hours": 1e6, "cost_yen": 1e9}}
    swing = asked.swings[0]
    better = {**base, rival: {**base[rival], "staff_hours": 0.1}}
    changing = replace(swing, low=better, high=base)
    found = replace(asked, base=base, swings=(changing, replace(swing, low=base, high=base)))
    assert found.changes(changing) is rival
    assert found.matters(changing)
    assert f"but not of {swing.parameter.path}" in answer(found).en
    dearer = {**better, asked.best: {**base[asked.best], "staff_hours": 2e6}}
    arrow = "→ RPA"
    assert arrow in tornado(replace(found, swings=(replace(changing, low=dearer),)), "staff_hours")
    assert arrow not in tornado(asked, "staff_hours")


def tornado(found: Sensitivity, key: str) -> str:
    page = sensitivity_html(found, PageContext())
    return page.partition(f'<section id="tornado-{key}"')[2].partition("</section>")[0]


def test_a_tornado_has_a_bar_to_each_end_of_a_range_from_what_is_assumed(asked: Sensitivity) -> None:
    """Of the three, the price moves no hours; a longer check takes more of them, and so do more rejects."""
    chart = tornado(asked, "staff_hours")
    bars = {
        colour: [(float(x), float(x) + float(width)) for x, width in re.findall(BAR.format(colour), chart)]
        for colour in (_LOW, _HIGH)
    }
    assert [len(ends) for ends in bars.values()] == [2, 2]
    assert FEW - {path for path in FEW if f">{path}<" in chart} == {"costs.batch_import_modification_yen"}
    for (low, low_stop), (high, high_stop) in zip(bars[_LOW], bars[_HIGH], strict=True):
        assert low_stop == pytest.approx(high)
        assert low < low_stop < high_stop


def test_all_are_moved_at_once_too(asked: Sensitivity) -> None:
    assert asked.screening is not None
    assert asked.screening.seasons == 4
    assert set(asked.screening.effects) == {"cleared_at", "staff_hours", "cost_yen"}
    assert {key for _, key, _ in in_interplay(asked)} <= {"cleared_at", "staff_hours", "cost_yen"}
    assert seasons_needed(3, 1) == 10


def test_the_parts_of_the_filing_curve_are_moved_at_once_with_all_others() -> None:
    shares = {"demand.mailing_wave_share", "demand.flat_share", "demand.deadline_share"}
    whole = load("smoke", TINY).with_methods([LinkageMethod.BATCH_IMPORT])
    kept = tuple(one for one in whole.parameters if one.path in shares)
    found = sensitivity(replace(whole, parameters=kept), 1, Workers())
    assert {swing.parameter.path for swing in found.swings} == shares
    assert found.screening is not None
    assert found.refused == {}


def test_what_a_whole_leaves_gives_way_too() -> None:
    at_most = side_by_side({"a": 0.2, "b": 0.2}, {"a": 0.6, "b": 0.2})
    assert {path: float(share) for path, share in at_most} == pytest.approx({"a": 0.6 / 1.4, "b": 0.2 / 1.4})
    assert side_by_side({"a": 0.4, "b": 0.6}, {"a": 0.3, "b": 0.9}) == [("a", "0.25"), ("b", "0.75")]


def test_a_day_that_some_season_does_not_reach_has_no_effect_and_says_so(asked: Sensitivity) -> None:
    assert asked.screening is not None
    said = "some of these seasons are not cleared"
    assert said not in sensitivity_html(asked, PageContext())
    effects = {key: effect for key, effect in asked.screening.effects.items() if key != "cleared_at"}
    assert said in sensitivity_html(replace(asked, screening=replace(asked.screening, effects=effects)), PageContext())


def test_page_and_data_name_every_assumption(asked: Sensitivity) -> None:
    page, written = sensitivity_html(asked, PageContext()), sensitivity_content(asked)
    assert re.findall(r'<section id="([^"]+)"', page) == [
        "answer",
        "learn",
        "tornado-cleared_at",
        "tornado-staff_hours",
        "tornado-cost_yen",
        "screening",
        "all",
        "provenance",
    ]
    assert {each["path"] for each in written["parameters"]} == FEW
    assert all(path in page for path in FEW)
    assert written["kind"] == "sensitivity"


def test_what_has_no_range_is_named_with_the_reason(asked: Sensitivity) -> None:
    assert asked.unvaried == {WINDOWS: Text("a time of day", "時刻")}
    assert sensitivity_content(asked)["not_varied"] == {WINDOWS: "a time of day"}
    page = sensitivity_html(asked, PageContext())
    assert f"<li><code>{WINDOWS}</code>: {html(asked.unvaried[WINDOWS])}</li>" in page
    assert "1 not varied, as they have no range" in page


@pytest.fixture(scope="module")
def many() -> Sensitivity:
    """Two groups of municipalities, and three assumptions that move them."""
    scenario = parse(TWO_TOWNS, Path("two.toml"), TINY)
    paths = {"municipalities[0].clerks", "office.content_check.mean", "costs.staff_hour_yen"}
    kept = [replace(one, mark="A") for one in scenario.parameters if one.path in paths]
    return sensitivity(replace(scenario, parameters=tuple(kept)), 1, Workers())


def test_many_municipalities_are_followed_together(many: Sensitivity) -> None:
    season = plan_season_of(many.scenario, 0)
    base = many.base[many.best]
    assert len(season.methods) == 2
    for key in ("staff_hours", "cost_yen"):
        assert base[key] == pytest.approx(sum(one.values[key] or 0 for one in season.methods))
    assert base["cleared_at"] == max(one.values["cleared_at"] or 0 for one in season.methods)
    by_path = {swing.parameter.path: swing for swing in many.swings}
    low, high = by_path["costs.staff_hour_yen"].values(many.best, "cost_yen")
    assert (low or 0) < (base["cost_yen"] or 0) < (high or 0)
    assert many.size(by_path["office.content_check.mean"], "staff_hours") > 0
    assert by_path["municipalities[0].clerks"].parameter.learning is Learning.SETTINGS


def test_no_method_is_recommended_where_none_are_compared(many: Sensitivity) -> None:
    assert not any(many.changes(swing) for swing in many.swings)
    assert sensitivity_content(many)["recommended"] is None
    assert answer(many).en.startswith("3 assumptions were varied within their ranges")
    assert "All municipalities together" in sensitivity_html(many, PageContext())


def test_one_group_that_does_not_get_there_leaves_no_day_for_all() -> None:
    assert together("cleared_at", [1.0, 3.0]) == 3.0
    assert together("staff_hours", [1.0, 3.0]) == 4.0
    assert together("cleared_at", [1.0, None]) is None


def test_a_whole_nation_is_too_many_to_vary() -> None:
    with pytest.raises(InvalidInputError, match="--sensitivity: nationwide has 1,741 municipalities"):
        sensitivity(load("nationwide"), 1, Workers())


def test_a_scenario_without_assumptions_is_refused(few: Scenario) -> None:
    with pytest.raises(InvalidInputError, match="no number marked"):
        sensitivity(replace(few, parameters=()), 1, Workers())
