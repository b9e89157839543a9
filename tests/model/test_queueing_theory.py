"""The office against queueing theory: its real method 1 as one queue, open around the clock, and the closed forms.

Each comparison is a t-test over 20 independent replications (seeds 0 to 19) at the 99.9 % level. It must be wide enough
to hold and narrow enough to prove something, so every formula is also held against a kernel that was spoilt on
purpose, and must find it out there, by fewer seeds where the kernel is so wrong that these do.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from heapq import heappop, heappush
from math import exp, factorial
from statistics import fmean
from typing import Any

import pytest

from shinsei.domain.distributions import Distribution
from shinsei.domain.draws import draw, draw_block
from shinsei.domain.linkage import batch_import, standard_api, transcription
from shinsei.domain.linkage.activity import ACTIVITIES, Activity, ActivityRule
from shinsei.domain.linkage.case import Case, Purpose
from shinsei.domain.linkage.floor import Task
from shinsei.domain.linkage.times import Sampler, sampler
from shinsei.domain.linkage.transcription import Transcription
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office import clerks as clerks_module
from shinsei.domain.office.clerks import Clerks
from shinsei.domain.simtime import DAY_MS, HOUR_MS, MINUTE_MS, SimTime, day_number
from shinsei.testing.builders import JUNE_FIRST
from shinsei.testing.offices import exactly
from shinsei.testing.stations import (
    FEW,
    REPLICATIONS,
    Estimate,
    Visit,
    a_bare_office,
    estimate,
    exponential,
    poisson,
    serve,
    settled,
)

pytestmark = pytest.mark.slow

SERVICE_MIN = 10.0
EXPONENTIAL = exponential(SERVICE_MIN)
CONSTANT = exactly(SERVICE_MIN)
LOGNORMAL = Distribution(mean=SERVICE_MIN, cv=1.5)
COUNT = 1000


@cache
def queue(
    seed: int, service: Distribution, load: float, clerks: int = 1, linkage: type[Transcription] | None = None
) -> list[Visit]:
    """Poisson arrivals at ``load`` of what the clerks can key."""
    spec = a_bare_office(seed=seed, clerks=clerks, **{"office.methods.transcription.keying_min": service})
    return settled(serve(spec, poisson(seed, SERVICE_MIN / (load * clerks), COUNT), linkage=linkage)[1])


Measure = Callable[[int], float]
"""One replication, by its seed."""


def mean_wait(service: Distribution, load: float, clerks: int = 1) -> Measure:
    return lambda seed: fmean(visit.wait_min for visit in queue(seed, service, load, clerks))


def share_waiting(service: Distribution, load: float, clerks: int = 1) -> Measure:
    return lambda seed: fmean(visit.wait_min > 0 for visit in queue(seed, service, load, clerks))


def share_waiting_longer(minutes: float, service: Distribution, load: float) -> Measure:
    return lambda seed: fmean(visit.wait_min > minutes for visit in queue(seed, service, load))


class ByUrgency(Transcription):
    """Method 1, with a third of the cases keyed as exceptions are: before the others."""

    def queue(self, case: Case) -> None:
        self.key(case, Activity.EXCEPTION_KEYING if is_urgent(case.case_id) else Activity.KEYING)


def is_urgent(case_id: str) -> bool:
    return draw(0, case_id, "urgent") < 1 / 3


def priority_wait(*, urgent: bool) -> Measure:
    def measure(seed: int) -> float:
        found = queue(seed, EXPONENTIAL, 0.6, linkage=ByUrgency)
        return fmean(visit.wait_min for visit in found if is_urgent(visit.case_id) is urgent)

    return measure


def interface_stay(seed: int) -> float:
    """Method of the interface: every hour, 20 s a case, 30 cases an hour."""
    changes: dict[str, Any] = {
        "office.methods.standard_api.interval_ms": HOUR_MS,
        "office.methods.standard_api.machine_s": exactly(20),
    }
    found = serve(a_bare_office(seed=seed, **changes), poisson(seed, 2.0, 600), LinkageMethod.STANDARD_API)[1]
    return fmean(visit.stay_min for visit in settled(found))


def batch_stay(seed: int) -> float:
    """One window a day, 2 minutes a job, records in no time."""
    changes: dict[str, Any] = {
        "office.methods.batch_import.windows_ms": (19 * HOUR_MS,),
        "office.methods.batch_import.per_record_s": exactly(0),
    }
    moments = [SimTime(JUNE_FIRST + int(draw(seed, str(n), "at") * 20 * DAY_MS)) for n in range(200)]
    found = serve(a_bare_office(seed=seed, **changes), moments, LinkageMethod.BATCH_IMPORT)[1]
    return fmean(visit.stay_min for visit in found)


def erlang_c(load: float, clerks: int) -> float:
    """Probability that an arrival has to wait."""
    offered = load * clerks
    waiting = offered**clerks / factorial(clerks) / (1 - load)
    return waiting / (sum(offered**k / factorial(k) for k in range(clerks)) + waiting)


def erlang_wait(load: float, clerks: int) -> float:
    return erlang_c(load, clerks) * SERVICE_MIN / (clerks * (1 - load))


def pollaczek_khinchine(load: float, cv: float) -> float:
    return load * SERVICE_MIN * (1 + cv * cv) / 2 / (1 - load)


def in_order(load: float, minutes: float) -> float:
    """Share of those who wait longer than that in M/M/1, if they are served in the order in which they came."""
    return load * exp(-(1 - load) * minutes / SERVICE_MIN)


@dataclass(frozen=True)
class Formula:
    """A closed form, and how the office is measured for it."""

    value: float
    measure: Measure
    relative_width: float = 0.4
    """The interval must be narrower than this share of the value on either side."""


FORMULAS: Mapping[str, Formula] = {
    "M/M/1 wait": Formula(erlang_wait(0.6, 1), mean_wait(EXPONENTIAL, 0.6)),
    "M/M/6 wait": Formula(erlang_wait(0.75, 6), mean_wait(EXPONENTIAL, 0.75, 6)),
    "M/M/1 share who wait for 10 min": Formula(in_order(0.6, 10), share_waiting_longer(10, EXPONENTIAL, 0.6), 0.15),
    "M/D/1 wait": Formula(pollaczek_khinchine(0.6, 0.0), mean_wait(CONSTANT, 0.6)),
    "M/G/1 wait": Formula(pollaczek_khinchine(0.6, 1.5), mean_wait(LOGNORMAL, 0.6)),
    "M/M/1 share who wait": Formula(0.6, share_waiting(EXPONENTIAL, 0.6), 0.1),
    "M/M/6 share who wait (Erlang C)": Formula(erlang_c(0.75, 6), share_waiting(EXPONENTIAL, 0.75, 6), 0.15),
    # The residual service that an arrival meets is load x service; the urgent are a load of 0.2.
    "priority queue, urgent": Formula(0.6 * SERVICE_MIN / 0.8, priority_wait(urgent=True)),
    "priority queue, others": Formula(0.6 * SERVICE_MIN / 0.8 / 0.4, priority_wait(urgent=False)),
    # Half an interval, then those of the same interval who came before (15 on the average), then oneself.
    "periodic batch service": Formula(30 + (15 + 1) * 20 / 60, interface_stay, 0.1),
    "batch window": Formula(12 * 60 + 2, batch_stay, 0.1),
}


@cache
def measured(formula: str) -> Estimate:
    return estimate(FORMULAS[formula].measure)


@pytest.mark.parametrize("formula", FORMULAS)
def test_the_formula_lies_in_a_narrow_interval_around_what_the_office_does(formula: str) -> None:
    theory, result = FORMULAS[formula], measured(formula)
    assert result.holds(theory.value), (result, theory.value)
    assert result.half_width < theory.relative_width * theory.value


def test_the_urgent_wait_less_beyond_chance() -> None:
    first, others = measured("priority queue, urgent"), measured("priority queue, others")
    assert first.mean + first.half_width < others.mean - others.half_width


@pytest.mark.parametrize(("service", "clerks"), [(EXPONENTIAL, 1), (EXPONENTIAL, 4), (LOGNORMAL, 2)])
def test_every_single_start_is_that_of_a_heap_of_free_times(service: Distribution, clerks: int) -> None:
    seed, load = 11, 0.9
    spec = a_bare_office(seed=seed, clerks=clerks, **{"office.methods.transcription.keying_min": service})
    service_ms = sampler(service, MINUTE_MS)
    free: list[int] = [0] * clerks
    for visit in serve(spec, poisson(seed, SERVICE_MIN / (load * clerks), COUNT))[1]:
        start = max(visit.arrived, heappop(free))
        heappush(free, start + service_ms(draw_block(seed, visit.case_id, "case")[Purpose.KEYING]))
        assert visit.began == start


# Kernels spoilt on purpose. What each formula is worth shows in the spoilt kernels that it finds out.

Spoil = Callable[[pytest.MonkeyPatch], None]


def a_clerk_too_many(patch: pytest.MonkeyPatch) -> None:
    arrive, leave = Clerks.arrive, Clerks.leave
    patch.setattr(Clerks, "arrive", lambda self, clerks, until: arrive(self, (*clerks, 99), until))
    patch.setattr(Clerks, "leave", lambda self, clerks: leave(self, (*clerks, 99)))


def the_last_goes_first(patch: pytest.MonkeyPatch) -> None:
    ask = Clerks.ask

    def ask_first(self: Clerks, task: Task) -> None:
        ask(self, task)
        line = task.kind.line
        for before in line.tasks()[:-1]:
            line.take(before, None)
            line.append(before)

    patch.setattr(Clerks, "ask", ask_first)


def nobody_goes_first(patch: pytest.MonkeyPatch) -> None:
    flat = ActivityRule(level=ACTIVITIES[Activity.KEYING].level, needs_seat=True)
    patch.setattr(clerks_module, "ACTIVITIES", {**ACTIVITIES, Activity.EXCEPTION_KEYING: flat})


def a_fifth_of_the_time_is_lost(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(transcription, "sampler", lambda law, unit_ms, stretch=1.0: sampler(law, unit_ms, stretch * 1.2))


def every_service_is_the_mean(patch: pytest.MonkeyPatch) -> None:
    def flat(law: Distribution, unit_ms: int, stretch: float = 1.0) -> Sampler:
        return sampler(exactly(law.mean), unit_ms, stretch)

    patch.setattr(transcription, "sampler", flat)


def every_service_has_no_memory(patch: pytest.MonkeyPatch) -> None:
    def memoryless(law: Distribution, unit_ms: int, stretch: float = 1.0) -> Sampler:
        return sampler(exponential(law.mean), unit_ms, stretch)

    patch.setattr(transcription, "sampler", memoryless)


def one_turn_in_three_is_missed(patch: pytest.MonkeyPatch) -> None:
    turn = standard_api.StandardApi._next_transfer

    def sometimes_later(self: standard_api.StandardApi) -> SimTime:
        at = turn(self)
        return SimTime(at + HOUR_MS) if at // HOUR_MS % 3 == 0 else at

    patch.setattr(standard_api.StandardApi, "_next_transfer", sometimes_later)


def one_window_in_three_is_missed(patch: pytest.MonkeyPatch) -> None:
    open_window = batch_import.BatchImport._open_window

    def sometimes_not(self: batch_import.BatchImport, window: SimTime) -> None:
        if day_number(window) % 3 == 0:
            self._is_planned = False
            self._plan_window()
        else:
            open_window(self, window)

    patch.setattr(batch_import.BatchImport, "_open_window", sometimes_not)


FOUND_OUT: Mapping[Spoil, tuple[str, ...]] = {
    a_clerk_too_many: ("M/M/6 wait", "M/M/6 share who wait (Erlang C)"),
    a_fifth_of_the_time_is_lost: ("M/M/1 wait", "M/M/1 share who wait"),
    every_service_is_the_mean: ("M/G/1 wait",),
    every_service_has_no_memory: ("M/D/1 wait",),
    nobody_goes_first: ("priority queue, urgent", "priority queue, others"),
    one_turn_in_three_is_missed: ("periodic batch service",),
    one_window_in_three_is_missed: ("batch window",),
    the_last_goes_first: ("M/M/1 share who wait for 10 min",),
}
NEEDS_ALL_SEEDS = {nobody_goes_first}
"""The others of a priority queue wait little less where nobody goes first."""


def test_every_formula_finds_some_spoilt_kernel_out() -> None:
    assert {formula for found in FOUND_OUT.values() for formula in found} == set(FORMULAS)


@pytest.fixture
def spoilt(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Runs of a spoilt kernel are kept apart from those of the real one."""
    queue.cache_clear()
    yield monkeypatch
    queue.cache_clear()


@pytest.mark.parametrize("spoil", FOUND_OUT, ids=lambda spoil: spoil.__name__)
def test_a_kernel_spoilt_on_purpose_is_found_out(spoil: Spoil, spoilt: pytest.MonkeyPatch) -> None:
    spoil(spoilt)
    for formula in FOUND_OUT[spoil]:
        result = estimate(FORMULAS[formula].measure, REPLICATIONS if spoil in NEEDS_ALL_SEEDS else FEW)
        assert not result.holds(FORMULAS[formula].value), (formula, result)


def test_a_mean_does_not_see_the_order_of_service(spoilt: pytest.MonkeyPatch) -> None:
    """The distribution does."""
    the_last_goes_first(spoilt)
    mean = FORMULAS["M/M/1 wait"]
    assert estimate(mean.measure).holds(mean.value)
