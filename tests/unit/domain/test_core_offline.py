"""Maintenance of the core systems: whatever needs them stands still, by whatever method, and the rest goes on."""

from collections.abc import Callable
from typing import Any

import pytest

from shinsei.domain.linkage_method import COMPARED_METHODS, LinkageMethod
from shinsei.domain.plan import run_all
from shinsei.domain.run import ChangeKind
from shinsei.domain.simtime import HOUR_MS, SimTime
from shinsei.domain.trace import trace_hash
from shinsei.scenario import load
from shinsei.testing.builders import with_changes
from shinsei.testing.linkage import LINKAGE_CONTRACT, LinkageSubject, a_troubled_office
from shinsei.testing.offices import a_plain_office, changed, diary, june, moment_of, opened, run_office

OFFLINE = "office.core_offline"
MORNING = ((june(1, "08:00"), june(1, "13:30")),)
WINDOW = {"office.methods.batch_import.windows_ms": (12 * HOUR_MS,)}


@pytest.mark.parametrize("method", COMPARED_METHODS)
def test_nothing_is_entered_while_the_core_systems_are_off_line(method: LinkageMethod) -> None:
    cases = [opened(june(1, "09:30"), number, method=method) for number in range(1, 4)]
    spec, maintained = a_plain_office(**WINDOW), a_plain_office(**WINDOW, **{OFFLINE: MORNING})
    before = run_office(spec, cases)[1]
    events = run_office(maintained, cases)[1]
    assert any(event.action == "START_LINKAGE" and event.at < june(1, "13:30") for event in before)
    starts = [event.at for event in events if event.action == "START_LINKAGE"]
    assert len(starts) == 3
    assert june(1, "13:30") <= min(starts) <= june(1, "14:00")
    # What needs no core system goes on.
    assert moment_of(events, "CHECK") == moment_of(before, "CHECK") == "1 09:31"


def test_a_clerk_puts_his_keying_down_and_takes_it_up_again() -> None:
    gap = ((june(1, "09:05"), june(1, "10:05")),)
    events = run_office(a_plain_office(**{OFFLINE: gap}), [opened(june(1, "09:00"))])[1]
    assert diary(events)[2:4] == ["1 09:01 START_LINKAGE", "1 10:13 REGISTER"]


def test_a_batch_job_waits_for_the_end_of_the_maintenance() -> None:
    events = run_office(
        a_plain_office(**WINDOW, **{OFFLINE: MORNING}), [opened(june(1, "09:00"), method=LinkageMethod.BATCH_IMPORT)]
    )[1]
    assert moment_of(events, "START_LINKAGE") == "1 13:30"


def test_a_robot_leaves_what_it_could_not_finish_before_it() -> None:
    cases = [opened(june(1, "09:30"), number, method=LinkageMethod.RPA) for number in range(1, 4)]
    gap = ((SimTime(june(1, "10:01") + 30_000), june(1, "10:30")),)
    events = run_office(a_plain_office(**{OFFLINE: gap}), cases)[1]
    assert [moment_of(events, "START_LINKAGE", number) for number in (1, 2)] == ["1 10:00", "1 11:00"]


@pytest.mark.parametrize("check", LINKAGE_CONTRACT, ids=lambda check: check.__name__)
@pytest.mark.parametrize("method", COMPARED_METHODS)
def test_the_contract_holds_through_maintenance(method: LinkageMethod, check: Callable[[LinkageSubject], Any]) -> None:
    gaps = ((june(1, "10:00"), june(1, "11:17")), (june(2, "15:00"), june(4, "09:00")))
    check(LinkageSubject(method=method, spec=a_troubled_office(**{OFFLINE: gaps})))


def test_maintenance_outside_the_on_line_hours_changes_nothing() -> None:
    scenario = load("smoke", ["run.end=2021-08-15"])
    specs = scenario.run_specs("off")
    nights = [with_changes(spec, **{OFFLINE: ((june(1, "20:00"), june(2, "08:00")),)}) for spec in specs]
    hashes = [trace_hash(line for run in run_all(each) for line in run.lines(scenario.end)) for each in (specs, nights)]
    assert hashes[0] == hashes[1]


FAILURE = changed(june(1, "10:00"), ChangeKind.CORE_OFFLINE, 210)
"""A control change of this morning, for which nobody is prepared."""


@pytest.mark.parametrize("method", COMPARED_METHODS)
def test_nothing_is_entered_from_a_failure_on_until_its_end(method: LinkageMethod) -> None:
    cases = [opened(june(1, "09:58"), number, method=method) for number in range(1, 4)]
    events = run_office(a_plain_office(**WINDOW), [*cases, FAILURE])[1]
    starts = [event.at for event in events if event.action == "START_LINKAGE"]
    assert len([event for event in events if event.action == "REGISTER"]) == 3
    assert not [at for at in starts if june(1, "10:00") < at < june(1, "13:30")]
    assert max(starts) <= june(1, "14:01")


def test_a_clerk_puts_his_keying_down_when_the_core_systems_fail() -> None:
    failure = changed(june(1, "09:05"), ChangeKind.CORE_OFFLINE, 60)
    events = run_office(a_plain_office(), [opened(june(1, "09:00")), failure])[1]
    assert diary(events)[2:4] == ["1 09:01 START_LINKAGE", "1 10:13 REGISTER"]


@pytest.mark.parametrize(
    ("begins", "minutes", "entered"),
    [
        (june(1, "06:00"), 4 * 60, "1 10:00"),  # before the on-line hours, into them
        (june(1, "15:00"), 18 * 60, "1 09:01"),  # over the night
        (june(1, "09:00"), 2 * 24 * 60, "3 09:00"),
        (june(1, "06:00"), 60, "1 09:01"),  # outside of them
    ],
)
def test_the_core_systems_come_back_at_the_end_of_a_failure(begins: SimTime, minutes: int, entered: str) -> None:
    offers = [opened(june(1, "09:00")), changed(begins, ChangeKind.CORE_OFFLINE, minutes)]
    assert moment_of(run_office(a_plain_office(), offers)[1], "START_LINKAGE") == entered


def test_a_second_failure_lasts_longer_than_the_first() -> None:
    offers = [opened(june(1, "09:30")), FAILURE, changed(june(1, "11:00"), ChangeKind.CORE_OFFLINE, 60)]
    late = [opened(june(1, "11:30")), FAILURE, changed(june(1, "13:00"), ChangeKind.CORE_OFFLINE, 90)]
    assert moment_of(run_office(a_plain_office(), offers)[1], "START_LINKAGE") == "1 09:31"
    assert moment_of(run_office(a_plain_office(), late)[1], "START_LINKAGE") == "1 14:30"


@pytest.mark.parametrize("method", COMPARED_METHODS)
def test_a_failure_within_maintenance_changes_nothing(method: LinkageMethod) -> None:
    maintained = a_plain_office(**WINDOW, **{OFFLINE: MORNING})
    cases = [opened(june(1, "09:30"), number, method=method) for number in range(1, 4)]
    within = changed(june(1, "08:30"), ChangeKind.CORE_OFFLINE, 120)
    assert run_office(maintained, [*cases, within])[1] == run_office(maintained, cases)[1]
