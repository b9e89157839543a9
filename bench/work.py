"""The work that every simulator is given: when cases come, and how long each step of each case takes.

All of it is drawn before any clock runs. The other simulators are handed the durations; Shinsei draws them again
itself, as it always does, so that the comparison errs to its disadvantage. Equal input makes the answers comparable
case by case: nothing in them is chance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shinsei.domain.draws import draw_block
from shinsei.domain.linkage.case import Purpose
from shinsei.domain.linkage.times import sampler
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import DAY_MS, MINUTE_MS, SimTime
from shinsei.testing.builders import JUNE_FIRST, a_run_spec
from shinsei.testing.offices import exactly
from shinsei.testing.stations import a_bare_office, exponential, poisson

SEED = 5
UTILISATION = 0.9
"""Work that comes in a week, as a share of what the clerks can do in it."""
SERVICE_MIN = 10.0
HOLIDAY = date(2021, 6, 9)
OPEN_DAYS_A_WEEK, DAYS_A_WEEK = 5, 7
_STAY_MIN, _LUNCH_MIN = 465.0, 60.0


class Step(StrEnum):
    """What takes time in the life of a case of method 1."""

    CONTENT_CHECK = "content_check"
    KEYING = "keying"
    SECOND_CHECK = "second_check"
    EXAMINATION = "examination"
    RESULT_ENTRY = "result_entry"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A number of cases for a number of clerks."""

    spec: RunSpec
    clerks: int
    moments: tuple[SimTime, ...]
    names: tuple[str, ...]
    """What Shinsei calls the cases; the others number them."""
    minutes: Mapping[Step, Sequence[float]]
    """Of presence, by step and case; of elapsed time for the examination."""

    @property
    def arrivals_min(self) -> list[float]:
        """When cases come, in minutes from the beginning."""
        return [(at - JUNE_FIRST) / MINUTE_MS for at in self.moments]


def a_queue(cases: int, clerks: int = 10) -> Work:
    """M/M/c: cases come without memory, are served without memory, first come, first served."""
    keying = {"office.methods.transcription.keying_min": exponential(SERVICE_MIN)}
    spec = a_bare_office(seed=SEED, clerks=clerks, **keying)
    moments = tuple(poisson(SEED, SERVICE_MIN / (clerks * UTILISATION), cases))
    return Work(spec=spec, clerks=clerks, moments=moments, names=_names(cases), minutes=_minutes(spec, cases))


def an_office(cases: int, clerks: int = 10) -> Work:
    """Method 1 with office hours, lunch in turns, weekends, a holiday and a check by a second clerk; no overtime."""
    spec = a_run_spec(
        seed=SEED,
        **{
            "calendar.holidays": (HOLIDAY,),
            "calendar.lunch_duty_share": 1 / clerks,
            "office.clerks": clerks,
            "office.login_seats": clerks,
            "office.overtime.monthly_cap_h": 0.0,
            "office.keying_factors": (),
        },
    )
    minutes = _minutes(spec, cases)
    a_case = sum(sum(minutes[step]) for step in Step if step is not Step.EXAMINATION) / cases
    a_day = (clerks * _STAY_MIN + _LUNCH_MIN) * OPEN_DAYS_A_WEEK / DAYS_A_WEEK
    gap_ms = a_case / (a_day * UTILISATION) * DAY_MS
    moments = tuple(SimTime(JUNE_FIRST + int((number + 0.5) * gap_ms)) for number in range(cases))
    return Work(spec=spec, clerks=clerks, moments=moments, names=_names(cases), minutes=minutes)


def _names(cases: int) -> tuple[str, ...]:
    return tuple(f"10-{number:06d}" for number in range(cases))


def _minutes(spec: RunSpec, cases: int) -> dict[Step, list[float]]:
    office, method = spec.office, spec.office.methods.transcription
    stretch = 1.0 / office.productive_share
    examination = dict(office.examination_days).get("child_allowance", exactly(0))
    ready = {
        Step.CONTENT_CHECK: (Purpose.CONTENT_CHECK, sampler(office.content_check_min, MINUTE_MS, stretch)),
        Step.KEYING: (Purpose.KEYING, sampler(method.keying_min, MINUTE_MS, stretch)),
        Step.SECOND_CHECK: (Purpose.SECOND_CHECK, sampler(method.check_min, MINUTE_MS, stretch)),
        Step.EXAMINATION: (Purpose.EXAMINATION, sampler(examination, DAY_MS)),
        Step.RESULT_ENTRY: (Purpose.RESULT_ENTRY, sampler(office.result_entry_min, MINUTE_MS, stretch)),
        Step.NOTICE: (Purpose.NOTICE, sampler(office.notice_min, MINUTE_MS, stretch)),
    }
    fates = [draw_block(spec.seed, name, "case") for name in _names(cases)]
    return {
        step: [duration_ms(fate[purpose]) / MINUTE_MS for fate in fates]
        for step, (purpose, duration_ms) in ready.items()
    }
