"""The figures of a season in virtual time: they must agree with the office's own books and with each other."""

import csv
import io
import json
from dataclasses import replace
from typing import Any

from shinsei.domain.plan import run_all
from shinsei.domain.simtime import day_number
from shinsei.domain.trace import trace_hash
from shinsei.scenario import Scenario
from shinsei.season.findings import Findings, findings
from shinsei.season.outcome import Ledger, SeasonOutcome
from shinsei.season.series import COLUMNS, series_csv
from shinsei.season.summary import summary
from shinsei.season.text import both
from shinsei.season.verdict import verdict


def test_the_hash_is_that_of_the_plan(season: Findings, smoke: Scenario) -> None:
    lines = [line for run in run_all(smoke.run_specs("another run")) for line in run.lines(smoke.end)]
    assert season.trace_hash == trace_hash(lines)


def test_the_days_add_up(season: Findings) -> None:
    for one in season.methods:
        assert sum(row.submitted for row in one.days) == one.compared
        assert sum(row.registered for row in one.days) == one.compared_registered
        assert one.days[-1].backlog == one.backlog_at_end == one.compared - one.compared_registered
        assert [row.day for row in one.days] == list(
            range(day_number(season.start), day_number(season.end - 1) + 1)  # type: ignore[arg-type]
        )


def test_the_ledger_adds_up(season: Findings) -> None:
    ledger = season.ledger
    ends = ledger.registered + ledger.not_accepted + ledger.withdrawn + ledger.expired + ledger.dead_lettered
    assert ledger.accepted == ends + ledger.in_flight == sum(one.accepted for one in season.methods)
    assert ledger.unaccounted == 0


def test_all_twins_have_the_same_filings_and_only_their_method_differs(season: Findings) -> None:
    assert len({(one.accepted, one.compared, one.office.paper_cases) for one in season.methods}) == 1
    assert len({one.trace_hash for one in season.methods}) == len(season.methods)


def test_cost_counts_an_overtime_hour_once(season: Findings, smoke: Scenario) -> None:
    costs = smoke.costs
    one = next(one for one in season.methods if one.office.overtime_hours)
    regular = one.office.staff_hours - one.office.overtime_work_hours
    assert one.cost.labour_yen == round(regular * costs.staff_hour_yen)
    assert one.cost.overtime_yen == round(one.office.overtime_hours * costs.overtime_hour_yen)


def test_the_summary_has_what_programs_rely_on(season: Findings) -> None:
    content: dict[str, Any] = json.loads(
        json.dumps(summary(season, answer=verdict(season), wall_s=1.5, environment={"cores": 2}))
    )
    assert {
        "schema",
        "scenario",
        "seed",
        "partial",
        "wall_s",
        "trace_hash",
        "late_cases",
        "ledger",
        "methods",
        "real",
        "environment",
    } <= content.keys()
    assert content["ledger"].keys() == {
        "accepted",
        "registered",
        "not_accepted",
        "withdrawn",
        "expired",
        "transferred",
        "dead_lettered",
        "in_flight",
        "unaccounted",
    }
    assert {"completed", "completed_per_s", "submit_to_registered_s"} <= content["real"].keys()
    assert content["real"]["submit_to_registered_s"].keys() == {"p50", "p99"}
    assert {
        "method",
        "municipality",
        "accepted",
        "registered",
        "decided",
        "paper_cases",
        "backlog_peak",
        "backlog_peak_at",
        "cleared_at",
        "lead_time_h",
        "decided_by_cutoff_share",
        "staff_hours",
        "overtime_hours",
        "robot_hours",
        "undetected_errors",
        "cost_yen",
        "first_saturated_resource",
    } <= content["methods"][0].keys()
    assert content["methods"][0]["lead_time_h"].keys() == {"p50", "p90", "p99"}
    assert [one["method"] for one in content["methods"]] == [
        "TRANSCRIPTION",
        "RPA",
        "SCREEN_IMPORT",
        "BATCH_IMPORT",
        "STANDARD_API",
    ]


def test_the_series_opens_in_a_japanese_spreadsheet(season: Findings) -> None:
    raw = series_csv(season)
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\n") == raw.count(b"\r\n")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == sum(len(one.days) for one in season.methods)
    assert sum(int(row["submitted"]) for row in rows) == sum(one.compared for one in season.methods)


def test_a_season_without_cases_still_has_a_result(outcome: SeasonOutcome, smoke: Scenario) -> None:
    empty = replace(
        outcome,
        twins=tuple(replace(twin, cases=()) for twin in outcome.twins),
        ledgers=tuple(Ledger() for _ in outcome.ledgers),
        partial=True,
        real=None,
    )
    found = findings(empty, procedures=smoke.compared_procedures, costs=smoke.costs, cutoff=smoke.cutoff)
    assert summary(found, answer=both("-"), wall_s=0, environment={})["methods"][0]["backlog_peak_at"] is None
    assert verdict(found).en
