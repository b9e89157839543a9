"""A smoke season in virtual time as the room sees it, without a stack."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from shinsei.domain.forecast import Forecast, Prospect
from shinsei.domain.plan import VirtualRun
from shinsei.domain.remedy import Remedy
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import SimTime, from_datetime
from shinsei.room.forecasting import Foreseen
from shinsei.room.twins import Twin, horizon
from shinsei.scenario import load
from shinsei.season.portal import Progress

MakeTwin = Callable[..., Twin]


def tokyo(text: str) -> SimTime:
    return from_datetime(datetime.fromisoformat(text))


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
        prospect: Prospect = Prospect.SAFE,
        *,
        evening: str = "2021-06-10T18:00",
        n: int = 0,
        remedies: tuple[Remedy, ...] | None = None,
        on_the_way: int = 0,
        **forecast: Any,
    ) -> Twin:
        run, now = evenings[evening], tokyo(evening)
        report = run.report()
        ended = report.withdrawn + report.expired + report.not_accepted
        accepted = report.registered + report.backlog + ended + on_the_way
        deadline, target = horizon(specs[n], now, 10)
        return Twin(
            spec=specs[n],
            progress=Progress(
                watermark=now, frontier=now, returned=now, accepted=accepted, registered=report.registered
            ),
            report=report,
            changes=(),
            deadline=deadline,
            target=target,
            foreseen=Foreseen(forecast=replace(Forecast(prospect=prospect, replays=5), **forecast), remedies=remedies),
        )

    return make
