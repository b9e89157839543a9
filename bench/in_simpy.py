"""The work, done by SimPy: a general simulator in which everything is a process (a Python generator)."""

from collections.abc import Generator
from statistics import fmean
from typing import Any

import simpy

from bench.answers import OfficeAnswer, QueueAnswer
from bench.second_office import DAY_MIN, Rules, SecondOffice
from bench.work import Step, Work


def queue(work: Work) -> QueueAnswer:
    """The queue as in SimPy's own examples: a resource, and a process for each case."""
    env = simpy.Environment()
    clerks = simpy.Resource(env, work.clerks)
    waits: list[float] = []

    def case(minutes: float) -> Generator[simpy.Event, Any, None]:
        came = env.now
        with clerks.request() as turn:
            yield turn
            waits.append(env.now - came)
            yield env.timeout(minutes)

    def come() -> Generator[simpy.Event, Any, None]:
        for at, minutes in zip(work.arrivals_min, work.minutes[Step.KEYING], strict=True):
            yield env.timeout(at - env.now)
            env.process(case(minutes))

    env.process(come())
    env.run()
    return QueueAnswer(wait_min=fmean(waits))


def office(work: Work) -> OfficeAnswer:
    """The office with its clerks as processes."""
    arrivals = work.arrivals_min
    found = SecondOffice(Rules(clerks=work.clerks), lambda step, case: work.minutes[step][case])
    found.run(arrivals, until=arrivals[-1] + 40 * DAY_MIN)
    return OfficeAnswer(
        registration_h=fmean(at - arrivals[case] for case, at in found.registered.items()) / 60,
        decision_h=fmean(at - arrivals[case] for case, at in found.decided.items()) / 60,
    )
