"""Nothing is recommended for a season without cases, and cases at the portal are left, not done."""

from dataclasses import dataclass, field

import pytest

from shinsei.domain.errors import InvalidInputError
from shinsei.planning import Wanted, Workers, study
from shinsei.planning.answer import answer
from shinsei.planning.emptiness import check_compared
from shinsei.planning.seasons import plan_season_of
from shinsei.scenario import Scenario, load

SMALL = ("municipality.population=300", "run.end=2021-06-20", "office.clerks=1")


@dataclass
class Twin:
    """A city with so many cases, of which some were not fetched."""

    compared: int
    not_fetched: int
    values: dict[str, float | None] = field(init=False)

    def __post_init__(self) -> None:
        self.values = {"not_fetched_at_end": self.not_fetched}


def small(*overrides: str) -> Scenario:
    scenario = load("smoke", [*SMALL, *overrides])
    return scenario.with_methods(scenario.methods[:1])


@pytest.mark.parametrize("override", ["demand.online_share=0", "demand.recipients_share=0"])
def test_a_season_without_compared_cases_is_refused(override: str) -> None:
    with pytest.raises(InvalidInputError, match="nobody files online what is compared"):
        plan_season_of(small(override), 0)


def test_a_season_of_which_nothing_is_fetched_is_refused() -> None:
    end = small().end
    with pytest.raises(InvalidInputError, match="none of the 24 cases filed online is fetched from the portal by "):
        check_compared("smoke", [Twin(24, 24), Twin(24, 24)], end)
    check_compared("smoke", [Twin(24, 24), Twin(24, 23)], end)


def test_cases_that_no_poll_has_come_to_are_left() -> None:
    found = study(small("poll.interval=12 d"), Wanted(replications=1), Workers())
    waiting, stored = (found.estimate(0, key).mean or 0 for key in ("not_fetched_at_end", "backlog_at_end"))
    assert waiting
    shown = "all" if not stored else f"{waiting:.0f}"
    assert f"{waiting + stored:.0f} cases are left then, {shown} of them at the portal" in answer(found).en
