"""What an operations room sees of a run in virtual time, without a stack."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from shinsei.domain.forecast import Forecast, Prospect
from shinsei.domain.horizon import TARGET_WORKING_DAYS, horizon
from shinsei.domain.plan import VirtualRun
from shinsei.domain.remedy import Remedy
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import SimTime, from_datetime
from shinsei.room.forecasting import Foreseen
from shinsei.room.twins import Twin
from shinsei.season.portal import Progress


def tokyo(text: str) -> SimTime:
    """A moment by the clock on the wall."""
    return from_datetime(datetime.fromisoformat(text))


def a_twin_of(
    spec: RunSpec,
    run: VirtualRun,
    now: SimTime,
    prospect: Prospect = Prospect.SAFE,
    *,
    remedies: tuple[Remedy, ...] | None = None,
    on_the_way: int = 0,
    **forecast: Any,
) -> Twin:
    """A run that has come to a moment; what is foreseen of it is given."""
    report = run.report()
    ended = report.withdrawn + report.expired + report.not_accepted
    accepted = report.registered + report.backlog + ended + on_the_way
    when = horizon(spec, now, TARGET_WORKING_DAYS)
    return Twin(
        spec=spec,
        progress=Progress(watermark=now, frontier=now, returned=now, accepted=accepted, registered=report.registered),
        report=report,
        changes=(),
        deadline=when.deadline,
        target=when.target,
        foreseen=Foreseen(forecast=replace(Forecast(prospect=prospect, replays=5), **forecast), remedies=remedies),
    )
