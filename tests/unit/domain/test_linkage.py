"""The linkage methods by hand: what makes each of them different."""

from collections import Counter
from datetime import date

import pytest

from shinsei.domain.linkage.activity import ACTIVITIES, Activity
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office.events import Offer
from shinsei.domain.run import ChangeKind, ScreenExceptionSpec
from shinsei.domain.simtime import HOUR_MS, MINUTE_MS
from shinsei.testing.offices import (
    a_plain_office,
    changed,
    diary,
    exactly,
    june,
    moment_of,
    opened,
    run_office,
    withdrawn,
)


def cases(method: LinkageMethod, count: int, at: str = "09:00", day: int = 1) -> list[Offer]:
    return [opened(june(day, at), number, method=method) for number in range(1, count + 1)]


def test_activities_of_one_level_agree_on_needing_a_seat() -> None:
    needs: dict[int, set[bool]] = {}
    for rule in ACTIVITIES.values():
        needs.setdefault(rule.level, set()).add(rule.needs_seat)
    assert set(ACTIVITIES) == set(Activity)
    assert all(len(answers) == 1 for answers in needs.values())
    assert sorted(needs) == list(range(len(needs)))


class TestRpa:
    """Robots at their schedule."""

    METHOD = LinkageMethod.RPA

    def test_looks_for_work_at_its_times_only(self) -> None:
        _, events = run_office(a_plain_office(), cases(self.METHOD, 1, "09:30"))
        # Content check until 09:31, the look at 10:00, one minute of machine time.
        assert diary(events)[1:4] == ["1 09:31 QUEUE_FOR_LINKAGE", "1 10:00 START_LINKAGE", "1 10:01 REGISTER"]

    def test_registers_with_the_save_and_the_review_costs_a_clerk_time(self) -> None:
        office, events = run_office(a_plain_office(), cases(self.METHOD, 1, "09:30"))
        assert moment_of(events, "REGISTER") == "1 10:01"
        assert moment_of(events, "GRANT") == "1 10:03"  # the review goes first
        assert office.report().staff_minutes["rpa_review"] == 1
        assert office.report().robot_minutes == 1

    def test_looks_at_the_very_moment_at_which_the_core_systems_open(self) -> None:
        spec = a_plain_office(**{"calendar.core_online_from_ms": 9 * HOUR_MS})
        _, events = run_office(spec, cases(self.METHOD, 1, "08:40"))
        assert moment_of(events, "START_LINKAGE") == "1 09:00"

    def test_works_through_what_waited_one_case_at_a_time(self) -> None:
        spec = a_plain_office(**{"office.content_check_min": exactly(0)})
        offers = [*cases(self.METHOD, 3, "09:30"), opened(june(1, "10:00"), 9, method=self.METHOD)]
        _, events = run_office(spec, offers)
        assert [moment_of(events, "REGISTER", number) for number in (1, 2, 3)] == ["1 10:01", "1 10:02", "1 10:03"]
        assert moment_of(events, "START_LINKAGE", 9) == "1 11:00"  # came too late for this look

    def test_shares_a_run_between_its_robots(self) -> None:
        spec = a_plain_office(**{"office.methods.rpa.robots": 2, "office.content_check_min": exactly(0)})
        _, events = run_office(spec, cases(self.METHOD, 4, "09:30"))
        ends = Counter(moment_of(events, "REGISTER", number) for number in (1, 2, 3, 4))
        assert ends == {"1 10:01": 2, "1 10:02": 2}
        assert {event.detail for event in events if event.action == "REGISTER"} == {"robot-1", "robot-2"}

    def test_works_when_the_office_is_closed_but_not_when_the_core_systems_are(self) -> None:
        spec = a_plain_office(**{"office.methods.rpa.machine_s": exactly(40 * 60)})
        _, events = run_office(spec, cases(self.METHOD, 5, "16:50"))
        # One after the other from 17:00 on; the fifth case would not be done by 20:00 and waits for the morning's look.
        assert moment_of(events, "REGISTER", 1) == "1 17:40"
        assert moment_of(events, "REGISTER", 4) == "1 19:40"
        assert moment_of(events, "START_LINKAGE", 5) == "2 09:00"

    def test_gives_exceptions_to_a_clerk_before_other_keying(self) -> None:
        spec = a_plain_office(**{"office.methods.rpa.p_exception": 1.0})
        office, events = run_office(spec, cases(self.METHOD, 1, "09:30"))
        assert diary(events)[2:6] == [
            "1 10:00 START_LINKAGE",
            "1 10:01 RETURN_TO_QUEUE",
            "1 10:01:00.001 START_LINKAGE",
            "1 10:13:00.001 REGISTER",
        ]
        assert [event.method.value for event in events if event.action == "REGISTER"] == ["TRANSCRIPTION"]
        assert office.report().staff_minutes["exception_keying"] == 10
        assert office.report().returned_to_queue == 1

    def test_stays_stopped_until_a_clerk_in_office_restarts_it(self) -> None:
        always = a_plain_office(**{"office.methods.rpa.stops_per_h": 1e6, "office.clerks": 2})
        _, events = run_office(always, cases(self.METHOD, 1, "18:30"), days=2)
        # The look at 19:00 stops within the hour's first second; restarted on Wednesday from 08:30 to 09:00.
        assert [line.split(" ", 2)[2] for line in diary(events)[2:4]] == ["START_LINKAGE", "RETURN_TO_QUEUE"]
        assert diary(events)[2].startswith("2 09:00")

    def test_a_stop_drops_the_case_in_hand_which_is_done_first_afterwards(self) -> None:
        # With this seed the robot stops once in these forty minutes.
        spec = a_plain_office(seed=4, **{"office.methods.rpa.stops_per_h": 0.5})
        office, events = run_office(spec, cases(self.METHOD, 40, "08:30"))
        [back] = [event for event in events if event.action == "RETURN_TO_QUEUE"]
        again = next(event for event in events if event.action == "START_LINKAGE" and event.at > back.at)
        assert again.case_id == back.case_id
        assert again.at >= back.at + 30 * MINUTE_MS
        assert back.detail == "robot-1: stopped"
        assert office.report().staff_minutes["robot_restart"] == 30
        assert {event.method for event in events if event.action == "REGISTER"} == {LinkageMethod.RPA}

    def test_breaks_when_the_core_screen_changes_and_clerks_key_meanwhile(self) -> None:
        broken = a_plain_office(
            **{"office.methods.rpa.ui_changes": (date(2021, 6, 4),), "office.methods.rpa.ui_repair_days": 2}
        )
        offers = [
            opened(june(3, "20:00"), 1, method=self.METHOD),  # waits over night, handed over at the first look
            opened(june(4, "12:00"), 2, method=self.METHOD),
            opened(june(7, "12:00"), 3, method=self.METHOD),
            opened(june(8, "09:30"), 4, method=self.METHOD),  # repaired: two working days after Friday
        ]
        _, events = run_office(broken, offers)
        methods = {event.case_id: event.method.value for event in events if event.action == "REGISTER"}
        assert list(methods.values()) == ["TRANSCRIPTION", "TRANSCRIPTION", "TRANSCRIPTION", "RPA"]
        assert moment_of(events, "REGISTER", 4) == "8 10:01"

    def test_a_break_takes_what_waits_to_the_clerks_at_the_next_look(self) -> None:
        broken = a_plain_office(**{"office.methods.rpa.ui_changes": (date(2021, 6, 2),)})
        _, events = run_office(broken, cases(self.METHOD, 1, "17:00") + cases(self.METHOD, 0))
        assert moment_of(events, "REGISTER") == "1 18:01"
        late = [opened(june(1, "17:14"), 1, method=self.METHOD)]
        spec = a_plain_office(
            **{"office.methods.rpa.ui_changes": (date(2021, 6, 2),), "office.methods.rpa.run_last_ms": 12 * HOUR_MS}
        )
        _, events = run_office(spec, late)
        assert moment_of(events, "START_LINKAGE") == "2 09:00"
        assert moment_of(events, "REGISTER") == "2 09:12"

    def test_needs_a_login_seat_and_goes_before_clerks_for_it(self) -> None:
        one_seat = a_plain_office(**{"office.login_seats": 1, "office.clerks": 2})
        offers = [*cases(self.METHOD, 2, "09:30"), *(opened(june(1, "09:50"), n) for n in (7, 8))]
        _, events = run_office(one_seat, offers)
        # A clerk keys with the only seat from 09:51 to 10:01, then the robot has it for two cases; the second keying
        # begins when reviews, results and notices, which go before it, leave a clerk.
        assert moment_of(events, "START_LINKAGE", 7) == "1 09:51"
        assert moment_of(events, "START_LINKAGE", 1) == "1 10:01"
        assert moment_of(events, "START_LINKAGE", 8) == "1 10:06"

    def test_gets_more_robots_from_the_next_look(self) -> None:
        spec = a_plain_office(**{"office.content_check_min": exactly(0), "office.methods.rpa.machine_s": exactly(1800)})
        offers = [*cases(self.METHOD, 8, "08:40"), changed(june(1, "09:10"), ChangeKind.ROBOTS, 3)]
        _, events = run_office(spec, offers)
        ends = Counter(moment_of(events, "REGISTER", number) for number in range(1, 9))
        assert ends == {"1 09:30": 1, "1 10:00": 1, "1 10:30": 3, "1 11:00": 3}

    def test_without_a_robot_clerks_key(self) -> None:
        _, events = run_office(a_plain_office(**{"office.methods.rpa.robots": 0}), cases(self.METHOD, 1))
        assert moment_of(events, "REGISTER") == "1 09:13"

    def test_robots_are_named_when_they_are_the_limit(self) -> None:
        slow = a_plain_office(**{"office.methods.rpa.machine_s": exactly(600), "office.clerks": 9})
        report = run_office(slow, cases(self.METHOD, 300, "08:30"))[0].report()
        assert report.first_saturated is not None
        assert report.first_saturated.resource == "robots"


class TestScreenImport:
    """A clerk at the entry screen."""

    METHOD = LinkageMethod.SCREEN_IMPORT

    def test_takes_the_clerk_and_the_machines_seconds(self) -> None:
        office, events = run_office(a_plain_office(), cases(self.METHOD, 1))
        assert diary(events)[2:4] == ["1 09:01 START_LINKAGE", "1 09:04:06 REGISTER"]
        assert office.report().seat_minutes == 3.1

    def test_waits_for_clerks(self) -> None:
        _, events = run_office(a_plain_office(), cases(self.METHOD, 1, "18:00"))
        assert moment_of(events, "REGISTER") == "2 08:34:06"

    def test_keys_in_what_the_import_refuses(self) -> None:
        spec = a_plain_office(**{"office.methods.screen_import.p_exception": 1.0})
        _, events = run_office(spec, cases(self.METHOD, 1))
        assert moment_of(events, "RETURN_TO_QUEUE") == "1 09:04:06"
        assert moment_of(events, "REGISTER") == "1 09:16:06.001"

    def test_a_kind_of_exception_is_mended_at_the_screen_or_keyed_in(self) -> None:
        kinds = (
            ScreenExceptionSpec(kind="character", share=0.5, fix_min=exactly(2)),
            ScreenExceptionSpec(kind="address", share=0.5, fix_min=None),
        )
        changes = {"office.methods.screen_import.p_exception": 1.0, "office.methods.screen_import.exceptions": kinds}
        office, events = run_office(a_plain_office(**changes), cases(self.METHOD, 30))
        methods = Counter(event.method for event in events if event.action == "REGISTER")
        assert sum(methods.values()) == 30
        assert 5 < methods[LinkageMethod.TRANSCRIPTION] < 25
        refused = {event.detail for event in events if event.action == "RETURN_TO_QUEUE"}
        assert refused == {"screen import refused: address"}
        keyed = 2 * methods[LinkageMethod.SCREEN_IMPORT] + 10 * methods[LinkageMethod.TRANSCRIPTION]
        assert office.report().staff_minutes["exception_keying"] == keyed

    def test_what_the_kinds_leave_is_keyed_in_as_without_kinds(self) -> None:
        kinds = (ScreenExceptionSpec(kind="character", share=0.0, fix_min=exactly(2)),)
        changes = {"office.methods.screen_import.p_exception": 1.0}
        plain = run_office(a_plain_office(**changes), cases(self.METHOD, 5))[1]
        changed = {**changes, "office.methods.screen_import.exceptions": kinds}
        assert run_office(a_plain_office(**changed), cases(self.METHOD, 5))[1] == plain

    def test_a_second_check_costs_another_clerk_time_and_catches_errors(self) -> None:
        screen = "office.methods.screen_import"
        one_look = {f"{screen}.p_undetected": 0.5, "office.clerks": 2}
        two_looks = {**one_look, f"{screen}.check_min": exactly(2), f"{screen}.p_undetected_double": 0.05}
        reports = []
        for changes in (one_look, two_looks):
            office, _ = run_office(a_plain_office(**changes), cases(self.METHOD, 60))
            reports.append(office.report())
        errors = [report.undetected_errors.get("SCREEN_IMPORT", 0) for report in reports]
        assert errors[1] < errors[0] / 3
        assert [report.staff_minutes["second_check"] for report in reports] == [0, 120]

    def test_a_check_of_ones_own_work_counts_as_one_look(self) -> None:
        screen = "office.methods.screen_import"
        changes = {f"{screen}.p_undetected": 1.0, f"{screen}.check_min": exactly(2)}
        office, events = run_office(a_plain_office(**changes), cases(self.METHOD, 1))
        assert moment_of(events, "REGISTER") == "1 09:06:06"
        assert office.report().undetected_errors == {"SCREEN_IMPORT": 1}


class TestBatchImport:
    """A job at its windows."""

    METHOD = LinkageMethod.BATCH_IMPORT

    def windows(self, *hours: int, **changes: object) -> dict[str, object]:
        return {"office.methods.batch_import.windows_ms": tuple(hour * HOUR_MS for hour in hours), **changes}

    def test_waits_for_the_window_and_registers_record_after_record(self) -> None:
        office, events = run_office(a_plain_office(**self.windows(19)), cases(self.METHOD, 3))
        assert {moment_of(events, "START_LINKAGE", number) for number in (1, 2, 3)} == {"1 19:00"}
        registered = [moment_of(events, "REGISTER", number) for number in (1, 2, 3)]
        assert registered == ["1 19:02:01", "1 19:02:02", "1 19:02:03"]
        [run] = office.report().batch_runs
        assert (run.records, run.rejects, run.aborts) == (3, 0, 0)
        assert {event.detail for event in events if event.action == "REGISTER"} == {"B20210601-1900"}

    def test_takes_no_seat_and_costs_a_clerk_the_review_of_the_list(self) -> None:
        office, _ = run_office(a_plain_office(**self.windows(19)), cases(self.METHOD, 3))
        assert office.report().seat_minutes == 0
        assert office.report().staff_minutes["list_review"] == 3

    def test_has_no_window_on_a_closed_day(self) -> None:
        _, events = run_office(a_plain_office(**self.windows(12, 19)), cases(self.METHOD, 1, "18:30", day=4))
        assert moment_of(events, "START_LINKAGE") == "7 12:00"

    def test_a_file_has_a_cap_and_the_rest_waits_for_the_next_window(self) -> None:
        spec = a_plain_office(**self.windows(12, 19, **{"office.methods.batch_import.max_records": 2}))
        office, events = run_office(spec, cases(self.METHOD, 5))
        starts = [moment_of(events, "START_LINKAGE", number) for number in range(1, 6)]
        assert starts == ["1 12:00", "1 12:00", "1 19:00", "1 19:00", "2 12:00"]
        saturated = office.report().first_saturated
        assert saturated is not None
        assert (saturated.resource, saturated.day) == ("batch_window", "2021-06-01")

    def test_a_reject_is_keyed_in_by_a_clerk(self) -> None:
        spec = a_plain_office(**self.windows(12, **{"office.methods.batch_import.p_reject": 1.0}))
        office, events = run_office(spec, cases(self.METHOD, 1))
        assert moment_of(events, "RETURN_TO_QUEUE") == "1 12:02:01"
        assert moment_of(events, "REGISTER") == "1 12:15:01"  # after the review of the list, which goes behind
        assert office.report().batch_runs[0].rejects == 1

    def test_a_window_passes_while_the_last_job_is_running(self) -> None:
        slow = {"office.methods.batch_import.per_record_s": exactly(3 * 3600)}
        spec = a_plain_office(**self.windows(12, 13, 16, **slow))
        offers = [*cases(self.METHOD, 1), opened(june(1, "12:30"), 2, method=self.METHOD)]
        _, events = run_office(spec, offers)
        assert moment_of(events, "START_LINKAGE", 2) == "1 16:00"

    def test_a_rerun_of_an_aborted_file_changes_nothing_twice(self) -> None:
        trouble = {
            "office.methods.batch_import.p_abort_per_run": 0.6,
            "office.methods.batch_import.rerun_delay_min": 30.0,
        }
        runs = [
            run_office(a_plain_office(seed=seed, **self.windows(19, **trouble)), cases(self.METHOD, 40))
            for seed in range(12)
        ]
        aborted = [(office.report().batch_runs[0], events) for office, events in runs]
        assert any(run.aborts == 0 for run, _ in aborted)
        assert any(run.aborts > 1 for run, _ in aborted)
        for run, events in aborted:
            registered = [event for event in events if event.action == "REGISTER"]
            assert len({event.case_id for event in registered}) == len(registered) == run.records == 40
            assert {event.detail for event in registered} == {"B20210601-1900"}
            assert registered[-1].at == june(1, "19:02") + run.aborts * 32 * MINUTE_MS + 40_000

    def test_what_was_imported_before_an_abort_stays(self) -> None:
        trouble = {"office.methods.batch_import.p_abort_per_run": 0.6}
        halves = set()
        for seed in range(12):
            office, events = run_office(
                a_plain_office(seed=seed, **self.windows(19, **trouble)), cases(self.METHOD, 40)
            )
            if office.report().batch_runs[0].aborts == 1:
                early = [e for e in events if e.action == "REGISTER" and e.at < june(1, "19:10")]
                halves.add(len(early))
        assert any(0 < half < 40 for half in halves)

    def test_an_undetected_error_concerns_the_whole_file(self) -> None:
        wrong = {"office.methods.batch_import.p_undetected": 0.3}
        counts = [
            run_office(a_plain_office(seed=seed, **self.windows(19, **wrong)), cases(self.METHOD, 10))[0]
            .report()
            .undetected_errors.get("BATCH_IMPORT", 0)
            for seed in range(60)
        ]
        assert set(counts) == {0, 10}
        assert sum(counts) / 600 == pytest.approx(0.3, abs=0.18)  # three standard deviations of sixty draws

    def test_a_withdrawn_record_is_left_out_of_the_import(self) -> None:
        offers = [*cases(self.METHOD, 3), withdrawn(june(1, "19:01"), 2)]
        _, events = run_office(a_plain_office(**self.windows(19)), offers)
        assert diary(events, 2)[-1] == "1 19:01 WITHDRAW"
        assert moment_of(events, "REGISTER", 3) == "1 19:02:02"


class TestStandardApi:
    """The baseline."""

    METHOD = LinkageMethod.STANDARD_API

    def test_transfers_at_its_interval_without_clerks(self) -> None:
        office, events = run_office(a_plain_office(), cases(self.METHOD, 2))
        assert [moment_of(events, "REGISTER", number) for number in (1, 2)] == ["1 09:05:02", "1 09:05:04"]
        assert office.report().seat_minutes == 0

    def test_keeps_to_the_hours_of_the_core_systems(self) -> None:
        spec = a_plain_office(**{"calendar.core_online_until_ms": 9 * HOUR_MS})
        _, events = run_office(spec, cases(self.METHOD, 1, "09:30"))
        assert moment_of(events, "REGISTER") == "2 08:00:02"

    def test_goes_on_at_the_next_transfer_when_the_core_systems_close_in_between(self) -> None:
        spec = a_plain_office(**{"office.methods.standard_api.machine_s": exactly(3600), "office.clerks": 5})
        _, events = run_office(spec, cases(self.METHOD, 12, "08:30"))
        assert moment_of(events, "REGISTER", 11) == "1 19:35"
        assert moment_of(events, "REGISTER", 12) == "2 09:00"


class TestOneStopService:
    """A prefecture's exit."""

    def test_leaves_at_once_and_comes_back_decided(self) -> None:
        office, events = run_office(
            a_plain_office(), [opened(june(5, "10:00"), method=LinkageMethod.ONE_STOP_SERVICE, identified=False)]
        )
        assert diary(events) == [
            "5 10:00 QUEUE_FOR_LINKAGE",
            "5 10:00 START_LINKAGE",
            "6 10:00 REGISTER",
            "6 10:00 EXAMINE",
            "6 10:00 GRANT",
            "6 10:00 NOTIFY",
        ]
        assert sum(office.report().staff_minutes.values()) == 0
