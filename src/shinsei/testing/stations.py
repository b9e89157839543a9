"""An office as a bare queue: real kernel, real method 1, and nothing that a textbook's queue does not have.

The office is open around the clock, every step but the keying takes no time, and nobody checks. What is left is one
queue before so many clerks, for which closed forms exist. ``Estimate`` is what they are held against.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import log, sqrt
from statistics import fmean, stdev
from types import MappingProxyType
from typing import Any, Final

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.distributions import Distribution, Shape
from shinsei.domain.draws import draw
from shinsei.domain.lifecycle import Action
from shinsei.domain.linkage import LINKAGES, Linkage
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office import Office
from shinsei.domain.office.events import CaseOpened, WorkEvent
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import DAY_MS, HOUR_MS, MINUTE_MS, SimTime
from shinsei.testing.builders import JUNE_FIRST
from shinsei.testing.offices import a_plain_office, exactly

REPLICATIONS: Final = 20
"""Seeds 0 to 19."""
FEW: Final = 8
"""Seeds 0 to 7: enough where a kernel is so wrong that a wider interval finds it out."""
STUDENT_999: Final[Mapping[int, float]] = MappingProxyType({FEW: 5.408, REPLICATIONS: 3.883})
"""Two-sided 99.9 % quantiles of Student's t, by the number of replications."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over independent replications, with the half-width of its 99.9 % interval."""

    mean: float
    half_width: float

    def holds(self, value: float) -> bool:
        """Whether the value lies in the interval."""
        return abs(value - self.mean) <= self.half_width


def estimate(measure: Callable[[int], float], replications: int = REPLICATIONS) -> Estimate:
    """What ``measure`` gives for each of the seeds."""
    values = [measure(seed) for seed in range(replications)]
    return Estimate(fmean(values), STUDENT_999[replications] * stdev(values) / sqrt(replications))


class AroundTheClock(BusinessCalendar):
    """A calendar without nights and weekends."""

    def is_open_day(self, day: int) -> bool:
        """Every day is one."""
        return True


def exponential(mean: float) -> Distribution:
    """A duration without memory."""
    return Distribution(mean=mean, shape=Shape.EXPONENTIAL)


def a_bare_office(*, seed: int, clerks: int = 1, **changes: Any) -> RunSpec:
    """Open around the clock; only what ``changes`` names takes a clerk's time."""
    bare = {
        "office.clerks": clerks,
        "office.login_seats": clerks + 1,
        "office.overtime.until_ms": 0,
        "office.content_check_min": exactly(0),
        "office.result_entry_min": exactly(0),
        "office.notice_min": exactly(0),
        "office.methods.transcription.second_check": False,
        "office.methods.batch_import.review_min_per_record": exactly(0),
        "calendar.office_opens_ms": 0,
        "calendar.office_closes_ms": 24 * HOUR_MS,
        "calendar.core_online_from_ms": 0,
        "calendar.core_online_until_ms": 24 * HOUR_MS,
    }
    return a_plain_office(seed=seed, **{**bare, **changes})


def poisson(seed: int, gap_min: float, count: int) -> list[SimTime]:
    """Moments without memory, so many minutes apart on the average."""
    at, moments = float(JUNE_FIRST), []
    for number in range(count):
        at -= gap_min * MINUTE_MS * log(draw(seed, str(number), "arrival"))
        moments.append(SimTime(round(at)))
    return moments


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One case at the station."""

    case_id: str
    arrived: SimTime
    began: SimTime
    left: SimTime

    @property
    def wait_min(self) -> float:
        """Minutes in the queue."""
        return (self.began - self.arrived) / MINUTE_MS

    @property
    def stay_min(self) -> float:
        """Minutes from the arrival to the registration."""
        return (self.left - self.arrived) / MINUTE_MS


def serve(
    spec: RunSpec,
    moments: Iterable[SimTime],
    method: LinkageMethod = LinkageMethod.TRANSCRIPTION,
    linkage: type[Linkage] | None = None,
) -> tuple[Office, list[Visit]]:
    """Lets cases come at these moments; a month after the last one the visits are told, in order of arrival."""
    linkages = {**LINKAGES, **({method: linkage} if linkage else {})}
    office = Office(spec, calendar=AroundTheClock(spec.calendar), linkages=linkages)
    arrived: dict[str, SimTime] = {}
    for number, at in enumerate(moments):
        name = f"10-{number:06d}"
        arrived[name] = at
        office.offer(
            CaseOpened(at=at, case_id=name, procedure=10, method=method, identified=True, submitted_at=at),
        )
    events = office.advance(SimTime(max(arrived.values()) + 30 * DAY_MS))
    return office, visits(arrived, events)


def visits(arrived: dict[str, SimTime], events: Iterable[WorkEvent]) -> list[Visit]:
    """What the events say about cases that arrived at these moments."""
    began: dict[str, SimTime] = {}
    left: dict[str, SimTime] = {}
    for event in events:
        if event.action is Action.START_LINKAGE:
            began.setdefault(event.case_id, event.at)
        elif event.action is Action.REGISTER:
            left[event.case_id] = event.at
    return [
        Visit(case_id=case_id, arrived=at, began=began[case_id], left=left[case_id]) for case_id, at in arrived.items()
    ]


def settled(found: list[Visit]) -> list[Visit]:
    """Those after the first tenth, when the empty office of the beginning is forgotten."""
    return found[len(found) // 10 :]
