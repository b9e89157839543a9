"""The fewest clerks, and the least overtime, that clear a backlog by a day."""

from dataclasses import replace
from datetime import date

import pytest

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.planning import Workers
from shinsei.planning.grid import varied
from shinsei.planning.probing import season_point
from shinsei.planning.report.page import PageContext
from shinsei.planning.report.staffing_page import staffing_html
from shinsei.planning.staffing import Staffing, fewest, needed_of, staffing
from shinsei.planning.staffing_words import answer, rows, staffing_content
from shinsei.scenario import Scenario

pytestmark = pytest.mark.slow

BY = date(2021, 6, 17)
KEYED = LinkageMethod.TRANSCRIPTION


@pytest.fixture(scope="module")
def busy(tiny: Scenario) -> Scenario:
    """Keying takes so long that one clerk is not enough."""
    slow = [("office.keying_factors.child_allowance_status_report", "12"), ("run.end", "2021-06-22")]
    return varied(tiny, slow).with_methods([KEYED])


@pytest.fixture(scope="module")
def found(busy: Scenario) -> Staffing:
    return staffing(busy, BY, 2, Workers())


@pytest.mark.parametrize(("enough_from", "least"), [(1, 1), (4, 4), (9, 9), (10, None)])
def test_the_fewest_is_found_by_halving(enough_from: int, least: int | None) -> None:
    tried: list[int] = []

    def enough(value: int) -> bool:
        tried.append(value)
        return value >= enough_from

    assert fewest(1, 9, enough) == least
    assert len(tried) <= 5


def test_one_clerk_fewer_is_not_enough_in_some_season(found: Staffing, busy: Scenario) -> None:
    need = found.needs[-1]
    assert need.clerks is not None
    assert need.clerks > 1
    ends = [
        season_point((varied(busy, [("office.clerks", str(need.clerks - less))]), n))[KEYED]["cleared_at"]
        for less in (0, 1)
        for n in range(2)
    ]
    deadline = 1623942000000  # midnight after the 17th of June 2021 in Tokyo
    assert [at is not None and at < deadline for at in ends[:2]] == [True, True]
    assert not all(at is not None and at < deadline for at in ends[2:])


def test_more_seasons_clear_with_no_fewer_clerks(found: Staffing) -> None:
    half, sure = found.needs
    assert (half.share, sure.share) == (0.5, 0.95)
    assert (half.clerks or 0) <= (sure.clerks or 0)


@pytest.mark.parametrize(("share", "n", "needed"), [(0.95, 20, 19), (0.95, 40, 38), (0.95, 3, 3), (0.5, 3, 2)])
def test_a_share_is_of_the_seasons_that_are_planned(share: float, n: int, needed: int) -> None:
    assert needed_of(share, n) == needed


@pytest.mark.slow
def test_five_hours_of_overtime_less_are_not_enough_in_some_season(busy: Scenario) -> None:
    """The hours are those that are enough in as many seasons: the most of three for P95, where their mean is less."""
    keyed = [("office.keying_factors.child_allowance_status_report", "6"), ("office.overtime.trigger_backlog", "1 h")]
    late = varied(busy, [*keyed, ("run.end", "2021-06-26")])
    sure = staffing(late, date(2021, 6, 22), 3, Workers()).needs[-1]
    assert sure.cap_h
    under = {cap: overtime_seasons(late, cap) for cap in (sure.cap_h - 5, sure.cap_h)}
    cleared = [all(at is not None and at < 1624374000000 for at, _ in seasons) for seasons in under.values()]
    assert cleared == [False, True], "midnight after the 22nd of June 2021 in Tokyo"
    hours = [worked or 0.0 for _, worked in under[sure.cap_h]]
    assert sure.overtime_h == max(hours) > sum(hours) / 3


def overtime_seasons(scenario: Scenario, cap_h: int) -> list[tuple[float | None, float | None]]:
    capped = varied(scenario, [("office.overtime.monthly_cap", f"{cap_h} h")])
    points = [season_point((capped, n))[KEYED] for n in range(3)]
    return [(point["cleared_at"], point["overtime_hours"]) for point in points]


def test_it_is_said_in_a_sentence_a_table_and_on_a_page(found: Staffing) -> None:
    assert answer(found).en.startswith("To be clear by Thu 17 Jun in 2 of 2 seasons takes, in clerks: Transcription ")
    assert answer(found).ja.startswith("2回中2回のシーズンで6月17日(木)までに")
    page, written = staffing_html(found, PageContext()), staffing_content(found)
    assert all(cell.en in page for row in rows(found) for cell in row)
    assert "P50: cleared by the day in at least 1 of 2 seasons; P95: in at least 2 of 2 seasons." in page
    assert written["clear_by"] == "2021-06-17"
    assert [need["share"] for need in written["needs"]] == [0.5, 0.95]


def test_what_cannot_be_had_is_said(found: Staffing) -> None:
    hopeless = tuple(replace(need, clerks=None, cap_h=None, overtime_h=None) for need in found.needs)
    none = replace(found, needs=hopeless)
    assert answer(none).en.startswith("No method is clear by Thu 17 Jun in 2 of 2 seasons with up to ")
    assert rows(none)[0][1].en == f"more than {found.most_clerks}"
    assert rows(none)[0][3].en == "not with 100 h a month"


@pytest.mark.parametrize(
    ("by", "told"),
    [(None, "--clear-by: is missing"), (date(2022, 1, 1), "outside the run"), (date(2021, 5, 1), "outside")],
)
def test_a_day_is_needed_within_the_run(by: date | None, told: str, busy: Scenario) -> None:
    run = busy.file.run.model_copy(update={"cutoff": None})
    open_ended = replace(busy, file=busy.file.model_copy(update={"run": run}))
    with pytest.raises(InvalidInputError, match=told):
        staffing(open_ended, by, 1, Workers())


def test_a_city_that_compares_nothing_has_no_backlog_to_clear(tiny: Scenario) -> None:
    alone = replace(tiny, file=tiny.file.model_copy(update={"twins": None}))
    with pytest.raises(InvalidInputError, match="compares no methods"):
        staffing(alone, BY, 1, Workers())
