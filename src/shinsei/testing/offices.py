"""Offices for tests: one in which nothing is left to chance, so that its day can be worked out by hand."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any, Final

from shinsei.domain.distributions import Distribution
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office import Office
from shinsei.domain.office.events import CaseOpened, CaseWithdrawn, ChangeTakesEffect, Offer, PaperArrived, WorkEvent
from shinsei.domain.run import Change, ChangeKind, RunSpec
from shinsei.domain.simtime import DAY_MS, HOUR_MS, SimTime, from_datetime, to_datetime
from shinsei.testing.builders import JUNE_FIRST, a_run_spec


def exactly(mean: float) -> Distribution:
    """A duration that does not vary."""
    return Distribution(mean=mean, cv=0.0)


_PLAIN: Final[dict[str, Any]] = {
    "calendar.lunch_starts_ms": 12 * HOUR_MS,
    "calendar.lunch_ends_ms": 12 * HOUR_MS,
    "office.clerks": 1,
    "office.productive_share": 1.0,
    "office.login_seats": 10,
    "office.overtime.monthly_cap_h": 0.0,
    "office.manual_identification_min": exactly(5),
    "office.content_check_min": exactly(1),
    "office.result_entry_min": exactly(1),
    "office.notice_min": exactly(1),
    "office.paper_keying_min": exactly(10),
    "office.paper_check_min": exactly(2),
    "office.keying_factors": (),
    "office.examination_days": (),
    "office.p_denied": 0.0,
    "office.methods.transcription.keying_min": exactly(10),
    "office.methods.transcription.check_min": exactly(2),
    "office.methods.transcription.p_undetected_single": 0.0,
    "office.methods.transcription.p_undetected_double": 0.0,
    "office.methods.rpa.machine_s": exactly(60),
    "office.methods.rpa.review_min": exactly(1),
    "office.methods.rpa.restart_min": exactly(30),
    "office.methods.rpa.p_exception": 0.0,
    "office.methods.rpa.stops_per_h": 0.0,
    "office.methods.rpa.p_undetected": 0.0,
    "office.methods.rpa.ui_changes": (),
    "office.methods.screen_import.machine_s": exactly(6),
    "office.methods.screen_import.staff_min": exactly(3),
    "office.methods.screen_import.p_exception": 0.0,
    "office.methods.screen_import.p_undetected": 0.0,
    "office.methods.batch_import.overhead_min": exactly(2),
    "office.methods.batch_import.per_record_s": exactly(1),
    "office.methods.batch_import.review_min_per_record": exactly(1),
    "office.methods.batch_import.p_abort_per_run": 0.0,
    "office.methods.batch_import.p_reject": 0.0,
    "office.methods.batch_import.p_undetected": 0.0,
    "office.methods.standard_api.machine_s": exactly(2),
    "office.methods.standard_api.p_exception": 0.0,
    "office.methods.standard_api.p_undetected": 0.0,
    "office.methods.one_stop.handling_h": exactly(24),
}


def a_plain_office(**changes: Any) -> RunSpec:
    """One clerk, no lunch, no overtime, constant durations, nothing goes wrong, examination takes no time.

    Content check 1, keying 10, second check 2, result entry 1, notice 1 minute; June 2021, the 1st is a Tuesday.
    """
    spec: RunSpec = a_run_spec(**{**_PLAIN, **changes})
    return spec


def june(day: int, clock: str = "00:00") -> SimTime:
    """A moment of June 2021: day of the month and time of day."""
    return from_datetime(datetime.combine(date(2021, 6, day), time.fromisoformat(clock)))


def opened(
    at: SimTime,
    number: int = 1,
    *,
    method: LinkageMethod = LinkageMethod.TRANSCRIPTION,
    identified: bool = True,
    procedure: int = 10,
) -> Offer:
    """A case is opened, filed at the same moment."""
    name = f"{procedure}-{number:06d}"
    return CaseOpened(at=at, case_id=name, procedure=procedure, method=method, identified=identified, submitted_at=at)


def paper(at: SimTime, number: int = 1) -> Offer:
    """A paper case arrives."""
    return PaperArrived(at=at, case_id=f"10-9{number:05d}", procedure=10)


def withdrawn(at: SimTime, number: int = 1) -> Offer:
    """A case is withdrawn."""
    return CaseWithdrawn(at=at, case_id=f"10-{number:06d}")


def changed(at: SimTime, kind: ChangeKind, value: int) -> Offer:
    """A control change takes effect."""
    return ChangeTakesEffect(at=at, change=Change(at=at, kind=kind, n=0, value=value))


def run_office(spec: RunSpec, offers: Iterable[Offer], *, days: int = 30) -> tuple[Office, list[WorkEvent]]:
    """An office that has worked for so many days from June 1st, and what happened."""
    office = Office(spec)
    for offer in offers:
        office.offer(offer)
    return office, office.advance(SimTime(JUNE_FIRST + days * DAY_MS))


def diary(events: Iterable[WorkEvent], number: int = 1, procedure: int = 10) -> list[str]:
    """What happened to one case: ``1 09:01 CHECK`` for June 1st, 9:01; seconds where there are any."""
    name = f"{procedure}-{number:06d}"
    return [f"{_clock(event.at)} {event.action}" for event in events if event.case_id == name]


def moment_of(events: Iterable[WorkEvent], action: str, number: int = 1) -> str:
    """When an action last happened to a case, written as in ``diary``."""
    return [line.rpartition(" ")[0] for line in diary(events, number) if line.endswith(f" {action}")][-1]


def _clock(at: SimTime) -> str:
    moment = to_datetime(at)
    text = f"{moment.day} {moment:%H:%M:%S}"
    return f"{text}.{moment.microsecond // 1000:03}" if moment.microsecond else text.removesuffix(":00")
