"""A village of 300 with two weeks to file, planned six times."""

import pytest

from shinsei.planning import Study, Wanted, Workers, study
from shinsei.scenario import Scenario, load

TINY = ("municipality.population=300", "office.clerks=1", "run.end=2021-06-20", "demand.background_scale=0")


@pytest.fixture(scope="session")
def tiny() -> Scenario:
    return load("smoke", TINY)


@pytest.fixture(scope="session")
def found(tiny: Scenario) -> Study:
    return study(tiny, Wanted(replications=6), Workers())
