"""What holds in every office, whatever the staff, the methods, the troubles and the workload."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.lifecycle import TRANSITIONS, Action, Status, next_status
from shinsei.domain.linkage.activity import ACTIVITIES, Activity
from shinsei.domain.linkage.floor import Task
from shinsei.domain.linkage_method import COMPARED_METHODS
from shinsei.domain.office import Office
from shinsei.domain.office.clerks import Clerk
from shinsei.domain.office.events import (
    CaseCorrected,
    CaseOpened,
    CaseWithdrawn,
    ChangeTakesEffect,
    Offer,
    PaperArrived,
    WorkEvent,
)
from shinsei.domain.office.workforce import TEMPORARY
from shinsei.domain.run import (
    AbsenceSpec,
    Change,
    ChangeKind,
    DutySpec,
    LearningSpec,
    LeaveSpec,
    RunSpec,
    TemporaryStaffSpec,
    WorkforceSpec,
)
from shinsei.domain.simtime import DAY_MS, HOUR_MS, MINUTE_MS, SimTime, day_number, day_of, day_start
from shinsei.testing.applicants import corrections, defects
from shinsei.testing.builders import JUNE_FIRST
from shinsei.testing.linkage import a_troubled_office

pytestmark = pytest.mark.slow

PROFILE = settings(
    max_examples=min(60, settings().max_examples),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
HORIZON = SimTime(JUNE_FIRST + 120 * DAY_MS)

ENDS = {Action.REGISTER, Action.WITHDRAW, Action.EXPIRE, Action.NOT_ACCEPT}
DEFECTS = defects(rate=0.5, rate_of_replies=0.4, found_by_format_check=0.3)

moments = st.integers(0, 6 * DAY_MS).map(lambda ms: SimTime(JUNE_FIRST + ms))


@st.composite
def spells(draw: st.DrawFn) -> dict[str, date]:
    return {
        "first_day": date(2021, 6, draw(st.integers(1, 4))),
        "last_day": date(2021, 6, draw(st.integers(5, 30))),
    }


@st.composite
def turns(draw: st.DrawFn) -> DutySpec:
    starts = draw(st.integers(0, 21)) * HOUR_MS + draw(st.sampled_from([0, 15 * MINUTE_MS]))
    return DutySpec(from_ms=starts, until_ms=starts + draw(st.integers(1, 3)) * HOUR_MS, clerks=draw(st.integers(1, 2)))


NO_DECISIONS = tuple(activity.value for activity in Activity if activity not in {"content_check", "result_entry"})


@st.composite
def people(draw: st.DrawFn) -> WorkforceSpec:
    return WorkforceSpec(
        duty=tuple(draw(st.lists(turns(), max_size=2))),
        absence=AbsenceSpec(p_day=draw(st.sampled_from([0.0, 0.1, 0.4]))),
        leave=tuple(
            LeaveSpec(**draw(spells()), clerks=draw(st.integers(1, 2))) for _ in range(draw(st.integers(0, 2)))
        ),
        temporary=tuple(
            TemporaryStaffSpec(
                **draw(spells()),
                clerks=draw(st.integers(1, 2)),
                pace=draw(st.sampled_from([0.3, 0.7, 1.3])),
                activities=draw(st.sampled_from([(), NO_DECISIONS, ("keying", "paper_keying")])),
                duty=draw(st.booleans()),
            )
            for _ in range(draw(st.integers(0, 2)))
        ),
        learning=LearningSpec(
            rate=draw(st.sampled_from([1.0, 0.9, 0.7])),
            start_pace=draw(st.sampled_from([1.0, 0.5])),
            limit=draw(st.sampled_from([0.8, 1.0])),
        ),
    )


@st.composite
def offices(draw: st.DrawFn) -> RunSpec:
    rates = st.sampled_from([0.0, 0.2, 0.7])
    return a_troubled_office(
        seed=draw(st.integers(0, 10_000)),
        **{
            "office.clerks": draw(st.integers(1, 5)),
            "office.login_seats": draw(st.integers(1, 4)),
            "office.productive_share": draw(st.sampled_from([0.5, 0.8, 1.0])),
            "office.overtime.until_ms": draw(st.sampled_from([22, 24])) * HOUR_MS,
            "office.overtime.monthly_cap_h": draw(st.sampled_from([0.0, 3.0, 40.0])),
            "office.overtime.trigger_backlog_h": draw(st.sampled_from([0.0, 0.5, 4.0])),
            "office.methods.transcription.second_check": draw(st.booleans()),
            "office.methods.rpa.robots": draw(st.integers(0, 3)),
            "office.methods.rpa.p_exception": draw(rates),
            "office.methods.rpa.stops_per_h": draw(st.sampled_from([0.0, 0.5, 20.0])),
            "office.methods.screen_import.p_exception": draw(rates),
            "office.methods.batch_import.p_reject": draw(rates),
            "office.methods.batch_import.p_abort_per_run": draw(rates),
            "office.methods.batch_import.max_records": draw(st.sampled_from([1, 7, 1000])),
            "office.methods.standard_api.p_exception": draw(rates),
            "calendar.core_online_from_ms": draw(st.sampled_from([0, 8 * HOUR_MS, 10 * HOUR_MS])),
            "calendar.core_online_until_ms": draw(st.sampled_from([14 * HOUR_MS, 20 * HOUR_MS, 24 * HOUR_MS])),
            "calendar.lunch_duty_share": draw(st.sampled_from([0.0, 0.5, 1.0])),
            "defects": draw(st.sampled_from([None, DEFECTS])),
            "corrections": corrections(deadline_ms=3 * DAY_MS, max_requests=draw(st.integers(1, 2))),
            "workforce": draw(st.one_of(st.just(WorkforceSpec()), people())),
        },
    )


@st.composite
def workloads(draw: st.DrawFn) -> list[Offer]:
    offers: list[Offer] = []
    for number, at in enumerate(draw(st.lists(moments, max_size=40))):
        name = f"10-{number:06d}"
        method = draw(st.sampled_from(COMPARED_METHODS))
        identified = draw(st.booleans())
        offers.append(
            CaseOpened(at=at, case_id=name, procedure=10, method=method, identified=identified, submitted_at=at)
        )
        if draw(st.integers(0, 3)) == 0:
            offers.append(CaseWithdrawn(at=draw(moments), case_id=name))
        for n in range(draw(st.integers(0, 3))):
            replied = draw(moments)
            offers.append(CaseCorrected(at=replied, case_id=name, n=n, filed_at=replied))
    for number, at in enumerate(draw(st.lists(moments, max_size=12))):
        offers.append(PaperArrived(at=at, case_id=f"10-9{number:05d}", procedure=10))
    for number, at in enumerate(draw(st.lists(moments, max_size=3))):
        kind = draw(st.sampled_from([ChangeKind.STAFF, ChangeKind.ROBOTS]))
        change = Change(at=at, kind=kind, n=number, value=draw(st.integers(1, 4)))
        offers.append(ChangeTakesEffect(at=at, change=change))
    return sorted(offers, key=lambda offer: offer.at)


class WatchedOffice:
    """An office whose clerks' work is noted down: (activity, from, until, clerk), and what became of each task."""

    def __init__(self, spec: RunSpec) -> None:
        self.office = Office(spec)
        self.work: list[tuple[Activity, int, int, int]] = []
        self.asked: dict[Task, int] = {}
        """Time that each task was said to take."""
        self.done: dict[Task, float] = defaultdict(float)
        """Time worked on it, as a clerk at pace 1 would have needed it."""
        self.times: Counter[Task] = Counter()
        """How often it was taken up."""
        self.finished: list[Task] = []
        agenda, staff = self.office._agenda, self.office._floor.staff
        put_down, finish, ask = staff._put_down, staff.finish, staff.ask

        def asked(task: Task) -> None:
            self.asked[task] = task.remaining_ms
            ask(task)

        def watched(clerk: Clerk) -> Task:
            task = clerk.task
            assert task is not None
            spent_ms = agenda.now - task.started_at
            self.work.append((task.activity, agenda.now - spent_ms, agenda.now, task.clerk))
            self.done[task] += spent_ms * staff.roster.paces.get(task.clerk, 1.0)
            self.times[task] += 1
            return put_down(clerk)

        def finished(clerk: Clerk) -> None:
            assert clerk.task is not None
            self.finished.append(clerk.task)
            finish(clerk)

        for owner, name, spy in (
            (staff, "ask", asked),
            (staff, "_put_down", watched),
            (staff, "finish", finished),
        ):
            object.__setattr__(owner, name, spy)

    def run(self, offers: list[Offer]) -> list[WorkEvent]:
        for offer in offers:
            self.office.offer(offer)
        return self.office.advance(HORIZON)


def most_at_once(intervals: list[tuple[int, int]]) -> int:
    steps = sorted([(start, 1) for start, end in intervals if start < end] + [(e, -1) for s, e in intervals if s < e])
    level = highest = 0
    for _, step in steps:
        level += step
        highest = max(highest, level)
    return highest


@given(spec=offices(), offers=workloads(), cuts=st.lists(moments, max_size=20), swapped=st.booleans())
@PROFILE
def test_advancing_in_pieces_equals_advancing_at_once(
    spec: RunSpec, offers: list[Offer], cuts: list[SimTime], *, swapped: bool
) -> None:
    whole = Office(spec)
    for offer in offers:
        whole.offer(offer)
    pieces, events = Office(spec), []
    to_come = list(offers)
    for cut in [*sorted(cuts), HORIZON]:
        due = [offer for offer in to_come if offer.at < cut]
        to_come = [offer for offer in to_come if offer.at >= cut]
        for offer in reversed(due) if swapped else due:
            pieces.offer(offer)
        events += pieces.advance(cut)
    assert events == whole.advance(HORIZON)
    assert pieces.report() == whole.report()


@given(spec=offices(), offers=workloads())
@PROFILE
def test_no_case_is_lost_doubled_or_taken_an_illegal_step(spec: RunSpec, offers: list[Offer]) -> None:
    opened = {offer.case_id: offer for offer in offers if isinstance(offer, CaseOpened)}
    office = WatchedOffice(spec)
    rows = defaultdict(list)
    events = office.run(offers)
    for event in events:
        rows[event.case_id].append(event)
    assert all(first.at <= second.at for first, second in pairwise(events))
    assert set(rows) == set(opened)
    for name, steps in rows.items():
        status = Status.IDENTIFIED if opened[name].identified else Status.UNIDENTIFIED
        for step in steps:
            status = next_status(name, status, step.action)
        assert not TRANSITIONS[status]
        assert steps[0].at >= opened[name].at
    report = office.office.report()
    ended = [event.action for event in events if event.action in ENDS]
    assert len(ended) == len(opened)
    assert len(opened) == report.registered + report.withdrawn + report.expired + report.not_accepted
    assert report.corrected <= report.corrections_requested <= len(opened) * 2
    assert report.paper_registered == sum(isinstance(offer, PaperArrived) for offer in offers)
    assert (report.backlog, report.unfinished_cases, report.paper_waiting) == (0, 0, 0)


@given(spec=offices(), offers=workloads())
@PROFILE
def test_clerks_and_seats_are_never_more_than_there_are_and_rest_outside_hours(
    spec: RunSpec, offers: list[Offer]
) -> None:
    office = WatchedOffice(spec)
    office.run(offers)
    seated = [(start, end) for activity, start, end, _ in office.work if ACTIVITIES[activity].needs_seat]
    assert most_at_once(seated) <= spec.office.login_seats
    by_clerk = defaultdict(list)
    for _, start, end, clerk in office.work:
        by_clerk[clerk].append((start, end))
    assert all(most_at_once(work) <= 1 for work in by_clerk.values())
    for page in office.office.report().days:
        day = day_of(date.fromisoformat(page.day))
        assert most_at_once(
            [(start, end) for _, start, end, _ in office.work if day_number(SimTime(start)) == day]
        ) <= (page.clerks)
    calendar = BusinessCalendar(spec.calendar)
    for activity, start, end, _ in office.work:
        day = day_number(SimTime(start))
        hours, online = calendar.hours(day), calendar.core_online(day)
        assert hours is not None
        assert online
        latest = max(hours[1], day_start(day) + spec.office.overtime.until_ms)
        assert hours[0] <= start <= end <= latest
        if start < end and ACTIVITIES[activity].needs_seat:
            assert any(online_from <= start <= end <= online_until for online_from, online_until in online)


@given(spec=offices(), offers=workloads())
@PROFILE
def test_the_books_balance(spec: RunSpec, offers: list[Offer]) -> None:
    office = WatchedOffice(spec)
    office.run(offers)
    report, calendar = office.office.report(), BusinessCalendar(spec.calendar)
    worked_ms = sum(end - start for _, start, end, _ in office.work)
    assert abs(report.busy_minutes - worked_ms / MINUTE_MS) < 0.01
    for day in report.days:
        assert day.busy_minutes <= day.presence_minutes + day.overtime_minutes + 0.01
        assert day.temporary_staff_minutes <= day.temporary_minutes + 0.01 <= day.presence_minutes + 0.02
        assert day.temporary_duty_minutes <= day.duty_minutes
        if day.is_open_day:
            here = calendar.work_segments(day_of(date.fromisoformat(day.day)), day.clerks)
            offered_ms = sum((end - start) * len(clerks) for start, end, clerks in here)
            assert abs(offered_ms / MINUTE_MS - day.presence_minutes - day.duty_minutes) < 0.01
    online_min = (spec.calendar.core_online_until_ms - spec.calendar.core_online_from_ms) / MINUTE_MS
    assert all(day.seat_minutes <= spec.office.login_seats * online_min for day in report.days)
    assert report.backlog_peak >= max(day.backlog for day in report.days)
    by_month: dict[str, float] = defaultdict(float)
    for day in report.days:
        by_month[day.day[:7]] += day.overtime_minutes
    for overtime in by_month.values():
        assert overtime <= 5 * spec.office.overtime.monthly_cap_h * 60 + 0.01


@given(spec=offices(), offers=workloads())
@PROFILE
def test_a_twin_under_another_code_meets_the_same_fates(spec: RunSpec, offers: list[Offer]) -> None:
    twin = replace(spec, municipality="482021", run_id="another")
    first, second = Office(spec), Office(twin)
    for offer in offers:
        first.offer(offer)
        second.offer(offer)
    assert first.advance(HORIZON) == second.advance(HORIZON)


@given(spec=offices(), offers=workloads())
@PROFILE
def test_work_takes_its_time_however_often_it_is_put_down_and_whoever_takes_it_up(
    spec: RunSpec, offers: list[Offer]
) -> None:
    """Nothing that was done is lost or counted twice, but for the rounding to milliseconds."""
    office = WatchedOffice(spec)
    office.run(offers)
    for task in office.finished:
        surplus = office.done[task] - office.asked[task]
        assert -1e-6 <= surplus <= 1.3 + office.times[task]
        if spec.workforce == WorkforceSpec():
            assert surplus == 0


@given(spec=offices(), offers=workloads())
@PROFILE
def test_nobody_checks_his_own_keying_while_anybody_else_is_employed_who_may(
    spec: RunSpec, offers: list[Offer]
) -> None:
    office = WatchedOffice(spec)
    staff = office.office._floor.staff
    alone: list[bool] = []
    finish = staff.finish

    def finished(clerk: Clerk) -> None:
        task = clerk.task
        assert task is not None
        if task.clerk == task.not_by:
            roster = staff.roster
            alone.append(not any(roster.may(other, task.activity) for other in roster.employed if other != task.clerk))
        finish(clerk)

    object.__setattr__(staff, "finish", finished)
    office.run(offers)
    assert all(alone)


@given(spec=offices(), offers=workloads())
@PROFILE
def test_temporary_clerks_do_what_they_may_in_their_weeks(spec: RunSpec, offers: list[Offer]) -> None:
    office = WatchedOffice(spec)
    office.run(offers)
    numbered = [spell for spell in spec.workforce.temporary for _ in range(spell.clerks)]
    for activity, start, _, clerk in office.work:
        if clerk >= TEMPORARY:
            spell = numbered[clerk - TEMPORARY]
            assert day_of(spell.first_day) <= day_number(SimTime(start)) <= day_of(spell.last_day)
            assert not spell.activities or activity.value in spell.activities


@given(spec=offices(), offers=workloads())
@PROFILE
def test_people_who_are_never_away_slow_or_limited_leave_trace_and_books_alone(
    spec: RunSpec, offers: list[Offer]
) -> None:
    off = WorkforceSpec(
        absence=AbsenceSpec(p_day=0.0),
        leave=(LeaveSpec(first_day=date(2020, 1, 1), last_day=date(2020, 12, 31), clerks=9),),
        temporary=(TemporaryStaffSpec(first_day=date(2022, 1, 1), last_day=date(2022, 12, 31), clerks=3, pace=0.5),),
        learning=LearningSpec(rate=0.8, limit=0.9, start_pace=1.0),
    )
    plain, idle = Office(replace(spec, workforce=WorkforceSpec())), Office(replace(spec, workforce=off))
    for offer in offers:
        plain.offer(offer)
        idle.offer(offer)
    assert plain.advance(HORIZON) == idle.advance(HORIZON)
    assert plain.report() == idle.report()
