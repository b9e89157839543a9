"""A June of 2,100 online and 1,400 paper cases with two clerks: the methods differ, and for the right reasons."""

from functools import cache
from statistics import fmean, quantiles

import pytest

from shinsei.domain.draws import draw
from shinsei.domain.lifecycle import Action
from shinsei.domain.linkage_method import COMPARED_METHODS, LinkageMethod
from shinsei.domain.office import Office
from shinsei.domain.office.events import CaseOpened, PaperArrived, WorkEvent
from shinsei.domain.office.report import OfficeReport
from shinsei.domain.simtime import DAY_MS, HOUR_MS, SimTime, time_of_day_ms
from shinsei.testing.builders import JUNE_FIRST, a_run_spec

pytestmark = pytest.mark.slow

ONLINE, PAPER, CLERKS = 2100, 1400, 2
TRANSCRIPTION, RPA, SCREEN_IMPORT, BATCH_IMPORT, STANDARD_API = COMPARED_METHODS


class June:
    """One twin's season: the same arrivals and the same fates for every method."""

    def __init__(self, method: LinkageMethod, **changes: object) -> None:
        city = {
            "office.clerks": CLERKS,
            "office.keying_factors": ((10, 0.6),),
            "office.methods.batch_import.windows_ms": (19 * HOUR_MS,),
        }
        office = Office(a_run_spec(seed=3, **{**city, **changes}))
        self.opened: dict[str, SimTime] = {}
        for number in range(ONLINE + PAPER):
            name = f"10-{number:06d}"
            at = SimTime(JUNE_FIRST + int(draw(3, name, "arrival") * 30 * DAY_MS))
            if number >= ONLINE:
                office.offer(PaperArrived(at=at, case_id=name, procedure=10))
                continue
            self.opened[name] = at
            identified = draw(3, name, "identified") > 0.01
            office.offer(
                CaseOpened(at=at, case_id=name, procedure=10, method=method, identified=identified, submitted_at=at)
            )
        self.events: list[WorkEvent] = office.advance(SimTime(JUNE_FIRST + 150 * DAY_MS))
        self.report: OfficeReport = office.report()
        self.registered = {e.case_id: e.at for e in self.events if e.action is Action.REGISTER}
        self.queued = {e.case_id: e.at for e in self.events if e.action is Action.QUEUE_FOR_LINKAGE}

    @property
    def staff_minutes(self) -> float:
        return sum(self.report.staff_minutes.values())

    def linkage_h(self, case_id: str) -> float:
        """Hours from the queue for linkage to registration."""
        return (self.registered[case_id] - self.queued[case_id]) / HOUR_MS


@cache
def june(method: LinkageMethod) -> June:
    return June(method)


@pytest.mark.parametrize("method", COMPARED_METHODS)
def test_everything_is_done_in_the_end(method: LinkageMethod) -> None:
    report = june(method).report
    assert (report.arrivals, report.registered, report.decided) == (ONLINE, ONLINE, ONLINE)
    assert (report.backlog, report.unfinished_cases, report.paper_waiting) == (0, 0, 0)
    assert report.paper_registered == PAPER


def test_paper_takes_the_same_minutes_in_every_twin() -> None:
    for activity in ("paper_keying", "paper_check", "content_check", "result_entry", "notice"):
        minutes = {round(june(method).report.staff_minutes[activity], 1) for method in COMPARED_METHODS}
        assert len(minutes) == 1, activity


def test_transcriptions_backlog_outlives_the_season_while_the_interface_keeps_up() -> None:
    last_day = JUNE_FIRST + 30 * DAY_MS
    cleared = june(TRANSCRIPTION).report.cleared_at
    assert cleared is not None
    assert cleared > last_day + 7 * DAY_MS
    assert june(STANDARD_API).report.backlog_peak < june(TRANSCRIPTION).report.backlog_peak / 3


def test_clerks_are_the_limit_of_transcription() -> None:
    saturated = june(TRANSCRIPTION).report.first_saturated
    assert saturated is not None
    assert saturated.resource == "clerks"


def test_staff_time_falls_from_method_1_to_the_interface() -> None:
    minutes = [june(method).staff_minutes for method in (TRANSCRIPTION, SCREEN_IMPORT, BATCH_IMPORT, STANDARD_API)]
    assert minutes == sorted(minutes, reverse=True)
    assert june(RPA).staff_minutes < june(TRANSCRIPTION).staff_minutes


def test_batch_import_registers_behind_its_window_only_and_waits_hours_for_it() -> None:
    batch, api = june(BATCH_IMPORT), june(STANDARD_API)
    by_job = [e for e in batch.events if e.action is Action.REGISTER and e.method is BATCH_IMPORT]
    by_call = [e for e in api.events if e.action is Action.REGISTER and e.method is STANDARD_API]
    assert len(by_job) / ONLINE == pytest.approx(0.97, abs=0.01)
    assert all(19 * HOUR_MS < time_of_day_ms(e.at) < 20 * HOUR_MS for e in by_job)
    assert fmean(batch.linkage_h(e.case_id) for e in by_job) > 3
    assert fmean(api.linkage_h(e.case_id) for e in by_call) < 1


def test_rpa_pays_for_its_exceptions() -> None:
    rpa = june(RPA)
    keyed = [e.case_id for e in rpa.events if e.action is Action.REGISTER and e.method is TRANSCRIPTION]
    saved = [e.case_id for e in rpa.events if e.action is Action.REGISTER and e.method is RPA]
    assert len(keyed) / ONLINE == pytest.approx(0.08, abs=0.02)
    assert rpa.report.staff_minutes["exception_keying"] / len(keyed) == pytest.approx(6, rel=0.15)
    assert fmean(map(rpa.linkage_h, keyed)) > fmean(map(rpa.linkage_h, saved))
    flawless = June(RPA, **{"office.methods.rpa.p_exception": 0.0})
    assert flawless.staff_minutes < rpa.staff_minutes


def test_screen_import_waits_for_clerks() -> None:
    with_two, with_four = june(SCREEN_IMPORT), June(SCREEN_IMPORT, **{"office.clerks": 4})
    assert with_four.report.backlog_peak < with_two.report.backlog_peak
    median = quantiles(map(with_two.linkage_h, with_two.registered), n=2)[0]
    assert median > quantiles(map(with_four.linkage_h, with_four.registered), n=2)[0]


def test_twins_meet_the_same_fates() -> None:
    denied = {
        method: {e.case_id for e in june(method).events if e.action is Action.DENY} for method in COMPARED_METHODS
    }
    assert len(denied[TRANSCRIPTION]) > 0
    assert all(cases == denied[TRANSCRIPTION] for cases in denied.values())
