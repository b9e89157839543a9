"""How long applicants do not see what the office knows: the push schedule, and a clerk on the return leg."""

import re
from dataclasses import replace

from shinsei.domain.plan import run_all
from shinsei.domain.simtime import DAY_MS, HOUR_MS, MINUTE_MS, SimTime
from shinsei.scenario import Scenario
from shinsei.season.cases import CaseTimes
from shinsei.season.comparison import comparison
from shinsei.season.findings import Findings, findings
from shinsei.season.planned import planned
from shinsei.season.report.staleness import staleness as section
from shinsei.season.staleness import Delay, staleness
from shinsei.season.summary import summary
from shinsei.season.text import Text
from shinsei.testing.builders import a_run_spec

SPEC = a_run_spec()
NOON = SimTime(SPEC.start + 12 * HOUR_MS)
END = SimTime(SPEC.start + 30 * DAY_MS)


def a_case(examined_at: int, decided_at: int | None) -> CaseTimes:
    return CaseTimes(
        submission_id="x",
        procedure=10,
        submitted_at=SPEC.start,
        stored_at=SPEC.start,
        ended_at=SimTime(NOON + 1),
        ledger_line="registered",
        decided_at=None if decided_at is None else SimTime(decided_at),
        manual=False,
        examined_at=SimTime(examined_at),
    )


def test_a_status_is_seen_at_the_next_push_and_a_result_after_its_keying_too() -> None:
    found = staleness(SPEC, (), [a_case(NOON, NOON + 3 * HOUR_MS + 1)], END)
    poll_h = SPEC.poll.interval_ms / HOUR_MS
    assert found.registration.p50 == found.decision.p50 == (SPEC.poll.interval_ms - 1) / HOUR_MS
    assert found.result == Delay(p50=3 + poll_h, p90=3 + poll_h)


def test_an_outage_of_the_line_keeps_applicants_waiting() -> None:
    down = (SimTime(NOON - MINUTE_MS), SimTime(NOON + 5 * HOUR_MS))
    spec = replace(SPEC, line=replace(SPEC.line, outages=(down,)))
    assert staleness(spec, (), [a_case(NOON, NOON)], END).decision.p50 == 5


def test_a_result_that_nobody_has_keyed_in_counts_as_slower_than_any() -> None:
    found = staleness(SPEC, (), [a_case(NOON, NOON + 1), a_case(NOON, None), a_case(NOON, None)], END)
    assert found.result.p50 is None
    assert found.decision.p90 is not None
    assert staleness(SPEC, (), [a_case(NOON, NOON)], SimTime(NOON + 1)).decision.p50 is None


def test_slow_keying_of_results_is_what_applicants_wait_for(smoke: Scenario, season: Findings) -> None:
    spec = smoke.run_specs("run-1")[0]
    office = replace(spec.office, result_entry_min=replace(spec.office.result_entry_min, mean=60.0))
    outcome = planned(run_all([replace(spec, office=office)]), smoke.end)
    slow = findings(outcome, procedures=smoke.compared_procedures, costs=smoke.costs, cutoff=None).methods[0].staleness
    quick = season.methods[0].staleness
    assert quick.result.p50 is not None
    assert slow.result.p50 is None or slow.result.p50 > quick.result.p50 + 1
    assert quick.decision.p90 is not None
    assert quick.decision.p90 <= spec.poll.interval_ms / HOUR_MS


def test_summary_table_and_report_say_the_same(season: Findings) -> None:
    content = summary(season, answer=Text("", ""), wall_s=0.0, environment={})["methods"]
    row = next(row for row in comparison(season) if row.label.en == "Result seen after, hours")
    page = section(season)
    for one, told, cell in zip(season.methods, content, row.cells, strict=True):
        hours = one.staleness.result.p50
        assert hours is not None
        assert told["staleness_h"]["result"]["p50"] == round(hours, 2)
        assert float(re.split(" / ", cell.en)[0]) == float(f"{hours:.0f}" if hours >= 10 else f"{hours:.1f}")
        assert f"{hours:,.1f} / " in page
