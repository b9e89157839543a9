"""The work, done by Ciw: a general simulator of networks of queues.

Its clerks serve one node, to which a case comes back as another class of customer for each of its steps. Ciw has no
rule that keeps a clerk from checking his own keying; among ten clerks that hardly shows.
"""

from collections.abc import Mapping
from itertools import pairwise
from statistics import fmean
from typing import Any

import ciw

from bench.answers import OfficeAnswer, QueueAnswer
from bench.second_office import DAY_MIN, Rules, SecondOffice
from bench.work import Step, Work

_ROUTE = (1, 1, 2, 1, 1)
"""The nodes after the first step: keying, check, examination, result, notice."""
_LIFE = (Step.CONTENT_CHECK, Step.KEYING, Step.SECOND_CHECK, Step.EXAMINATION, Step.RESULT_ENTRY, Step.NOTICE)
_PRIORITIES = (Step.SECOND_CHECK, Step.CONTENT_CHECK, Step.RESULT_ENTRY, Step.NOTICE, Step.KEYING, Step.EXAMINATION)
_NEXT_STEP: Mapping[Step, Mapping[Step, float]] = {
    step: {other: float(other is after) for other in _LIFE}
    for step, after in zip(_LIFE, (*_LIFE[1:], _LIFE[-1]), strict=True)
}
_OPENS_MIN, _LUNCH_MIN, _BACK_MIN = 8.5 * 60, 12 * 60.0, 13 * 60.0


class Given(ciw.dists.Distribution):
    """The durations of a step, by case."""

    def __init__(self, minutes: Any) -> None:
        self._minutes = minutes

    def sample(self, t: float | None = None, ind: Any = None) -> float:
        """How long it takes for this case."""
        minutes: float = self._minutes[ind.id_number - 1]
        return minutes


class Examination(Given):
    """The same, up to the next office hours."""

    def __init__(self, minutes: Any, hours: SecondOffice) -> None:
        super().__init__(minutes)
        self._hours = hours

    def sample(self, t: float | None = None, ind: Any = None) -> float:
        """How long until its end is seen."""
        assert t is not None
        ends = t + super().sample(t, ind)
        day = int(ends // DAY_MIN)
        while not self._hours.is_open(day) or ends >= day * DAY_MIN + self._hours.rules.until:
            day += 1
        return max(ends, day * DAY_MIN + _OPENS_MIN) - t


def queue(work: Work) -> QueueAnswer:
    """The queue as in Ciw's own examples."""
    network = ciw.create_network(
        arrival_distributions=[_arrivals(work)],
        service_distributions=[ciw.dists.Sequential(work.minutes[Step.KEYING])],
        number_of_servers=[work.clerks],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(len(work.moments), method="Finish")
    return QueueAnswer(wait_min=fmean(record.waiting_time for record in simulation.get_all_records()))


def office(work: Work) -> OfficeAnswer:
    """The office as one node of clerks in shifts and one of examinations, at which nobody waits."""
    days = int(work.arrivals_min[-1] // DAY_MIN) + 40
    calendar = SecondOffice(Rules(clerks=work.clerks), lambda _, __: 0.0)
    network = ciw.create_network(
        arrival_distributions={step: [_arrivals(work) if step is _LIFE[0] else None, None] for step in _LIFE},
        service_distributions={
            step: [Given(work.minutes[step]), Examination(work.minutes[step], calendar)] for step in _LIFE
        },
        class_change_matrices=[_NEXT_STEP, _NEXT_STEP],
        priority_classes={step: place for place, step in enumerate(_PRIORITIES)},
        number_of_servers=[_shifts(calendar, days), float("inf")],
        routing={step: ciw.routing.ProcessBased(lambda _, __: list(_ROUTE)) for step in _LIFE},
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(days * DAY_MIN)
    arrivals = work.arrivals_min
    hours: dict[str, list[float]] = {Step.SECOND_CHECK: [], Step.RESULT_ENTRY: []}
    for record in simulation.get_all_records(only=["service"]):
        if record.customer_class in hours:
            hours[record.customer_class].append((record.service_end_date - arrivals[record.id_number - 1]) / 60)
    return OfficeAnswer(registration_h=fmean(hours[Step.SECOND_CHECK]), decision_h=fmean(hours[Step.RESULT_ENTRY]))


def _arrivals(work: Work) -> Any:
    moments = work.arrivals_min
    return ciw.dists.Sequential([moments[0], *(after - before for before, after in pairwise(moments)), float("inf")])


def _shifts(calendar: SecondOffice, days: int) -> Any:
    """So many clerks until so many minutes; whoever is interrupted goes on where he was."""
    everybody, on_duty = calendar.rules.clerks, 1
    shifts: list[tuple[int, float]] = []
    for day in range(days):
        if calendar.is_open(day):
            today = ((0, _OPENS_MIN), (everybody, _LUNCH_MIN), (on_duty, _BACK_MIN), (everybody, calendar.rules.until))
            shifts.extend((clerks, day * DAY_MIN + until) for clerks, until in today)
    shifts.append((0, days * DAY_MIN))
    return ciw.Schedule(
        numbers_of_servers=[clerks for clerks, _ in shifts],
        shift_end_dates=[until for _, until in shifts],
        preemption="resume",
    )
