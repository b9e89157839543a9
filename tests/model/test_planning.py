"""A plan is the same whoever does the work."""

import pytest

from shinsei.planning import Wanted, Workers, study
from shinsei.scenario import load

pytestmark = pytest.mark.slow


def test_the_number_of_processes_changes_nothing() -> None:
    scenario = load("smoke", ["municipality.population=300", "run.end=2021-06-20", "demand.background_scale=0"])
    wanted = Wanted(replications=7, precision=0.9)
    with Workers(2) as two:
        spread = study(scenario, wanted, two)
    assert spread.seasons == study(scenario, wanted, Workers(1)).seasons
    assert len(spread.seasons) < 7
