"""Who comes in and how fast: duty, absence, temporary staff and practice, each in its direction."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office.workforce import TEMPORARY, Workforce
from shinsei.domain.plan import VirtualRun
from shinsei.domain.run import AbsenceSpec, DutySpec, LearningSpec, RunSpec, TemporaryStaffSpec, WorkforceSpec
from shinsei.domain.simtime import DAY_MS, HOUR_MS, day_number
from shinsei.domain.trace import trace_hash
from shinsei.scenario import load
from shinsei.testing.builders import a_run_spec
from shinsei.testing.offices import a_plain_office, june, moment_of, opened, paper, run_office

FIRST = day_number(june(1))
TEMPS = TemporaryStaffSpec(first_day=date(2021, 6, 1), last_day=date(2021, 6, 4), clerks=1, pace=0.5)


def office(workforce: WorkforceSpec, **changes: Any) -> RunSpec:
    return replace(a_plain_office(**changes), workforce=workforce)


def a_workforce(workforce: WorkforceSpec, **changes: Any) -> Workforce:
    spec = office(workforce, **changes)
    return Workforce(spec, BusinessCalendar(spec.calendar))


def trace_of(spec: RunSpec) -> str:
    done = VirtualRun(spec)
    done.advance(spec.end)
    return trace_hash(done.lines(spec.end))


def test_nobody_away_slow_or_learning_changes_nothing() -> None:
    plain = a_run_spec()
    idle = WorkforceSpec(learning=LearningSpec(rate=0.9), absence=AbsenceSpec(p_day=0.0))
    assert trace_of(replace(plain, workforce=idle)) == trace_of(plain)


def test_a_turn_of_duty_takes_a_clerk_away_from_cases() -> None:
    """His work in hand waits, as over lunch; duty is booked beside the presence."""
    duty = WorkforceSpec(duty=(DutySpec(from_ms=9 * HOUR_MS, until_ms=11 * HOUR_MS, clerks=1),))
    plain, events = run_office(a_plain_office(), [opened(june(1, "08:55"))], days=1)
    assert moment_of(events, "REGISTER") == "1 09:08"
    held, events = run_office(office(duty), [opened(june(1, "08:55"))], days=1)
    assert moment_of(events, "REGISTER") == "1 11:08"
    day, plain_day = held.report().days[0], plain.report().days[0]
    assert (day.duty_minutes, plain_day.duty_minutes) == (120.0, 0.0)
    assert day.presence_minutes + day.duty_minutes == plain_day.presence_minutes
    assert sum(day.staff_minutes.values()) == pytest.approx(sum(plain_day.staff_minutes.values()))


def test_duty_goes_round() -> None:
    turns = a_workforce(WorkforceSpec(duty=(DutySpec(from_ms=9 * HOUR_MS, until_ms=12 * HOUR_MS, clerks=1),)))
    everybody = (0, 1, 2)
    on_duty = set()
    for day in range(FIRST, FIRST + 3):
        start = june(1 + day - FIRST, "08:30")
        at_cases = turns.off_duty(day, [(start, june(1 + day - FIRST, "17:15"), everybody)])
        assert at_cases.duty_ms == 3 * HOUR_MS
        assert [len(present) for _, _, present in at_cases.segments] == [3, 2, 3]
        on_duty |= set(everybody) - set(at_cases.segments[1][2])
    assert on_duty == set(everybody)


def test_more_duty_than_clerks_leaves_nobody_at_cases() -> None:
    all_day = WorkforceSpec(duty=(DutySpec(from_ms=0, until_ms=24 * HOUR_MS, clerks=9),))
    found, events = run_office(office(all_day), [opened(june(1, "09:00"))], days=5)
    assert events == []
    assert found.report().presence_minutes == 0.0


def test_absence_is_drawn_for_each_clerk_and_day_and_the_same_in_every_twin() -> None:
    absent = WorkforceSpec(absence=AbsenceSpec(p_day=0.2))
    first, second = (a_workforce(absent, municipality=code) for code in ("482013", "482021"))
    days = range(FIRST, FIRST + 100)
    present = [first.roster(day, 10).clerks for day in days]
    assert present == [second.roster(day, 10).clerks for day in days]
    assert 0.75 < sum(map(len, present)) / 1000 < 0.85
    assert len(set(present)) > 20


def test_who_is_absent_works_on_nothing() -> None:
    found, events = run_office(office(WorkforceSpec(absence=AbsenceSpec(p_day=1.0))), [opened(june(1, "09:00"))])
    assert events == []
    assert found.report().days[0].clerks == 0


def test_a_temporary_clerk_works_in_his_weeks_at_his_pace() -> None:
    """The plain office has one clerk; half of one more does the second of two letters in twice the time."""
    letters = [paper(june(1, "09:00"), 1), paper(june(1, "09:00"), 2), paper(june(7, "09:00"), 3)]
    found, _ = run_office(office(WorkforceSpec(temporary=(TEMPS,))), letters, days=10)
    first, later = (found.report().days[n] for n in (0, 6))
    assert (first.clerks, later.clerks) == (2, 1)
    assert first.temporary_minutes == first.presence_minutes / 2
    # Ten minutes of keying take him twenty, less what the other clerk's check of them took of nobody's time.
    assert first.temporary_staff_minutes >= 20.0
    assert later.temporary_staff_minutes == 0.0


def test_a_temporary_clerk_stays_for_no_overtime() -> None:
    late = {
        "office.overtime.until_ms": 20 * HOUR_MS,
        "office.overtime.trigger_backlog_h": 0.0,
        "office.overtime.monthly_cap_h": 45.0,
    }
    many = [paper(june(1, "09:00"), number) for number in range(1, 200)]
    helped, _ = run_office(office(WorkforceSpec(temporary=(TEMPS,)), **late), many, days=3)
    alone, _ = run_office(office(WorkforceSpec(), **late), many, days=3)
    first = helped.report().days[0]
    assert first.overtime_minutes == alone.report().days[0].overtime_minutes > 0


def test_practice_doubles_the_days_and_takes_its_share_off_the_time() -> None:
    spell = TemporaryStaffSpec(first_day=date(2021, 6, 1), last_day=date(2021, 6, 30), clerks=1, pace=0.5)
    learning = LearningSpec(rate=0.9, limit=0.7)
    people = a_workforce(WorkforceSpec(temporary=(spell,), learning=learning))

    def pace(day: int) -> float:
        return people.roster(FIRST + day - 1, 1).paces[TEMPORARY]

    assert pace(1) == 0.5
    assert pace(2) == pytest.approx(0.5 / 0.9)
    assert pace(4) == pytest.approx(0.5 / 0.9**2)
    # June 5th and 6th are a weekend; the 7th is the fifth day worked.
    assert pace(7) == pytest.approx(0.5 / 0.9**2.321928)
    assert pace(30) == 0.7


def test_a_division_that_learns_is_slower_at_first_and_then_as_any_other() -> None:
    learning = WorkforceSpec(learning=LearningSpec(rate=0.8, start_pace=0.5))
    people = a_workforce(learning)
    assert people.roster(FIRST, 2).paces == {0: 0.5, 1: 0.5}
    assert people.roster(FIRST + 29, 2).paces == {}
    _, events = run_office(office(learning), [opened(june(1, "09:00"))])
    assert moment_of(events, "REGISTER") == "1 09:26"


def test_a_clerk_hired_clears_the_season_sooner_and_a_clerk_absent_later() -> None:
    spec = load("smoke").run_spec("w", LinkageMethod.TRANSCRIPTION)
    temps = replace(TEMPS, last_day=date(2021, 7, 30), clerks=2, pace=0.8)

    def waited(workforce: WorkforceSpec) -> float:
        done = VirtualRun(replace(spec, workforce=workforce))
        done.advance(spec.end)
        submitted = {line.submission_id: line.at for line in done.lines(spec.end) if line.action == "SUBMIT"}
        registered = [line for line in done.lines(spec.end) if line.action == "REGISTER"]
        return sum(line.at - submitted[line.submission_id] for line in registered) / len(registered) / DAY_MS

    fewer = waited(WorkforceSpec(absence=AbsenceSpec(p_day=0.3)))
    more = waited(WorkforceSpec(temporary=(temps,)))
    assert more < waited(WorkforceSpec()) < fewer
