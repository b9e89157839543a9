"""What the gauges say of an office is what its books say."""

from datetime import date
from typing import Any

from prometheus_client import REGISTRY

from core_systems.handlers import levels
from core_systems.handlers.values import RunKey
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office import Office
from shinsei.domain.office.levels import OfficeLevels
from shinsei.domain.run import ChangeKind
from shinsei.domain.simtime import HOUR_MS
from shinsei.testing.applicants import corrected, corrections, defects
from shinsei.testing.builders import A_MUNICIPALITY
from shinsei.testing.offices import a_plain_office, changed, june, opened

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


def test_municipalities_of_a_prefecture_are_counted_together() -> None:
    """The number of series does not grow with the number of municipalities."""
    office = an_office_at_work().levels()
    keys = [RunKey(run_id="run-1", municipality=f"{PREFECTURE}{number:04d}") for number in range(1_741)]
    levels.export((key, office) for key in keys)
    family = next(one for one in REGISTRY.collect() if one.name == "shinsei_pending_cases")
    shown = [one for one in family.samples if one.labels["stage"] == "office"]
    assert len(shown) <= len(LinkageMethod)
    assert sum(one.value for one in shown) == 3 * 1_741
    levels.export([])
