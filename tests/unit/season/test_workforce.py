"""Duty and temporary staff in the figures of a season: shown where there are any, and paid."""

import pytest

from shinsei.scenario import Scenario, load
from shinsei.season.comparison import comparison
from shinsei.season.findings import Findings
from shinsei.season.planned import plan_season
from shinsei.season.report.sections import cost
from shinsei.season.summary import summary
from shinsei.season.text import both

PEOPLE = """
extends = "smoke"
[costs]
temporary_hour_yen = 1600
[[workforce.duty]]
starts = "09:00"
ends = "12:00"
clerks = 1
[[workforce.temporary]]
first_day = 2021-06-01
last_day = 2021-06-30
clerks = 1
pace = 0.8
activities = ["keying", "paper_keying", "second_check"]
"""


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    path = tmp_path_factory.mktemp("scenario") / "people.toml"
    path.write_text(PEOPLE, encoding="utf-8")
    return load(path)


def test_duty_and_temporary_staff_have_their_rows_and_their_cost_where_there_are_any(busy: Scenario) -> None:
    season = plan_season(busy)
    shown = {row.label.en: tuple(cell.en for cell in row.cells) for row in comparison(season)}
    for place, one in enumerate(season.methods):
        present = one.office.temporary_hours + one.office.temporary_duty_hours
        assert shown["Temporary staff, hours present"][place] == f"{present:,.0f}"
        assert shown["Counter and telephone duty, hours"][place] == f"{one.office.duty_hours:,.0f}"
        assert one.office.temporary_duty_hours > 0
        assert one.cost.temporary_yen == round(present * 1600)
    told = summary(season, answer=both(""), wall_s=0.0, environment={})["methods"][0]
    assert told["cost"]["temporary_yen"] == season.methods[0].cost.temporary_yen
    assert told["temporary_duty_hours"] == round(season.methods[0].office.temporary_duty_hours, 2)
    assert "Temporary staff" in cost(season)


def test_a_season_without_them_shows_neither(season: Findings) -> None:
    shown = {row.label.en for row in comparison(season)}
    assert not {"Temporary staff, hours present", "Counter and telephone duty, hours"} & shown
    assert "Temporary staff" not in cost(season)
