"""Corrections and withdrawals over a whole run in virtual time: what they change, and what they must not."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import pytest

from shinsei.domain.applicants import ReactionKind
from shinsei.domain.lifecycle import Action, Status
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.plan import CasePlan, VirtualRun, run_all
from shinsei.domain.polling import poll_times, visible_from
from shinsei.domain.simtime import DAY_MS, SimTime
from shinsei.domain.trace import TraceLine, trace_hash
from shinsei.scenario import Scenario, load
from shinsei.testing.applicants import SHIPPED

pytestmark = pytest.mark.slow

METHODS = "twins.methods=['TRANSCRIPTION', 'BATCH_IMPORT']"
UNSTRAINED = "run.end=2021-09-01"
EVERYBODY_REPLIES = (
    "corrections.p_reply=1.0",
    "corrections.deadline='90 d'",
    "defects.rate_of_replies=0.0",
    "withdrawals.share=0.0",
)
"""All cases come to registration, so that hours can be compared."""
ENDS = {Status.EXPIRED, Status.NOT_ACCEPTED, Status.WITHDRAWN, Status.NOTIFIED}


def a_season(*overrides: str) -> Scenario:
    return load("smoke", [METHODS, UNSTRAINED, *overrides])


def planned(scenario: Scenario) -> list[VirtualRun]:
    return run_all(scenario.run_specs("run"))


def hash_of(scenario: Scenario, runs: Sequence[VirtualRun]) -> str:
    return trace_hash(line for run in runs for line in run.lines(scenario.end))


def hours(runs: Sequence[VirtualRun]) -> float:
    return sum(sum(run.report().staff_minutes.values()) for run in runs)


def registered(case: CasePlan) -> TraceLine | None:
    return next((line for line in case.lines if line.action is Action.REGISTER), None)


@pytest.fixture(scope="module")
def town() -> list[VirtualRun]:
    return planned(a_season(*SHIPPED))


def test_rates_of_nothing_leave_the_trace_and_the_books_alone() -> None:
    off, still = a_season(), a_season(*SHIPPED, "defects.rate=0.0", "withdrawals.share=0.0")
    before, after = planned(off), planned(still)
    assert hash_of(still, after) == hash_of(off, before)
    for without, with_tables in zip(before, after, strict=True):
        assert with_tables.report() == without.report()


def test_every_way_to_an_end_occurs_and_no_case_is_lost(town: list[VirtualRun]) -> None:
    for run in town:
        ends = Counter(case.lines[-1].status for case in run.cases())
        assert set(ends) >= ENDS
        report = run.report()
        ended = report.withdrawn + report.expired + report.not_accepted
        assert report.arrivals == report.registered + ended + report.backlog
        assert report.unfinished_cases == sum(count for status, count in ends.items() if status not in ENDS)


def test_a_correction_answers_a_request_of_the_same_number(town: list[VirtualRun]) -> None:
    for run in town:
        for case in run.cases():
            asked = [line.n for line in case.lines if line.action is Action.REQUEST_CORRECTION]
            answered = [line.n for line in case.lines if line.action is Action.CORRECT]
            assert asked == list(range(len(asked)))
            assert answered == asked[: len(answered)]
            assert [line.sort_key for line in case.lines] == sorted(line.sort_key for line in case.lines)


def test_nobody_answers_what_was_not_visible_a_lookahead_ago(town: list[VirtualRun]) -> None:
    answers = 0
    for run in town:
        for case in run.cases():
            for before, line in pairwise(case.lines):
                if line.action is Action.CORRECT:
                    answers += 1
                    assert line.at >= visible_from(run.spec, (), before.at) + run.spec.lookahead_ms
    assert answers


def test_an_office_that_goes_in_strides_misses_no_reply() -> None:
    """Replies come as soon as they may, so the office must be known exactly a lookahead before."""
    quick = a_season(*SHIPPED, "corrections.p_reply=1.0", "corrections.reply_delay={ mean = '1 min', cv = 0.0 }")
    spec = quick.run_specs("run")[0]
    end = SimTime(spec.start + 25 * DAY_MS)
    strides, step_by_step = VirtualRun(spec), VirtualRun(spec)
    strides.advance(end)
    for poll in poll_times(spec, spec.start, end):
        step_by_step.advance(poll)
    assert any(reaction.kind is ReactionKind.REPLY for reaction in strides.reactions)
    assert strides.lines(end) == step_by_step.lines(end)
    assert strides.report() == step_by_step.report()


def test_more_defects_take_more_hours_and_registration_comes_later() -> None:
    few, many = (planned(a_season(*SHIPPED, f"defects.rate={rate}", *EVERYBODY_REPLIES)) for rate in (0.05, 0.5))
    assert hours(many) > hours(few)
    both = [
        (one, other)
        for run, strained in zip(few, many, strict=True)
        for one, other in zip(map(registered, run.cases()), map(registered, strained.cases()), strict=True)
        if one and other
    ]
    assert sum(other.at for _, other in both) > sum(one.at for one, _ in both)


def test_a_pre_filled_form_saves_work_under_every_method() -> None:
    blank = (
        "defects.rate=0.12",
        "defects.rate_without_preset=0.65",
        "withdrawals.share=0.0",
        "corrections.p_reply=1.0",
    )
    preset, empty = (
        planned(a_season(*SHIPPED, *blank, f"defects.share_without_preset={share}")) for share in (0.0, 1.0)
    )
    for saving, wasting in zip(preset, empty, strict=True):
        assert hours([saving]) < hours([wasting])
        assert saving.report().corrections_requested < wasting.report().corrections_requested


def test_twins_find_the_same_defects(town: list[VirtualRun]) -> None:
    asked = [
        {
            line.submission_id.partition("-")[2]
            for line in run.lines(run.spec.end)
            if line.n == 0 and line.action is action
        }
        for run in town
        for action in (Action.REQUEST_CORRECTION,)
    ]
    assert asked[0] == asked[1]
    assert {run.spec.twin_method for run in town} == {LinkageMethod.TRANSCRIPTION, LinkageMethod.BATCH_IMPORT}


def test_in_an_outage_a_reply_waits_for_the_line() -> None:
    """A reply filed in time is fetched when the line is back, within the grace, and counts."""
    scenario = a_season(*SHIPPED, "corrections.grace='5 d'", "withdrawals.share=0.0", "defects.rate_of_replies=0.0")
    outage = "line.outages=[{ start = 2021-06-08T00:00:00, length = '2 d' }]"
    down = load("smoke", [METHODS, UNSTRAINED, *scenario.overrides[2:], outage])
    before, after = planned(scenario), planned(down)
    start, end = after[0].spec.line.outages[0]
    fetched = [
        line.at for run in after for line in run.lines(down.end) if line.action in (Action.FETCH, Action.CORRECT)
    ]
    assert not [at for at in fetched if start <= at < end]
    taken_in = {
        (line.submission_id, line.at) for run in after for line in run.lines(down.end) if line.action is Action.CORRECT
    }
    waited = [
        reaction.case_id
        for run in after
        for reaction in run.reactions
        if reaction.kind is ReactionKind.REPLY
        and start <= reaction.at < end
        and any(case.endswith(reaction.case_id) and at >= end for case, at in taken_in)
    ]
    assert waited
    assert [run.report().arrivals for run in after] == [run.report().arrivals for run in before]
