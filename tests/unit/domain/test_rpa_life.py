"""Robots over time: licences, terminals, nights, a screen that changes unnoticed, and a review that eats the gain."""

from collections import Counter
from datetime import date
from typing import Any, ClassVar

import pytest

from shinsei.domain.linkage.incident import IncidentKind
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office.events import Offer, WorkEvent
from shinsei.domain.office.report import OfficeReport
from shinsei.domain.plan import run_all
from shinsei.domain.run import ChangeKind, UiDriftSpec
from shinsei.domain.simtime import DAY_MS, HOUR_MS
from shinsei.domain.trace import trace_hash
from shinsei.scenario import load
from shinsei.testing.builders import with_changes
from shinsei.testing.linkage import LINKAGE_CONTRACT, LinkageSubject, a_troubled_office
from shinsei.testing.offices import a_plain_office, changed, exactly, june, moment_of, opened, run_office

RPA = "office.methods.rpa"
DRIFT = UiDriftSpec(noticed_after_ms=3 * HOUR_MS, correction_min=exactly(8))
AT_ONCE = {"office.content_check_min": exactly(0)}


def cases(count: int, at: str = "08:40", day: int = 1, first: int = 1) -> list[Offer]:
    return [opened(june(day, at), first + n, method=LinkageMethod.RPA) for n in range(count)]


def ran(offers: list[Offer], **changes: Any) -> tuple[OfficeReport, list[WorkEvent]]:
    changes = {name if "." in name or name == "seed" else f"{RPA}.{name}": value for name, value in changes.items()}
    office, events = run_office(a_plain_office(**{**AT_ONCE, **changes}), offers)
    return office.report(), events


class TestLicences:
    """Concurrency-priced licences (Asahikawa): what is paid for is the number that runs at a time."""

    def test_only_so_many_robots_run_at_a_time(self) -> None:
        ends = Counter(moment_of(ran(cases(6), robots=3, licences=2)[1], "REGISTER", number) for number in range(1, 7))
        assert ends == {"1 09:01": 2, "1 09:02": 2, "1 09:03": 2}

    def test_as_many_licences_as_robots_change_nothing(self) -> None:
        assert ran(cases(6), robots=3, licences=3) == ran(cases(6), robots=3)

    def test_another_robot_takes_the_licence_of_one_that_stands(self) -> None:
        """Nobody restarts a robot in the evening; a spare one costs nothing and goes on."""
        stops = {
            "stops_per_h": 0.7,
            "machine_s": exactly(600),
            "run_first_ms": 18 * HOUR_MS,
            "run_last_ms": 18 * HOUR_MS,
        }
        early = [
            sum(
                event.action == "REGISTER" and event.at < june(2)
                for seed in range(6)
                for event in ran(cases(11), seed=seed, robots=robots, licences=1, **stops)[1]
            )
            for robots in (1, 3)
        ]
        assert 0 < early[0] < early[1]

    def test_a_stopped_robot_comes_back_when_a_licence_is_free(self) -> None:
        report, events = ran(cases(40), robots=2, licences=1, stops_per_h=2.0, machine_s=exactly(600))
        assert report.registered == 40
        assert report.staff_minutes["robot_restart"] > 0
        assert {event.detail for event in events if event.action == "REGISTER"} == {"robot-1", "robot-2"}


class TestBroken:
    """No robot is left (the fault ``robot-broken``): clerks key until there are robots again."""

    def test_clerks_key_what_comes_meanwhile_and_robots_what_comes_afterwards(self) -> None:
        offers = [
            *cases(2),
            changed(june(1, "09:30"), ChangeKind.ROBOTS, 0),
            *cases(2, "09:40", first=3),
            changed(june(1, "13:30"), ChangeKind.ROBOTS, 2),
            *cases(2, "14:30", first=5),
        ]
        report, events = ran(offers, robots=2)
        by_whom = {event.case_id[-1]: event.method for event in events if event.action == "REGISTER"}
        robots, clerks = LinkageMethod.RPA, LinkageMethod.TRANSCRIPTION
        assert by_whom == {"1": robots, "2": robots, "3": clerks, "4": clerks, "5": robots, "6": robots}
        assert report.staff_minutes["keying"] == 20
        assert [moment_of(events, "REGISTER", number) for number in (5, 6)] == ["1 15:01", "1 15:01"]


class TestTerminals:
    """A robot that is tied to a terminal keeps others from it (Asahikawa)."""

    def test_its_login_is_taken_also_while_it_has_nothing_to_do(self) -> None:
        keyed = [opened(june(1, "14:00"), number) for number in (8, 9)]
        tied, shared = (
            ran([*cases(1), *keyed], occupies_terminal=locked, **{"office.login_seats": 2, "office.clerks": 4})[1]
            for locked in (True, False)
        )
        assert [moment_of(shared, "START_LINKAGE", number) for number in (8, 9)] == ["1 14:00", "1 14:00"]
        assert [moment_of(tied, "START_LINKAGE", number) for number in (8, 9)] == ["1 14:00", "1 14:10"]

    def test_the_last_login_is_left_to_the_clerks(self) -> None:
        report, events = ran(cases(4), robots=5, occupies_terminal=True, p_exception=0.5, **{"office.login_seats": 2})
        assert report.registered == 4
        assert {event.detail for event in events if event.method is LinkageMethod.RPA and event.detail} >= {"robot-1"}
        assert not any(event.detail.startswith("robot-2") for event in events)

    def test_a_robot_that_is_taken_away_gives_its_terminal_back(self) -> None:
        offers = [
            *cases(2),
            changed(june(1, "12:00"), ChangeKind.ROBOTS, 1),
            *cases(1, "12:30", first=3),
            *(opened(june(1, "14:00"), number) for number in (7, 8, 9)),
        ]
        events = ran(offers, robots=2, occupies_terminal=True, **{"office.login_seats": 3, "office.clerks": 5})[1]
        starts = Counter(moment_of(events, "START_LINKAGE", number) for number in (7, 8, 9))
        assert starts == {"1 14:00": 2, "1 14:10": 1}


class TestNightRuns:
    """A robot needs no sleep, but a core system that is on-line."""

    NIGHT: ClassVar[dict[str, Any]] = {"run_first_ms": 22 * HOUR_MS, "run_last_ms": 22 * HOUR_MS}

    def test_run_through_the_night_where_the_core_systems_do(self) -> None:
        online = {"calendar.core_online_from_ms": 0, "calendar.core_online_until_ms": DAY_MS}
        events = ran(cases(3), **self.NIGHT, **online)[1]
        assert moment_of(events, "REGISTER", 3) == "1 22:03"

    def test_find_nothing_to_enter_where_they_close_in_the_evening(self) -> None:
        report, events = ran(cases(3), **self.NIGHT)
        assert not any(event.action == "REGISTER" for event in events)
        assert report.backlog == 3


class TestScreenDrift:
    """A changed screen that does not stop the robots: they key on, into wrong fields, until somebody sees it."""

    CHANGED: ClassVar[dict[str, Any]] = {"ui_changes": (date(2021, 6, 2),), "ui_repair_days": 2, "ui_drift": DRIFT}

    def test_every_record_is_wrong_until_the_change_is_noticed(self) -> None:
        offers = [*cases(2), *cases(4, day=2, first=3), *cases(1, "12:30", day=2, first=7)]
        report, events = ran(offers, **self.CHANGED)
        [incident] = report.incidents
        assert (incident.kind, incident.subject) == (IncidentKind.SCREEN_DRIFT, "2021-06-02")
        assert (incident.records, incident.found_at) == (4, june(2, "12:00"))
        assert incident.exposure_h == pytest.approx(4 * 3 - (1 + 2 + 3 + 4) / 60, abs=1e-3)
        methods = [event.method.value for event in events if event.action == "REGISTER"]
        assert methods == ["RPA"] * 6 + ["TRANSCRIPTION"]

    def test_clerks_put_the_records_right(self) -> None:
        report, _ = ran(cases(4, day=2), **self.CHANGED)
        assert report.staff_minutes["rollback"] == 32
        assert report.undetected_errors == {}

    def test_the_breakage_begins_when_it_is_noticed(self) -> None:
        offers = [*cases(1, day=2), *cases(1, "15:00", day=3, first=2), *cases(1, day=4, first=3)]
        events = ran(offers, **self.CHANGED)[1]
        methods = [event.method.value for event in events if event.action == "REGISTER"]
        assert methods == ["RPA", "TRANSCRIPTION", "RPA"]

    def test_what_a_robot_has_in_hand_then_is_keyed_by_a_clerk(self) -> None:
        report, events = ran(cases(3, day=2), machine_s=exactly(100 * 60), **self.CHANGED)
        [back] = [event for event in events if event.action == "RETURN_TO_QUEUE"]
        assert (back.at, back.detail) == (june(2, "12:20"), "robot-1: stopped by hand")
        assert report.incidents[0].records == 1
        methods = [event.method.value for event in events if event.action == "REGISTER"]
        assert methods == ["RPA", "TRANSCRIPTION", "TRANSCRIPTION"]

    def test_a_change_on_a_closed_day_is_noticed_after_the_first_look_behind_it(self) -> None:
        offers = cases(1, day=7)
        report, _ = ran(offers, ui_changes=(date(2021, 6, 5),), ui_drift=DRIFT)
        assert report.incidents[0].found_at == june(7, "12:00")

    def test_without_a_change_nothing_drifts(self) -> None:
        assert ran(cases(5), ui_drift=DRIFT) == ran(cases(5))


def test_a_full_visual_check_costs_more_than_keying_a_short_form() -> None:
    """Kuji: work in which no error may stay needed every line looked at; 1.6 hours became 16.2 with the robot."""
    short = {
        "office.methods.transcription.keying_min": exactly(100 / 60),
        "office.methods.transcription.second_check": False,
    }
    by_robot = ran(cases(50), review_min=exactly(10), **short)[0]
    by_hand = run_office(
        a_plain_office(**AT_ONCE, **short), [opened(june(1, "08:40"), number) for number in range(50)]
    )[0].report()
    assert sum(by_robot.staff_minutes.values()) > 3 * sum(by_hand.staff_minutes.values())


@pytest.mark.parametrize("check", LINKAGE_CONTRACT, ids=lambda check: check.__name__)
def test_the_contract_holds_with_all_of_it(check: Any) -> None:
    life = {
        f"{RPA}.robots": 4,
        f"{RPA}.licences": 2,
        f"{RPA}.occupies_terminal": True,
        f"{RPA}.ui_changes": (date(2021, 6, 2), date(2021, 6, 14)),
        f"{RPA}.ui_drift": DRIFT,
    }
    check(LinkageSubject(method=LinkageMethod.RPA, spec=a_troubled_office(**life)))


def test_licences_for_all_robots_and_a_drift_without_a_change_leave_trace_and_books_alone() -> None:
    scenario = load("smoke", ["twins.methods=['RPA']", "run.end=2021-08-15", "methods.rpa.ui_changes=[]"])
    [spec] = scenario.run_specs("off")
    off = with_changes(spec, **{f"{RPA}.licences": spec.office.methods.rpa.robots, f"{RPA}.ui_drift": DRIFT})
    [plain], [switched_off] = run_all([spec]), run_all([off])
    assert trace_hash(plain.lines(scenario.end)) == trace_hash(switched_off.lines(scenario.end))
    assert plain.report() == switched_off.report()
