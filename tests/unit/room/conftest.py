"""A smoke season in virtual time as the room sees it, without a stack."""

from collections.abc import Callable
from typing import Any

import pytest

from shinsei.domain.forecast import Prospect
from shinsei.domain.plan import VirtualRun
from shinsei.domain.run import RunSpec
from shinsei.room.twins import Twin
from shinsei.scenario import load
from shinsei.testing.rooms import a_twin_of, tokyo

MakeTwin = Callable[..., Twin]


@pytest.fixture(scope="session")
def specs() -> list[RunSpec]:
    return load("smoke").run_specs("smoke-20210601")


@pytest.fixture(scope="session")
def evenings(specs: list[RunSpec]) -> dict[str, VirtualRun]:
    """The first city on two evenings: in the season, and a month after it."""
    found = {}
    for evening in ("2021-06-10T18:00", "2021-07-25T18:00"):
        run = VirtualRun(specs[0])
        run.advance(tokyo(evening))
        found[evening] = run
    return found


@pytest.fixture
def a_twin(specs: list[RunSpec], evenings: dict[str, VirtualRun]) -> MakeTwin:
    """A twin on an evening; what is foreseen of it is given."""

    def make(
        prospect: Prospect = Prospect.SAFE, *, evening: str = "2021-06-10T18:00", n: int = 0, **others: Any
    ) -> Twin:
        return a_twin_of(specs[n], evenings[evening], tokyo(evening), prospect, **others)

    return make
