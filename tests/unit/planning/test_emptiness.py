"""Nothing is recommended for a season without cases, and cases at the portal are left, not done."""

import pytest

from shinsei.domain.errors import InvalidInputError
from shinsei.planning import Wanted, Workers, study
from shinsei.planning.answer import answer
from shinsei.planning.seasons import plan_season_of
from shinsei.scenario import Scenario, load

SMALL = ("municipality.population=300", "run.end=2021-06-20", "office.clerks=1")
DOWN = 'line.outages=[{{start=2021-06-{day}T00:00:00, length="60 d"}}]'


def small(*overrides: str) -> Scenario:
    scenario = load("smoke", [*SMALL, *overrides])
    return scenario.with_methods(scenario.methods[:1])


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("demand.online_share=0", "nobody files online what is compared"),
        ("demand.recipients_share=0", "nobody files online what is compared"),
        ("poll.interval=100 d", "cases filed online is fetched from the portal by Sun 20 Jun"),
        (DOWN.format(day="01"), "cases filed online is fetched from the portal by Sun 20 Jun"),
    ],
)
def test_an_empty_season_is_refused(override: str, told: str) -> None:
    with pytest.raises(InvalidInputError, match=told):
        plan_season_of(small(override), 0)


def test_cases_at_the_portal_are_left() -> None:
    found = study(small(DOWN.format(day="10")), Wanted(replications=1), Workers())
    waiting = found.estimate(0, "not_fetched_at_end").mean
    assert waiting
    assert found.estimate(0, "backlog_at_end").mean == 0
    assert f"{waiting:.0f} cases are left then, all of them at the portal" in answer(found).en


def test_cases_that_no_poll_has_come_to_are_left_too() -> None:
    rarely = study(small("poll.interval=12 d"), Wanted(replications=1), Workers())
    assert rarely.estimate(0, "not_fetched_at_end").mean
