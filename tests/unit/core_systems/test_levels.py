"""What the gauges say of an office is what its books say."""

from dataclasses import replace
from datetime import date
from math import isnan
from typing import Any

import pytest
from prometheus_client import REGISTRY

from core_systems.handlers import levels
from core_systems.handlers.values import RunKey
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office import Office
from shinsei.domain.office.levels import OfficeLevels
from shinsei.domain.office.report import InUse
from shinsei.domain.run import ChangeKind
from shinsei.domain.simtime import HOUR_MS
from shinsei.testing.applicants import corrected, corrections, defects
from shinsei.testing.builders import A_MUNICIPALITY
from shinsei.testing.offices import a_plain_office, changed, june, opened, paper

KEY = RunKey(run_id="run-1", municipality=A_MUNICIPALITY)
PREFECTURE = A_MUNICIPALITY[:2]


def an_office_at_work() -> Office:
    """Three cases on the morning of the 1st, of which the clerk has the first in hand at half past eight."""
    office = Office(a_plain_office())
    for number in range(1, 4):
        office.offer(opened(june(1, f"06:0{number}"), number=number))
    office.advance(june(1, "08:40"))
    return office


def value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


def test_levels_are_those_of_the_report() -> None:
    office = an_office_at_work()
    found, report = office.levels(), office.report()
    assert sum(found.backlog.values()) == report.backlog == 3
    assert min(found.oldest.values()) == report.oldest_submitted_at
    assert (found.clerks.there, found.clerks.busy) == (1, 1)
    assert report.at_work == {"clerks": found.clerks, "robots": found.robots, "login_seats": found.seats}


def test_an_office_lacks_robots_if_none_can_work_whatever_the_others_have_and_not_before_the_first_look() -> None:
    def cases_without(robots: int, **others: Any) -> int:
        office = Office(a_plain_office(**{"office.methods.rpa.robots": robots, **others}))
        office.offer(opened(june(1, "06:01"), method=LinkageMethod.RPA))
        office.advance(june(1, "08:00"))
        found[robots] = office.levels()
        return found[robots].without_robots

    found: dict[int, OfficeLevels] = {}
    assert [cases_without(robots) for robots in (0, 2)] == [1, 0]
    assert found[2].robots.there == 0, "they have not had a look yet"
    levels.export([(KEY, one) for one in found.values()])
    assert value("shinsei_core_systems_cases_without_robots") == 1
    levels.export([])
    assert value("shinsei_core_systems_cases_without_robots") == 0
    assert cases_without(2, **{"office.methods.rpa.ui_changes": (date(2021, 6, 1),)}) == 1


def test_cases_that_missed_their_batch_window_are_counted_over_all_offices() -> None:
    levels.export([(KEY, OfficeLevels(at=june(1), put_off=3)), (KEY, OfficeLevels(at=june(1), put_off=4))])
    assert value("shinsei_core_systems_batch_cases_put_off") == 7
    levels.export([])
    assert value("shinsei_core_systems_batch_cases_put_off") == 0


def test_everything_that_an_office_shows_is_told_by_its_value() -> None:
    """No two values of one look are the same, so that none can stand in another's place."""
    office = OfficeLevels(
        at=june(2, "09:00"),
        backlog={LinkageMethod.RPA: 21, LinkageMethod.TRANSCRIPTION: 22},
        oldest={LinkageMethod.RPA: june(2, "08:00"), LinkageMethod.TRANSCRIPTION: june(1, "09:00")},
        paper_waiting=17,
        clerks=InUse(there=8, busy=5),
        robots=InUse(there=4, busy=1),
        seats=InUse(there=6, busy=3),
        without_robots=9,
        window_fill=0.25,
        put_off=11,
        core_missed=True,
        method=LinkageMethod.RPA,
    )
    other = replace(office, at=june(2, "08:30"), window_fill=0.75, core_missed=False)
    levels.export([(KEY, office), (KEY, other)])
    for name, there, busy in (("clerks", 16, 10), ("robots", 8, 2), ("login_seats", 12, 6)):
        labels = {"linkage_method": "RPA"}
        found = [value(f"shinsei_core_systems_{name}", state=state, **labels) for state in ("there", "busy")]
        assert found == [there, busy], name
    for name, told in (
        ("paper_waiting", 34),
        ("cases_without_robots", 18),
        ("batch_window_fill_ratio", 0.75),
        ("batch_cases_put_off", 22),
        ("offices_offline", 1),
    ):
        assert value(f"shinsei_core_systems_{name}") == told, name
    assert value("shinsei_watermark_timestamp_seconds", stage="office", clock="sim") == june(2, "08:30") / 1000
    for method, count, age_h in (("RPA", 42, 1), ("TRANSCRIPTION", 44, 24)):
        labels = {"stage": "office", "linkage_method": method, "prefecture": PREFECTURE}
        assert value("shinsei_pending_cases", **labels) == count
        assert value("shinsei_oldest_pending_age_seconds", clock="sim", **labels) == age_h * 3600
    levels.export([])


def test_a_method_at_its_limit_does_not_hide_among_idle_twins() -> None:
    """Nine of eleven clerks idle over all offices, and none where cases are keyed in."""
    full, idle = InUse(there=2, busy=2), InUse(there=9, busy=0)
    at_work = {LinkageMethod.TRANSCRIPTION: full, LinkageMethod.BATCH_IMPORT: idle, None: idle}
    levels.export(
        (KEY, OfficeLevels(at=june(1), method=method, clerks=one, robots=one, seats=one))
        for method, one in at_work.items()
    )
    for name in ("clerks", "robots", "login_seats"):
        found = {
            method: [
                value(f"shinsei_core_systems_{name}", state=state, linkage_method=method or "none")
                for state in ("there", "busy")
            ]
            for method in at_work
        }
        assert found == {method: [one.there, one.busy] for method, one in at_work.items()}, name
    levels.export([])
    assert value("shinsei_core_systems_clerks", state="busy", linkage_method="TRANSCRIPTION") == 0
    assert an_office_at_work().levels().method is LinkageMethod.TRANSCRIPTION


def test_an_office_shows_of_each_resource_who_is_there_and_who_is_at_work() -> None:
    """Two clerks with one case between them, paper behind it, and a file of the night that was a third full."""
    window = {"office.methods.batch_import.windows_ms": (18 * HOUR_MS,), "office.methods.batch_import.max_records": 3}
    office = Office(a_plain_office(**window, **{"office.clerks": 2, "office.login_seats": 5}))
    office.offer(opened(june(1, "09:00"), method=LinkageMethod.BATCH_IMPORT))
    for number in range(1, 4):
        office.offer(paper(june(2, "09:00"), number))
    office.advance(june(2, "09:05"))
    found = office.levels()
    assert found.clerks == InUse(there=2, busy=2)
    assert found.seats == InUse(there=5, busy=2)
    assert found.paper_waiting == 3
    assert found.window_fill == pytest.approx(1 / 3)


def test_a_case_that_waits_for_its_applicant_is_in_the_backlog_and_not_the_oldest_that_waits() -> None:
    """Nobody in the office can act on it, and it may wait for longer than is reasonable for all others."""
    office = Office(a_plain_office(defects=defects(), corrections=corrections()))
    for number in (1, 2):
        office.offer(opened(june(1, f"09:0{number}"), number))
    office.advance(june(1, "09:07"))
    assert office.levels().oldest == {LinkageMethod.TRANSCRIPTION: june(1, "09:02")}
    office.advance(june(3))
    assert office.levels().oldest == {}
    levels.export([(KEY, office.levels())])
    labels = {"stage": "office", "linkage_method": "TRANSCRIPTION", "prefecture": PREFECTURE}
    assert value("shinsei_pending_cases", **labels) == 2
    assert value("shinsei_oldest_pending_age_seconds", clock="sim", **labels) == 0
    office.offer(corrected(june(3, "10:00"), 2))
    office.advance(june(3, "10:01"))
    assert office.levels().oldest == {LinkageMethod.TRANSCRIPTION: june(1, "09:02")}
    levels.export([])


def test_core_systems_are_missed_while_they_are_off_line_in_their_hours_and_not_at_night() -> None:
    failed = ((june(1, "16:00"), june(2, "10:00")),)
    office = Office(a_plain_office(**{"office.core_offline": failed}))
    told = {}
    for at in (june(1, "15:59"), june(1, "16:00"), june(1, "23:00"), june(2, "09:59"), june(2, "10:00")):
        office.advance(at)
        levels.export([(KEY, office.levels()), (KEY, OfficeLevels(at=at))])
        told[at] = value("shinsei_core_systems_offices_offline")
    assert list(told.values()) == [0, 1, 0, 1, 0]
    office.offer(changed(june(2, "11:00"), ChangeKind.CORE_OFFLINE, 60))
    office.advance(june(2, "11:30"))
    assert office.levels().core_missed, "a failure that nobody has known before counts as well"
    office.advance(june(2, "12:00"))
    assert not office.levels().core_missed
    levels.export([])


def test_gauges_fall_to_nothing_when_the_office_is_gone() -> None:
    """A series that vanished would leave the last value standing in whoever looks."""
    labels = {"stage": "office", "linkage_method": "TRANSCRIPTION", "prefecture": PREFECTURE}
    levels.export([(KEY, an_office_at_work().levels())])
    assert value("shinsei_pending_cases", **labels) == 3
    age_s = value("shinsei_oldest_pending_age_seconds", clock="sim", **labels)
    assert age_s is not None
    assert 2 * HOUR_MS / 1000 < age_s < 48 * HOUR_MS / 1000
    levels.export([])
    assert value("shinsei_pending_cases", **labels) == 0
    assert value("shinsei_watermark_timestamp_seconds", stage="office", clock="sim") == 0


def test_an_office_that_could_not_be_looked_at_is_not_told_of() -> None:
    levels.export([(KEY, an_office_at_work().levels())])
    levels.blind()
    labels = {"stage": "office", "linkage_method": "TRANSCRIPTION", "prefecture": PREFECTURE}
    told = [value("shinsei_pending_cases", **labels)]
    told += [value("shinsei_oldest_pending_age_seconds", clock="sim", **labels)]
    told += [value("shinsei_watermark_timestamp_seconds", stage="office", clock="sim")]
    told += [value(f"shinsei_core_systems_{name}") for name in ("paper_waiting", "offices_offline")]
    assert all(isnan(one or 0) for one in told)
    levels.export([])


def test_municipalities_of_a_prefecture_are_counted_together() -> None:
    """The number of series does not grow with the number of municipalities."""
    office = an_office_at_work().levels()
    keys = [RunKey(run_id="run-1", municipality=f"{PREFECTURE}{number:04d}") for number in range(1_741)]
    levels.export((key, office) for key in keys)
    family = next(one for one in REGISTRY.collect() if one.name == "shinsei_pending_cases")
    shown = [one for one in family.samples if one.labels["stage"] == "office"]
    assert len(shown) <= len(LinkageMethod)
    assert sum(one.value for one in shown) == 3 * 1_741
    clerks = next(one for one in REGISTRY.collect() if one.name == "shinsei_core_systems_clerks").samples
    assert len(clerks) <= 2 * (len(LinkageMethod) + 1)
    assert sum(one.value for one in clerks if one.labels["state"] == "busy") == 1_741
    levels.export([])
