"""The contract that every linkage method keeps, ready for a method of your own, and one that fails on purpose.

``LINKAGE_CONTRACT`` is a tuple of checks; each takes a ``LinkageSubject`` (a method in an office with a workload) and
asserts one rule. Parametrise a test over it, as ``tests/contract/test_linkage_methods.py`` does.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.draws import draw
from shinsei.domain.lifecycle import ACTION_RANK, TRANSITIONS, Action, Status, next_status
from shinsei.domain.linkage import LINKAGES, Linkage
from shinsei.domain.linkage.case import Case
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office import Office
from shinsei.domain.office.events import CaseOpened, CaseWithdrawn, Offer, PaperArrived, WorkEvent
from shinsei.domain.office.report import OfficeReport
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import DAY_MS, MINUTE_MS, SimTime
from shinsei.testing.builders import a_run_spec

P_IDENTIFIED = 0.85
"""Share of the workload's cases whose applicant the serial number gave."""


def a_troubled_office(**changes: Any) -> RunSpec:
    """A small office in which whatever can go wrong often does; overtime is switched off."""
    trouble = {
        "office.overtime.monthly_cap_h": 0.0,
        "office.p_denied": 0.2,
        "office.methods.rpa.p_exception": 0.3,
        "office.methods.rpa.stops_per_h": 2.0,
        "office.methods.screen_import.p_exception": 0.3,
        "office.methods.batch_import.p_reject": 0.3,
        "office.methods.batch_import.p_abort_per_run": 0.5,
        "office.methods.batch_import.max_records": 25,
        "office.methods.standard_api.p_exception": 0.3,
    }
    spec: RunSpec = a_run_spec(**{**trouble, **changes})
    return spec


class FailingLinkage(Linkage):
    """A method whose machine never succeeds: each case fails ``attempts`` times, then a clerk keys it."""

    attempts = 2
    attempt_ms = MINUTE_MS

    def queue(self, case: Case) -> None:
        """Is tried at once."""
        self.floor.start_linkage(case, "failing on purpose")
        self.floor.call_at(SimTime(self.floor.now + self.attempt_ms), self._fail, case)

    def _fail(self, case: Case) -> None:
        if case.is_open:
            then = self.floor.key if case.returns + 1 >= self.attempts else self.queue
            self.floor.return_to_queue(case, then, "failed on purpose")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkageSubject:
    """A linkage method under test, the office around it and what is asked of it."""

    method: LinkageMethod
    linkages: Mapping[LinkageMethod, type[Linkage]] = field(default_factory=lambda: LINKAGES)
    spec: RunSpec = field(default_factory=a_troubled_office)
    cases: int = 80
    papers: int = 30
    days: int = 5
    """Arrivals are spread over so many days, nights and a weekend among them."""
    horizon_days: int = 90

    @property
    def end(self) -> SimTime:
        """By then everything has ended."""
        return SimTime(self.spec.start + self.horizon_days * DAY_MS)

    def offers(self) -> list[Offer]:
        """The workload, in order of time."""
        offers: list[Offer] = []
        for number in range(self.cases):
            name = f"10-{number:06d}"
            at = self.moment(name, self.days)
            offers.append(
                CaseOpened(
                    at=at,
                    case_id=name,
                    procedure=10,
                    method=self.method,
                    identified=draw(self.spec.seed, name, "identified") < P_IDENTIFIED,
                    submitted_at=SimTime(at - MINUTE_MS),
                )
            )
        for number in range(self.papers):
            name = f"10-9{number:05d}"
            offers.append(PaperArrived(at=self.moment(name, self.days), case_id=name, procedure=10))
        return sorted(offers, key=lambda offer: offer.at)

    def withdrawals(self) -> list[CaseWithdrawn]:
        """A withdrawal of every third case, at some moment around its stay in the backlog."""
        names = [f"10-{number:06d}" for number in range(0, self.cases, 3)]
        return [CaseWithdrawn(at=self.moment(f"{name} withdrawn", self.days + 2), case_id=name) for name in names]

    def moment(self, name: str, days: int) -> SimTime:
        """Some moment within so many days that depends on the name alone."""
        return SimTime(self.spec.start + int(draw(self.spec.seed, name, "moment") * days * DAY_MS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What an office did with a workload."""

    events: tuple[WorkEvent, ...]
    report: OfficeReport

    def by_case(self) -> dict[str, list[WorkEvent]]:
        """Events of each case, in order."""
        rows: dict[str, list[WorkEvent]] = defaultdict(list)
        for event in self.events:
            rows[event.case_id].append(event)
        return rows


def observe(subject: LinkageSubject, offers: Sequence[Offer], cuts: Sequence[SimTime] = ()) -> Observed:
    """Runs the workload; with cuts, each offer is made only as late as its cut allows."""
    office = Office(subject.spec, linkages=subject.linkages)
    waiting = sorted(offers, key=lambda offer: offer.at, reverse=True)
    events: list[WorkEvent] = []
    for cut in (*sorted(cuts), subject.end):
        while waiting and waiting[-1].at < cut:
            office.offer(waiting.pop())
        events.extend(office.advance(cut))
    return Observed(events=tuple(events), report=office.report())


def every_case_ends_exactly_once(subject: LinkageSubject) -> None:
    """Each case is registered once, decided once and notified once, and nothing is left."""
    observed = observe(subject, subject.offers())
    rows = observed.by_case()
    assert len(rows) == subject.cases
    for events in rows.values():
        actions = [event.action for event in events]
        assert actions.count(Action.REGISTER) == 1
        assert actions.count(Action.GRANT) + actions.count(Action.DENY) == 1
        assert actions[-1] is Action.NOTIFY
    assert (observed.report.backlog, observed.report.open_cases, observed.report.unfinished_cases) == (0, 0, 0)
    assert observed.report.paper_registered == subject.papers


def every_step_is_legal(subject: LinkageSubject) -> None:
    """The lifecycle table allows each step, with and without withdrawals, and ordinals count up from 0."""
    opened = {offer.case_id: offer for offer in subject.offers() if isinstance(offer, CaseOpened)}
    for offers in (subject.offers(), [*subject.offers(), *subject.withdrawals()]):
        for name, events in observe(subject, offers).by_case().items():
            status = _status_on_opening(subject, identified=opened[name].identified)
            counts: dict[Action, int] = defaultdict(int)
            for event in events:
                status = next_status(name, status, event.action)
                assert event.n == counts[event.action]
                counts[event.action] += 1
            assert not TRANSITIONS[status]


def events_come_in_order(subject: LinkageSubject) -> None:
    """Time never runs back, and within a moment the ranking of the actions holds."""
    events = observe(subject, [*subject.offers(), *subject.withdrawals()]).events
    keys = [(event.at, ACTION_RANK[event.action], event.case_id, event.n) for event in events]
    assert keys == sorted(keys)
    assert all(first < second for first, second in pairwise(keys))


def clerks_work_in_office_hours_only(subject: LinkageSubject) -> None:
    """What clerks finish falls into office hours, and they are never busier than present."""
    observed = observe(subject, subject.offers())
    calendar = BusinessCalendar(subject.spec.calendar)
    by_clerks = {Action.IDENTIFY, Action.CHECK, Action.GRANT, Action.DENY, Action.NOTIFY}
    if not subject.linkages[subject.method].is_elsewhere:
        for event in observed.events:
            if event.action in by_clerks or event.method is LinkageMethod.TRANSCRIPTION:
                hours = calendar.hours((event.at + 9 * 60 * MINUTE_MS) // DAY_MS)
                assert hours is not None
                # A case that a machine gave back is with the clerks from then on, whatever the hour.
                assert event.action is Action.WITHDRAW or hours[0] <= event.at <= hours[1]
    for day in observed.report.days:
        assert day.busy_minutes <= day.presence_minutes
        assert day.is_open_day or day.presence_minutes == 0


def same_run_same_events(subject: LinkageSubject) -> None:
    """Running it twice gives the same, and so does a twin with another municipality code."""
    twin = replace(subject, spec=replace(subject.spec, municipality="482021"))
    offers = [*subject.offers(), *subject.withdrawals()]
    assert observe(subject, offers) == observe(subject, offers)
    assert observe(subject, offers) == observe(twin, offers)


def cuts_and_portions_change_nothing(subject: LinkageSubject) -> None:
    """Advancing in many steps, with offers made as late as allowed, gives what one step gives."""
    offers = [*subject.offers(), *subject.withdrawals()]
    whole = observe(subject, offers)
    odd = [subject.moment(f"cut {number}", subject.days * 3) for number in range(60)]
    at_events = [event.at for event in whole.events[::7]]
    behind_events = [SimTime(event.at + 1) for event in whole.events[::11]]
    assert observe(subject, offers, odd) == whole
    assert observe(subject, list(reversed(offers)), [*at_events, *behind_events]) == whole


def a_withdrawal_counts_until_registration(subject: LinkageSubject) -> None:
    """A withdrawn case ends there; one that is registered already goes on, and the books say so."""
    offers = [*subject.offers(), *subject.withdrawals()]
    observed = observe(subject, offers)
    withdrawals = {offer.case_id: offer.at for offer in subject.withdrawals()}
    too_late = 0
    for name, events in observed.by_case().items():
        actions = [event.action for event in events]
        if name in withdrawals:
            if Action.WITHDRAW in actions:
                assert actions[-1] is Action.WITHDRAW
                assert Action.REGISTER not in actions
                assert events[-1].at >= withdrawals[name]
            else:
                too_late += 1
                assert events[actions.index(Action.REGISTER)].at <= withdrawals[name]
    assert observed.report.withdrawn == len(withdrawals) - too_late
    assert observed.report.withdrawn_too_late == too_late
    assert observed.report.backlog == 0


def the_books_agree_with_the_events(subject: LinkageSubject) -> None:
    """What the report counts is what the events show."""
    observed = observe(subject, [*subject.offers(), *subject.withdrawals()])
    report, actions = observed.report, [event.action for event in observed.events]
    assert report.arrivals == subject.cases
    assert report.registered == actions.count(Action.REGISTER) == sum(day.registered for day in report.days)
    assert report.decided == actions.count(Action.GRANT) + actions.count(Action.DENY)
    assert report.withdrawn == actions.count(Action.WITHDRAW)
    assert report.returned_to_queue == actions.count(Action.RETURN_TO_QUEUE)
    assert report.arrivals == report.registered + report.withdrawn + report.backlog


LINKAGE_CONTRACT: tuple[Callable[[LinkageSubject], None], ...] = (
    every_case_ends_exactly_once,
    every_step_is_legal,
    events_come_in_order,
    clerks_work_in_office_hours_only,
    same_run_same_events,
    cuts_and_portions_change_nothing,
    a_withdrawal_counts_until_registration,
    the_books_agree_with_the_events,
)
"""Every rule that a linkage method keeps."""


def _status_on_opening(subject: LinkageSubject, *, identified: bool) -> Status:
    if subject.linkages[subject.method].is_elsewhere:
        return Status.STORED
    return Status.IDENTIFIED if identified else Status.UNIDENTIFIED
