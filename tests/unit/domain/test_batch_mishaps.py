"""What struck whole files in the field, replayed: shifted columns, a file handed over twice, a cap, a taken window."""

from datetime import date
from typing import Any

import pytest

from shinsei.domain.linkage.incident import IncidentKind
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office import Office
from shinsei.domain.office.events import Offer, WorkEvent
from shinsei.domain.office.report import IncidentReport, OfficeReport
from shinsei.domain.plan import run_all
from shinsei.domain.run import ChangeKind, HandedOverTwiceSpec, MisalignedSpec, OtherJobSpec
from shinsei.domain.simtime import DAY_MS, HOUR_MS, MINUTE_MS
from shinsei.domain.trace import trace_hash
from shinsei.scenario import load
from shinsei.testing.builders import with_changes
from shinsei.testing.linkage import LINKAGE_CONTRACT, LinkageSubject, a_troubled_office
from shinsei.testing.offices import a_plain_office, changed, exactly, june, moment_of, opened, run_office, withdrawn

BATCH = "office.methods.batch_import"
FIRST = date(2021, 6, 1)


def cases(count: int, at: str = "09:00", day: int = 1, first: int = 1) -> list[Offer]:
    return [opened(june(day, at), first + n, method=LinkageMethod.BATCH_IMPORT) for n in range(count)]


def ran(offers: list[Offer], *, hours: tuple[int, ...] = (19,), **changes: Any) -> tuple[OfficeReport, list[WorkEvent]]:
    windows = {f"{BATCH}.windows_ms": tuple(hour * HOUR_MS for hour in hours)}
    changes = {f"{BATCH}.{name}": value for name, value in changes.items()}
    office, events = run_office(a_plain_office(**windows, **changes), offers)
    return office.report(), events


def misaligned(**changes: Any) -> MisalignedSpec:
    spec: MisalignedSpec = with_changes(
        MisalignedSpec(p_per_file=0.0, dates=(FIRST,), detection_h=None, rollback_min_per_record=exactly(5)), **changes
    )
    return spec


def twice(**changes: Any) -> HandedOverTwiceSpec:
    spec: HandedOverTwiceSpec = with_changes(
        HandedOverTwiceSpec(
            p_per_file=0.0, dates=(FIRST,), idempotent=False, detection_h=exactly(48), yen_per_case=100_000.0
        ),
        **changes,
    )
    return spec


def only(report: OfficeReport) -> IncidentReport:
    [incident] = report.incidents
    return incident


class TestMisalignedFile:
    """Kobe: the rows of a table slipped, and 33 persons were paid the wrong sum."""

    def test_every_record_is_wrong_until_the_review_of_the_list_finds_it(self) -> None:
        report, events = ran(cases(3), misaligned=misaligned())
        incident = only(report)
        assert (incident.kind, incident.records) == (IncidentKind.MISALIGNED_FILE, 3)
        assert incident.subject == "B20210601-1900"
        # The list waits over night; its review takes one minute a record.
        assert incident.found_at == june(2, "08:33")
        wrong_since = [event.at for event in events if event.action == "REGISTER"]
        assert incident.exposure_h == pytest.approx(
            sum(june(2, "08:33") - at for at in wrong_since) / HOUR_MS, abs=1e-3
        )

    def test_the_rollback_takes_clerks_time_and_a_login_and_leaves_the_case_on_its_way(self) -> None:
        report, events = ran(cases(3), misaligned=misaligned())
        assert report.staff_minutes["rollback"] == 15
        assert report.seat_minutes == 15
        assert only(report).settled_at is not None
        assert report.undetected_errors == {}
        assert moment_of(events, "NOTIFY").startswith("2 ")

    def test_found_later_more_residents_are_exposed_for_longer(self) -> None:
        early, late = (
            only(ran(cases(3), misaligned=misaligned(detection_h=delay))[0]) for delay in (None, exactly(24 * 10))
        )
        assert late.exposure_h > 10 * early.exposure_h
        assert late.found_at == june(11, "19:02") + 3000

    def test_what_nobody_has_found_by_the_report_is_exposed_still(self) -> None:
        incident = only(ran(cases(1), misaligned=misaligned(detection_h=exactly(24 * 365)))[0])
        assert (incident.found_at, incident.settled_at) == (None, None)
        assert incident.exposure_h == pytest.approx(30 * 24 - 19, abs=0.1)

    def test_strikes_the_first_file_of_its_date_and_no_other(self) -> None:
        offers = [*cases(1), *cases(1, "15:00", first=2), *cases(1, day=2, first=3)]
        assert only(ran(offers, hours=(12, 19), misaligned=misaligned())[0]).subject == "B20210601-1200"

    def test_strikes_files_by_chance(self) -> None:
        offers = [offer for day in range(1, 31) for offer in cases(1, day=day, first=day)]
        spec = misaligned(dates=(), p_per_file=0.5)
        report = ran(offers, misaligned=spec)[0]
        assert 3 <= len(report.incidents) <= 18  # of 22 files
        assert ran(offers, misaligned=misaligned(dates=(), p_per_file=1.0))[0].incidents[-1].subject[:9] == "B20210630"

    def test_rejects_are_no_part_of_it(self) -> None:
        assert ran(cases(3), misaligned=misaligned(), p_reject=1.0)[0].incidents == ()


class TestFileHandedOverTwice:
    """Ten'ei: the same transfer file twice, 375 households paid twice."""

    def test_the_batch_id_makes_it_harmless(self) -> None:
        without, events = ran(cases(5))
        report, events_twice = ran(cases(5), handed_over_twice=twice(idempotent=True))
        assert events == events_twice
        incident = only(report)
        assert (incident.records, incident.yen, incident.exposure_h) == (0, 0.0, 0.0)
        assert incident.began_at == incident.found_at == june(1, "19:02") + 5000
        assert with_changes(report, incidents=()) == without

    def test_without_it_every_case_is_paid_twice_until_somebody_finds_it(self) -> None:
        report, _ = ran(cases(5), handed_over_twice=twice())
        incident = only(report)
        assert (incident.kind, incident.records, incident.yen) == (
            IncidentKind.FILE_HANDED_OVER_TWICE,
            5,
            500_000.0,
        )
        assert incident.found_at == june(3, "19:04") + 10_000
        assert incident.exposure_h == 5 * 48
        assert report.machine_minutes == pytest.approx(2 * (2 + 5 / 60), abs=1e-3)

    def test_the_ledger_counts_a_doubled_case_once(self) -> None:
        once, events = ran(cases(5))
        report, events_twice = ran(cases(5), handed_over_twice=twice())
        assert events == events_twice
        assert (report.registered, report.decided) == (once.registered, once.decided) == (5, 5)

    def test_the_second_import_takes_the_window(self) -> None:
        slow: dict[str, Any] = {"per_record_s": exactly(3 * 3600), "hours": (12, 16)}
        offers = [*cases(1), *cases(1, "14:00", first=2)]
        assert moment_of(ran(offers, **slow)[1], "START_LINKAGE", 2) == "1 16:00"
        assert moment_of(ran(offers, handed_over_twice=twice(), **slow)[1], "START_LINKAGE", 2) == "2 12:00"


class TestStalledFile:
    """Aizuwakamatsu: over 200,000 records a file, refused, and nobody noticed for months."""

    def test_nothing_of_a_file_over_the_cap_moves_until_somebody_notices(self) -> None:
        report, events = ran(cases(5), max_records=2, stall_noticed_after_ms=6 * DAY_MS)
        assert [moment_of(events, "START_LINKAGE", n) for n in (1, 2, 3, 5)] == [
            "7 19:00",
            "7 19:00",
            "8 19:00",
            "9 19:00",
        ]
        incident = only(report)
        assert (incident.kind, incident.records) == (IncidentKind.STALLED_FILE, 5)
        assert (incident.began_at, incident.found_at) == (june(1, "19:00"), june(7, "19:00"))
        assert incident.exposure_h == 5 * 6 * 24

    def test_what_comes_meanwhile_is_stuck_behind_it(self) -> None:
        offers = [*cases(3), *cases(2, day=2, first=4)]
        incident = only(ran(offers, max_records=2, stall_noticed_after_ms=6 * DAY_MS)[0])
        assert incident.records == 5
        assert incident.exposure_h == (3 * 6 + 2 * 5) * 24

    def test_a_file_within_the_cap_goes_through(self) -> None:
        stalled, plain = (ran(cases(5), stall_noticed_after_ms=after)[1] for after in (6 * DAY_MS, None))
        assert stalled == plain

    def test_a_withdrawn_case_does_not_count_against_the_cap(self) -> None:
        offers = [*cases(3), withdrawn(june(1, "15:00"), 2)]
        assert ran(offers, max_records=2, stall_noticed_after_ms=6 * DAY_MS)[0].incidents == ()


class TestOtherJobs:
    """Two businesses compete for one batch window."""

    def other(self, **changes: Any) -> OtherJobSpec:
        spec: OtherJobSpec = with_changes(
            OtherJobSpec(dates=(FIRST,), start_ms=18 * HOUR_MS, duration_ms=90 * MINUTE_MS), **changes
        )
        return spec

    def test_the_own_job_starts_when_the_other_has_ended(self) -> None:
        offers = [*cases(1), *cases(1, day=2, first=2)]
        report, events = ran(offers, other_jobs=(self.other(),))
        assert moment_of(events, "START_LINKAGE", 1) == "1 19:30"
        assert moment_of(events, "START_LINKAGE", 2) == "2 19:00"
        assert report.incidents == ()

    def test_jobs_one_behind_the_other_are_waited_for_also_over_midnight(self) -> None:
        jobs = (self.other(), self.other(dates=(), start_ms=19 * HOUR_MS, duration_ms=6 * HOUR_MS))
        assert moment_of(ran(cases(1), other_jobs=jobs)[1], "START_LINKAGE") == "2 01:00"

    def test_a_job_that_waits_no_longer_misses_its_window(self) -> None:
        report, events = ran(cases(3), other_jobs=(self.other(),), wait_at_most_ms=20 * MINUTE_MS)
        assert moment_of(events, "START_LINKAGE") == "2 19:00"
        assert (only(report).kind, only(report).records) == (IncidentKind.WINDOW_MISSED, 3)

    def test_what_was_put_off_is_told_until_a_file_has_taken_it(self) -> None:
        changes = {f"{BATCH}.other_jobs": (self.other(),), f"{BATCH}.wait_at_most_ms": 20 * MINUTE_MS}
        office = Office(a_plain_office(**{f"{BATCH}.windows_ms": (19 * HOUR_MS,), **changes}))
        for offer in cases(3):
            office.offer(offer)
        found = []
        for day, hour in ((1, "18:59"), (1, "19:01"), (2, "18:59"), (2, "23:00")):
            office.advance(june(day, hour))
            found.append(office.levels().put_off)
        assert found == [0, 3, 3, 0]


EVERYTHING = {
    f"{BATCH}.misaligned": misaligned(p_per_file=0.5, detection_h=exactly(30)),
    f"{BATCH}.handed_over_twice": twice(p_per_file=0.5),
    f"{BATCH}.stall_noticed_after_ms": DAY_MS,
    f"{BATCH}.other_jobs": (OtherJobSpec(dates=(), start_ms=18 * HOUR_MS, duration_ms=2 * HOUR_MS),),
    f"{BATCH}.wait_at_most_ms": 2 * HOUR_MS,
}


@pytest.mark.parametrize("check", LINKAGE_CONTRACT, ids=lambda check: check.__name__)
def test_the_contract_holds_with_every_mishap_at_once(check: Any) -> None:
    check(LinkageSubject(method=LinkageMethod.BATCH_IMPORT, spec=a_troubled_office(**EVERYTHING)))


def test_switched_off_nothing_changes_in_trace_and_books() -> None:
    """Rates of 0 and no dates, against no tables at all."""
    off = {
        f"{BATCH}.misaligned": misaligned(dates=()),
        f"{BATCH}.handed_over_twice": twice(dates=()),
        f"{BATCH}.stall_noticed_after_ms": DAY_MS,
        f"{BATCH}.wait_at_most_ms": 0,
    }
    scenario = load("smoke", ["twins.methods=['BATCH_IMPORT']", "run.end=2021-08-15"])
    [spec] = scenario.run_specs("off")
    [plain], [switched_off] = run_all([spec]), run_all([with_changes(spec, **off)])
    assert trace_hash(plain.lines(scenario.end)) == trace_hash(switched_off.lines(scenario.end))
    assert plain.report() == switched_off.report()
    assert plain.report().incidents == ()


class TestControlChanges:
    """The same, switched in a run that is open."""

    def test_the_next_files_come_twice_and_those_after_them_once(self) -> None:
        offers = [offer for day in (1, 2, 3) for offer in cases(1, day=day, first=day)]
        change = changed(june(1, "12:00"), ChangeKind.BATCH_TWICE, 2)
        report, events = ran([*offers, change])
        assert [(one.subject, one.records) for one in report.incidents] == [
            ("B20210601-1900", 0),
            ("B20210602-1900", 0),
        ]
        assert events == ran(offers)[1]

    def test_what_a_second_file_does_the_scenario_says(self) -> None:
        change = changed(june(1, "12:00"), ChangeKind.BATCH_TWICE, 1)
        report, _ = ran([*cases(5), change], handed_over_twice=twice(dates=()))
        assert only(report).yen == 500_000.0

    def test_the_next_imports_abort_and_are_run_again(self) -> None:
        change = changed(june(1, "12:00"), ChangeKind.BATCH_ABORTS, 2)
        report, events = ran([*cases(5), *cases(1, day=2, first=6), change])
        assert [run.aborts for run in report.batch_runs] == [2, 0]
        assert len([event for event in events if event.action == "REGISTER"]) == 6

    def test_none_is_struck_any_more_when_a_change_takes_it_back(self) -> None:
        at = june(1, "12:00")
        for kind in (ChangeKind.BATCH_ABORTS, ChangeKind.BATCH_TWICE):
            offers = [*cases(2), changed(at, kind, 3), changed(june(1, "12:15"), kind, 0)]
            assert ran(offers) == ran(cases(2))
