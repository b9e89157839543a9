"""What a report says about cases that did not come in whole: the trace's numbers, and a sentence for operators."""

import pytest

from shinsei.domain.demand import refusals_of
from shinsei.domain.lifecycle import Action, Status
from shinsei.domain.plan import run_all
from shinsei.domain.trace import trace_hash
from shinsei.scenario import Scenario, load
from shinsei.season.comparison import comparison
from shinsei.season.findings import Findings, findings
from shinsei.season.outcome import SeasonOutcome, TwinOutcome
from shinsei.season.planned import planned
from shinsei.season.recovery import recovery
from shinsei.season.report.intake import intake
from shinsei.season.story.waits import wait_for
from shinsei.season.summary import summary
from shinsei.season.text import Text
from shinsei.testing.applicants import SHIPPED

ONE = "twins.methods=['TRANSCRIPTION']"
CORRECTIONS = tuple(override for override in SHIPPED if override.startswith("corrections."))
OUTAGE = "line.outages=[{ start = '2021-06-08T00:00:00', length = '4 d' }]"


def faults(p: float) -> tuple[str, ...]:
    rates = (f"attachment_faults.{name}={p}" for name in ("p_wrong_type", "p_too_large", "p_virus"))
    return (*rates, "attachment_faults.p_refile=0.5", "attachment_faults.refile_delay={ mean = '2 h', cv = 1.5 }")


def retention(window: str) -> tuple[str, ...]:
    return (
        f"retention.window='{window}'",
        "retention.recovery={ mean = '20 min', cv = 0.5 }",
        "retention.reissue_delay={ mean = '2 d', cv = 0.5 }",
        "retention.p_recovered=0.5",
    )


def a_town(*overrides: str) -> Scenario:
    return load("smoke", [ONE, *CORRECTIONS, OUTAGE, *overrides])


def season_of(scenario: Scenario) -> SeasonOutcome:
    return planned(run_all(scenario.run_specs("run")), scenario.end)


@pytest.fixture(scope="module")
def town() -> Scenario:
    return a_town(*faults(0.3), *retention("2 d"))


@pytest.fixture(scope="module")
def held_outcome(town: Scenario) -> SeasonOutcome:
    return season_of(town)


@pytest.fixture(scope="module")
def found(town: Scenario, held_outcome: SeasonOutcome) -> Findings:
    return findings(held_outcome, procedures=town.compared_procedures, costs=town.costs, cutoff=None)


def count(twin: TwinOutcome, action: Action) -> int:
    return sum(line.action is action for line in twin.lines)


def test_rates_of_nothing_and_a_window_never_passed_leave_trace_and_books_alone() -> None:
    off, still = season_of(a_town()).twins[0], season_of(a_town(*faults(0.0), *retention("90 d"))).twins[0]
    assert trace_hash(still.lines) == trace_hash(off.lines)
    assert still.office == off.office


def test_the_figures_are_those_of_the_trace(held_outcome: SeasonOutcome, found: Findings) -> None:
    (twin,), (one,) = held_outcome.twins, found.methods
    assert one.intake.refused == refusals_of(twin.spec)
    assert one.intake.quarantined == count(twin, Action.QUARANTINE) > one.intake.clean_files > 0
    assert one.intake.lapsed == count(twin, Action.LAPSE)
    assert one.intake.lapsed >= one.intake.recovered + one.intake.lost
    assert min(one.intake.recovered, one.intake.lost) > 0
    assert one.intake.recovered + one.intake.clean_files == count(twin, Action.RELEASE)
    assert one.ledger.expired >= one.intake.lost
    ledger = one.ledger
    ends = (ledger.registered, ledger.not_accepted, ledger.withdrawn, ledger.expired, ledger.in_flight)
    assert ledger.accepted == sum(ends)
    assert one.intake.recovery_hours > 0


def test_operators_are_told_what_lapsed_and_what_came_back(found: Findings) -> None:
    told = recovery(found, found.methods)
    assert told is not None
    figures = found.methods[0].intake
    assert told.en.startswith(f"{figures.lapsed} cases had waited at the portal for more than the 2 days")
    assert "on Sat 12 Jun at 00:00" in told.en
    assert f"{figures.lost}件は復旧できません" in told.ja


def test_summary_table_and_report_name_them_only_where_there_are_any(found: Findings, season: Findings) -> None:
    labels = {"Quarantined / file sent again", "Lapsed at the portal / recovered"}
    assert labels <= {row.label.en for row in comparison(found)}
    assert labels.isdisjoint(row.label.en for row in comparison(season))
    assert "recovered by hand" in intake(found)
    assert intake(season) == ""
    assert recovery(season, season.methods) is None
    told = summary(found, answer=Text("", ""), wall_s=0.0, environment={})["methods"][0]["intake"]
    assert told["refused"]["wrong_type"] > 0
    assert told["lapsed_first_at"].startswith("2021-06-12T00:00")
    others = summary(season, answer=Text("", ""), wall_s=0.0, environment={})["methods"]
    assert all("intake" not in one for one in others)


@pytest.mark.parametrize("status", [Status.QUARANTINED, Status.LAPSED])
def test_the_story_of_a_case_says_that_it_waits_for_a_clerk(status: Status) -> None:
    assert wait_for(status, None).resource == "clerk"
