"""Turns the books of an office into its report."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from shinsei.domain.lifecycle import Action
from shinsei.domain.linkage.activity import Activity
from shinsei.domain.linkage.incident import Incident
from shinsei.domain.office.backlog import Backlog
from shinsei.domain.office.books import Books
from shinsei.domain.office.page import Levels, Page
from shinsei.domain.office.report import DayReport, IncidentReport, InUse, OfficeReport
from shinsei.domain.run import DoubleFinder
from shinsei.domain.simtime import HOUR_MS, MINUTE_MS, SimTime, date_of


def summarise(
    books: Books,
    backlog: Backlog,
    levels: Levels,
    at_work: dict[str, InUse],
    *,
    until: SimTime,
    productive_share: float,
) -> OfficeReport:
    """The report at a watermark; today's page counts as far as it has come."""
    pages = [*books.pages, books.today]
    days = [*(_day(page, page.after, productive_share) for page in books.pages)]
    days.append(_day(books.today, levels, productive_share))
    busy = _busy(pages)
    return OfficeReport(
        until=until,
        days=tuple(days),
        arrivals=sum(page.arrivals for page in pages),
        registered=sum(page.registered for page in pages),
        decided=sum(page.decided for page in pages),
        withdrawn=sum(page.withdrawn for page in pages),
        withdrawn_too_late=books.too_late,
        withdrawn_after_registration=books.withdrawn_after_registration,
        corrections_requested=books.corrections_requested,
        corrected=books.corrected,
        replies_too_late=books.replies_too_late,
        expired=books.ended[Action.EXPIRE],
        doubles_found=_doubles(pages),
        doubles_registered=sum(page.doubles_registered for page in pages),
        not_accepted=books.ended[Action.NOT_ACCEPT],
        transferred=books.ended[Action.TRANSFER],
        moved_out=sum(page.moved_out for page in pages),
        open_cases=backlog.open_cases,
        unfinished_cases=backlog.unfinished,
        backlog=levels.backlog,
        oldest_submitted_at=levels.oldest_submitted_at,
        backlog_peak=backlog.peak,
        backlog_peak_at=backlog.peak_at,
        cleared_at=backlog.cleared_at,
        paper_arrivals=sum(page.paper_arrivals for page in pages),
        paper_registered=sum(page.paper_registered for page in pages),
        paper_waiting=levels.paper_waiting,
        staff_minutes={activity.value: _minutes(busy[activity] * productive_share) for activity in Activity},
        overtime_work_minutes=_minutes(_sum(pages, "overtime_busy_ms") * productive_share),
        busy_minutes=_minutes(busy.total()),
        presence_minutes=_minutes(_sum(pages, "presence_ms")),
        overtime_minutes=_minutes(_sum(pages, "overtime_ms")),
        robot_minutes=_minutes(_sum(pages, "robot_ms")),
        machine_minutes=_minutes(_sum(pages, "machine_ms")),
        seat_minutes=_minutes(levels.seat_ms),
        batch_runs=tuple(books.batch_runs),
        returned_to_queue=books.returned,
        undetected_errors={method.value: count for method, count in sorted(books.errors.items())},
        first_saturated=books.first_saturated(),
        saturated=tuple(sorted(books.saturated.values(), key=lambda saturation: saturation.day)),
        incidents=tuple(_incident(incident, until) for incident in sorted(books.incidents, key=lambda i: i.began_at)),
        at_work=at_work,
    )


def _incident(incident: Incident, until: SimTime) -> IncidentReport:
    return IncidentReport(
        kind=incident.kind,
        subject=incident.subject,
        began_at=incident.began_at,
        found_at=incident.found_at,
        settled_at=incident.settled_at,
        records=incident.records,
        exposure_h=round(incident.exposure_ms(until) / HOUR_MS, 3),
        yen=incident.yen,
    )


def _day(page: Page, after: Levels, productive_share: float) -> DayReport:
    busy = _busy([page])
    return DayReport(
        day=date_of(page.day).isoformat(),
        is_open_day=page.is_open_day,
        arrivals=page.arrivals,
        registered=page.registered,
        decided=page.decided,
        withdrawn=page.withdrawn,
        moved_out=page.moved_out,
        undetected_errors=page.undetected_errors,
        doubles_found=_doubles([page]),
        doubles_found_after_h=_found_after(page),
        doubles_registered=page.doubles_registered,
        backlog=after.backlog,
        oldest_submitted_at=after.oldest_submitted_at,
        paper_arrivals=page.paper_arrivals,
        paper_registered=page.paper_registered,
        paper_waiting=after.paper_waiting,
        clerks=page.clerks,
        staff_minutes={a.value: _minutes(busy[a] * productive_share) for a in Activity if a in busy},
        busy_minutes=_minutes(busy.total()),
        presence_minutes=_minutes(page.presence_ms),
        duty_minutes=_minutes(page.duty_ms),
        temporary_duty_minutes=_minutes(page.temporary_duty_ms),
        temporary_minutes=_minutes(page.temporary_ms),
        temporary_staff_minutes=_minutes(page.temporary_busy_ms * productive_share),
        overtime_minutes=_minutes(page.overtime_ms),
        overtime_work_minutes=_minutes(page.overtime_busy_ms * productive_share),
        waiting_minutes=_minutes(after.waiting_ms),
        robot_minutes=_minutes(page.robot_ms),
        machine_minutes=_minutes(page.machine_ms),
        seat_minutes=_minutes(after.seat_ms - page.before.seat_ms),
    )


def _doubles(pages: Iterable[Page]) -> dict[str, int]:
    found: Counter[DoubleFinder] = Counter()
    for page in pages:
        found.update(page.doubles_found)
    return {finder.value: count for finder, count in sorted(found.items())}


def _found_after(page: Page) -> dict[str, tuple[float, ...]]:
    hours: defaultdict[str, list[float]] = defaultdict(list)
    for finder, after_ms in page.doubles_found_after_ms:
        hours[finder.value].append(round(after_ms / HOUR_MS, 3))
    return {finder: tuple(found) for finder, found in sorted(hours.items())}


def _busy(pages: Iterable[Page]) -> Counter[Activity]:
    busy: Counter[Activity] = Counter()
    for page in pages:
        busy.update(page.worked())
    return busy


def _sum(pages: Sequence[Page], name: str) -> int:
    return sum(getattr(page, name) for page in pages)


def _minutes(ms: float) -> float:
    return round(ms / MINUTE_MS, 3)
