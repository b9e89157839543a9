"""What a report says about corrections and withdrawals: the numbers of the trace, and nothing where there are none."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from shinsei.domain.lifecycle import Action
from shinsei.domain.plan import run_all
from shinsei.scenario import Answer, Scenario, load
from shinsei.season.comparison import comparison
from shinsei.season.corrections import CorrectionFigures, corrections_of
from shinsei.season.findings import Findings, findings
from shinsei.season.outcome import SeasonOutcome, TwinOutcome
from shinsei.season.planned import planned
from shinsei.season.report.corrections import corrections
from shinsei.season.summary import summary
from shinsei.season.text import Text
from shinsei.season.verdict import verdict
from shinsei.testing.applicants import SHIPPED

pytestmark = pytest.mark.slow

LABELS = {"Corrections replied / requested", "Ended before registration"}


@pytest.fixture(scope="module")
def lively() -> Scenario:
    return load("smoke", SHIPPED)


@pytest.fixture(scope="module")
def lively_outcome(lively: Scenario) -> SeasonOutcome:
    return planned(run_all(lively.run_specs("corrections-20210601000000")), lively.end)


@pytest.fixture(scope="module")
def lively_season(lively: Scenario, lively_outcome: SeasonOutcome) -> Findings:
    return findings(lively_outcome, procedures=lively.compared_procedures, costs=lively.costs, cutoff=lively.cutoff)


def count(twin: TwinOutcome, action: Action) -> int:
    return sum(line.action is action for line in twin.lines)


def labels(season: Findings) -> set[str]:
    return {row.label.en for row in comparison(season)}


def methods(season: Findings) -> Sequence[dict[str, object]]:
    found: Sequence[dict[str, object]] = summary(season, answer=Text("", ""), wall_s=0.0, environment={})["methods"]
    return found


def test_the_figures_are_those_of_the_trace(lively_outcome: SeasonOutcome, lively_season: Findings) -> None:
    for twin, one in zip(lively_outcome.twins, lively_season.methods, strict=True):
        found = one.corrections
        assert found.requested == count(twin, Action.REQUEST_CORRECTION) > 0
        assert found.replied == count(twin, Action.CORRECT) > 0
        assert found.withdrawn == count(twin, Action.WITHDRAW) == one.ledger.withdrawn
        assert (found.expired, found.not_accepted) == (one.ledger.expired, one.ledger.not_accepted)
        assert found.ended == one.accepted - one.registered - one.ledger.in_flight
        assert found.request_hours > 0
        assert found.refused_at_form_check > 0


def test_a_correction_takes_days_whatever_the_method(lively_season: Findings) -> None:
    for one in lively_season.methods:
        plain, corrected = one.corrections.lead_h_plain, one.corrections.lead_h_corrected
        assert plain is not None
        assert corrected is not None
        assert corrected > plain + 24


def test_what_lies_behind_the_end_of_the_season_does_not_count(lively_outcome: SeasonOutcome) -> None:
    twin = lively_outcome.twins[0]
    early = TwinOutcome(spec=twin.spec, end=twin.spec.start, cases=twin.cases, office=twin.office)
    found = corrections_of(early)
    assert (found.requested, found.refused_at_form_check, found.ended, found.waiting) == (0, 0, 0, 0)


def test_summary_table_and_report_name_them_only_where_there_are_any(lively_season: Findings, season: Findings) -> None:
    assert labels(season).isdisjoint(LABELS)
    assert labels(lively_season) >= LABELS
    assert corrections(season) == ""
    assert "補正依頼" in corrections(lively_season)
    assert all("corrections" not in one for one in methods(season))
    assert all("corrections" in one for one in methods(lively_season))


def test_nothing_at_all_is_empty_and_one_withdrawal_is_not() -> None:
    assert CorrectionFigures().is_empty
    assert not CorrectionFigures(withdrawn=1).is_empty


def test_the_answer_tells_how_many_and_what_they_do_only_where_there_are_any(
    lively_season: Findings, season: Findings
) -> None:
    told = verdict(replace(lively_season, answers=(Answer.CORRECTIONS,)))
    asked = max(one.corrections.requested for one in lively_season.methods)
    assert told.en.startswith(f"{asked:,} corrections are asked for on 72 online filings")
    assert f"{asked:,}件の補正を依頼" in told.ja
    assert "corrections" not in verdict(replace(season, answers=(Answer.CORRECTIONS,))).en


def test_without_a_pre_filled_form_corrections_take_more_work_than_with_one() -> None:
    """The scenario's own question, on a small town: who asks for less saves work under every method."""
    small = ("municipality.population=3000", "demand.background_scale=0.0")
    blank, preset = (
        planned(run_all(found.run_specs("small")), found.end)
        for found in (load("corrections", [*small, f"defects.share_without_preset={share}"]) for share in (1.0, 0.0))
    )
    for worse, better in zip(blank.twins, preset.twins, strict=True):
        assert corrections_of(worse).requested > 3 * corrections_of(better).requested
        assert corrections_of(worse).request_hours > corrections_of(better).request_hours
