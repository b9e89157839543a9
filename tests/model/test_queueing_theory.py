"""The office against queueing theory: one station, open around the clock, with the closed forms beside it.

Each comparison is a t-test over independent replications at the 99.9 % level with fixed seeds, and each interval must
be narrow: an interval that a wrong formula could hide in proves nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from math import factorial, log, sqrt
from statistics import fmean, stdev
from typing import ClassVar

import pytest

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.distributions import Distribution, Shape
from shinsei.domain.draws import draw, draw_block
from shinsei.domain.lifecycle import Action
from shinsei.domain.linkage import Linkage
from shinsei.domain.linkage.activity import Activity
from shinsei.domain.linkage.case import Case, Purpose
from shinsei.domain.linkage.floor import Task
from shinsei.domain.linkage.times import sampler
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office import Office
from shinsei.domain.office.events import CaseOpened, WorkEvent
from shinsei.domain.simtime import DAY_MS, HOUR_MS, MINUTE_MS, SimTime
from shinsei.testing.builders import JUNE_FIRST
from shinsei.testing.offices import a_plain_office, exactly

STUDENT_999 = 3.883
"""Two-sided 99.9 % quantile of Student's t with 19 degrees of freedom."""
REPLICATIONS = 20
SERVICE_MIN = 10.0
EXPONENTIAL = Distribution(mean=SERVICE_MIN, shape=Shape.EXPONENTIAL)


class AroundTheClock(BusinessCalendar):
    """A calendar without nights and weekends."""

    def is_open_day(self, day: int) -> bool:
        return True


class Station(Linkage):
    """One queue and one service, nothing else."""

    is_elsewhere = True
    service: ClassVar[Distribution] = EXPONENTIAL
    activity_of: ClassVar[Callable[[Case], Activity]] = lambda _: Activity.NOTICE

    def open(self, case: Case) -> None:
        self.floor.queue_for_linkage(case)

    def queue(self, case: Case) -> None:
        duration = sampler(self.service, MINUTE_MS)(case.draw(Purpose.KEYING))
        self.floor.ask_clerk(Task(type(self).activity_of(case), duration, self._served, case, self._begun))

    def _begun(self, task: Task) -> None:
        assert task.case is not None
        self.floor.start_linkage(task.case)

    def _served(self, task: Task) -> None:
        assert task.case is not None
        self.floor.finish_elsewhere(task.case)


class DeterministicStation(Station):
    service = exactly(SERVICE_MIN)


class LognormalStation(Station):
    service = Distribution(mean=SERVICE_MIN, cv=1.5)


class PriorityStation(Station):
    """A third of the cases goes first."""

    activity_of = lambda case: Activity.RESULT_ENTRY if is_urgent(case.case_id) else Activity.NOTICE  # noqa: E731


def is_urgent(case_id: str) -> bool:
    return draw(0, case_id, "urgent") < 1 / 3


class SpoiltStation(Station):
    """It loses a fifth of its time."""

    service = Distribution(mean=SERVICE_MIN * 1.2, shape=Shape.EXPONENTIAL)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over replications with the half-width of its interval."""

    mean: float
    half_width: float

    def holds(self, value: float) -> bool:
        return abs(value - self.mean) <= self.half_width


def an_office(station: type[Linkage], *, clerks: int, seed: int) -> Office:
    always = {"calendar.office_opens_ms": 0, "calendar.office_closes_ms": 24 * HOUR_MS}
    spec = a_plain_office(seed=seed, **always, **{"office.clerks": clerks, "office.overtime.until_ms": 0})
    calendar = AroundTheClock(spec.calendar)
    return Office(spec, calendar=calendar, linkages={LinkageMethod.TRANSCRIPTION: station})


def arrivals(seed: int, load: float, count: int, clerks: int) -> list[SimTime]:
    """Poisson arrivals at ``load`` of what the clerks can serve."""
    gap_ms = SERVICE_MIN * MINUTE_MS / (load * clerks)
    at, moments = float(JUNE_FIRST), []
    for number in range(count):
        at -= gap_ms * log(draw(seed, str(number), "arrival"))
        moments.append(SimTime(round(at)))
    return moments


def simulate(station: type[Linkage], seed: int, load: float, clerks: int, count: int) -> tuple[Office, list[WorkEvent]]:
    office = an_office(station, clerks=clerks, seed=seed)
    moments = arrivals(seed, load, count, clerks)
    for number, at in enumerate(moments):
        office.offer(
            CaseOpened(
                at=at,
                case_id=f"10-{number:06d}",
                procedure=10,
                method=LinkageMethod.TRANSCRIPTION,
                identified=True,
                submitted_at=at,
            )
        )
    return office, office.advance(SimTime(moments[-1] + 30 * DAY_MS))


def waits_min(events: list[WorkEvent], keep: Callable[[str], bool] = lambda _: True) -> float:
    """Mean wait in the queue, in minutes, of those who came after the first tenth."""
    queued: dict[str, int] = {}
    waits = []
    for event in events:
        if event.action is Action.QUEUE_FOR_LINKAGE:
            queued[event.case_id] = event.at
        elif event.action is Action.START_LINKAGE and keep(event.case_id):
            waits.append((event.at - queued[event.case_id]) / MINUTE_MS)
    return fmean(waits[len(waits) // 10 :])


def estimate(measure: Callable[[int], float]) -> Estimate:
    values = [measure(seed) for seed in range(REPLICATIONS)]
    return Estimate(fmean(values), STUDENT_999 * stdev(values) / sqrt(REPLICATIONS))


def waiting_time(station: type[Linkage], *, load: float, clerks: int = 1, count: int = 1500) -> Estimate:
    return estimate(lambda seed: waits_min(simulate(station, seed, load, clerks, count)[1]))


def erlang_c(load: float, clerks: int) -> float:
    """Probability that an arrival has to wait."""
    offered = load * clerks
    waiting = offered**clerks / factorial(clerks) / (1 - load)
    return waiting / (sum(offered**k / factorial(k) for k in range(clerks)) + waiting)


def pollaczek_khinchine(load: float, cv: float) -> float:
    return load * SERVICE_MIN * (1 + cv * cv) / 2 / (1 - load)


@pytest.mark.parametrize(("load", "clerks"), [(0.6, 1), (0.7, 3), (0.75, 6)])
def test_waiting_in_m_m_c_is_erlangs(load: float, clerks: int) -> None:
    theory = erlang_c(load, clerks) * SERVICE_MIN / (clerks * (1 - load))
    result = waiting_time(Station, load=load, clerks=clerks)
    assert result.holds(theory), (result, theory)
    assert result.half_width < 0.4 * theory


@pytest.mark.parametrize(("station", "cv"), [(DeterministicStation, 0.0), (LognormalStation, 1.5)])
def test_waiting_in_m_g_1_is_pollaczeks_and_khinchines(station: type[Linkage], cv: float) -> None:
    theory = pollaczek_khinchine(0.6, cv)
    result = waiting_time(station, load=0.6)
    assert result.holds(theory), (result, theory)
    assert result.half_width < 0.4 * theory


def test_the_urgent_wait_as_long_as_the_priority_formula_says() -> None:
    load, urgent = 0.6, 0.2
    residual = load * SERVICE_MIN  # mean residual service of exponential times, seen by an arrival
    runs = [simulate(PriorityStation, seed, load, 1, 1500)[1] for seed in range(REPLICATIONS)]
    first = estimate(lambda seed: waits_min(runs[seed], is_urgent))
    others = estimate(lambda seed: waits_min(runs[seed], lambda name: not is_urgent(name)))
    assert first.holds(residual / (1 - urgent)), first
    assert others.holds(residual / (1 - urgent) / (1 - load)), others
    assert first.mean + first.half_width < others.mean - others.half_width


@pytest.mark.parametrize(("station", "clerks"), [(Station, 1), (Station, 4), (LognormalStation, 2)])
def test_every_single_start_is_that_of_a_heap_of_free_times(station: type[Station], clerks: int) -> None:
    count, seed = 1500, 11
    _, events = simulate(station, seed, 0.9, clerks, count)
    starts = [e.at for e in sorted(events, key=lambda e: e.case_id) if e.action is Action.START_LINKAGE]
    service_ms = sampler(station.service, MINUTE_MS)
    free: list[int] = [0] * clerks
    for number, arrived in enumerate(arrivals(seed, 0.9, count, clerks)):
        start = max(arrived, heappop(free))
        heappush(free, start + service_ms(draw_block(seed, f"10-{number:06d}", "case")[Purpose.KEYING]))
        assert starts[number] == start


def test_a_station_that_loses_time_is_found_out() -> None:
    theory = erlang_c(0.6, 1) * SERVICE_MIN / 0.4
    assert not waiting_time(SpoiltStation, load=0.6).holds(theory)


def test_littles_law_holds_on_every_path() -> None:
    load, clerks, count = 0.8, 3, 2000
    office = an_office(Station, clerks=clerks, seed=5)
    moments = arrivals(5, load, count, clerks)
    arrived: Mapping[str, SimTime] = {f"10-{number:06d}": at for number, at in enumerate(moments)}
    for name, at in arrived.items():
        office.offer(
            CaseOpened(
                at=at,
                case_id=name,
                procedure=10,
                method=LinkageMethod.TRANSCRIPTION,
                identified=True,
                submitted_at=at,
            )
        )
    step, stays = 2 * MINUTE_MS, 0
    levels: list[int] = []
    at = JUNE_FIRST
    while not levels or office.open_cases or at < moments[-1]:
        at = SimTime(at + step)
        stays += sum(e.at - arrived[e.case_id] for e in office.advance(at) if e.action is Action.REGISTER)
        levels.append(office.backlog)
    length_ms = len(levels) * step
    assert fmean(levels) == pytest.approx(stays / length_ms, rel=0.01)
    assert office.report().busy_minutes * MINUTE_MS / length_ms == pytest.approx(load * clerks, rel=0.05)


def test_the_latency_floor_of_a_batch_import_is_half_the_interval_between_windows() -> None:
    def delay_h(seed: int) -> float:
        windows = {"office.methods.batch_import.windows_ms": (19 * HOUR_MS,), "office.methods.batch_import.p_reject": 0}
        always = {"calendar.office_opens_ms": 0, "calendar.office_closes_ms": 24 * HOUR_MS}
        spec = a_plain_office(seed=seed, **windows, **always, **{"office.content_check_min": exactly(0)})
        office = Office(spec, calendar=AroundTheClock(spec.calendar))
        opened = {}
        for number in range(200):
            name = f"10-{number:06d}"
            opened[name] = at = SimTime(JUNE_FIRST + int(draw(seed, name, "at") * 20 * DAY_MS))
            office.offer(
                CaseOpened(
                    at=at,
                    case_id=name,
                    procedure=10,
                    method=LinkageMethod.BATCH_IMPORT,
                    identified=True,
                    submitted_at=at,
                )
            )
        events = office.advance(SimTime(JUNE_FIRST + 40 * DAY_MS))
        return fmean((e.at - opened[e.case_id]) / HOUR_MS for e in events if e.action is Action.REGISTER)

    result = estimate(delay_h)
    assert result.holds(12.0 + 2 / 60), result  # and the two minutes of the job's overhead
    assert result.half_width < 1.0
