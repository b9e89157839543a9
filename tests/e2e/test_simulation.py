"""The whole live system in one process, in virtual time, under a seeded scheduler: each seed gives the plan's trace."""

import pytest

from shinsei.testing.simulated import Fate
from simulation.figures import Figures, figures_of

CHUNK = 50


@pytest.mark.parametrize("first", range(0, 500, CHUNK))
def test_every_season_under_crashes_losses_and_delays_gives_the_trace_of_the_plan(first: int) -> None:
    found = figures_of(range(first, first + CHUNK))
    assert found.failed == [], f"python -m simulation --from {found.failed[0]} --seeds 1 tells the story"
    assert found.met.keys() == set(Fate), "everything that can be done to a process has been done"
    assert found.switches > 100 * CHUNK


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_some_thousand_seasons_give_the_trace_of_the_plan() -> None:
    total = Figures()
    for first in range(500, 5_500, CHUNK):
        total += figures_of(range(first, first + CHUNK))
    assert total.failed == []
