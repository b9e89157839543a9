"""A forecast is made of replays of the rest, and looks at nothing that nobody can know yet."""

from dataclasses import replace

import pytest

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.demand import filing_closes, filings
from shinsei.domain.forecast import Prospect, Question, Replay, _filings, forecast, left_at_target, replay
from shinsei.domain.horizon import target_of
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.plan import VirtualRun
from shinsei.domain.remedy import remedies
from shinsei.domain.run import Change, ChangeKind, RunSpec
from shinsei.domain.simtime import DAY_MS, SimTime, day_number
from shinsei.scenario import load


@pytest.fixture(scope="module")
def spec() -> RunSpec:
    found = load("smoke", ["twins.methods=['TRANSCRIPTION']"]).run_specs("run")[0]
    return replace(found, doubles=replace(found.doubles, p_online=0.1))


@pytest.fixture
def question(spec: RunSpec) -> Question:
    deadline = filing_closes(spec)
    return Question(
        spec=spec,
        changes=(),
        now=SimTime(deadline - 5 * DAY_MS),
        deadline=deadline,
        target=target_of(deadline, 10, BusinessCalendar(spec.calendar)),
    )


def test_a_target_lies_working_days_behind_the_last_day_of_filing(spec: RunSpec) -> None:
    """15 June 2021 is a Tuesday: ten working days later it is Tuesday, 29 June, and the target is its end."""
    found = target_of(filing_closes(spec), 10, BusinessCalendar(spec.calendar))
    assert (found - filing_closes(spec)) / DAY_MS == 14


def test_the_past_is_kept_as_it_was_and_the_future_is_drawn_anew(question: Question) -> None:
    known = {filing.case_id: filing for filing in filings(question.spec)}
    found = _filings(question, seed=99)
    assert {filing.case_id for filing in found if filing.original is None and filing.at < question.now} == {
        name for name, filing in known.items() if filing.original is None and filing.at < question.now
    }
    assert not {filing.case_id for filing in found if (filing.original or filing).at >= question.now} & known.keys()
    assert len({filing.case_id for filing in found}) == len(found)


def test_a_replay_with_its_own_lots_ends_where_the_season_ends(question: Question) -> None:
    """With the season's seed and everything filed, a replay is the season itself."""
    over = replace(question, now=question.spec.end)
    found = replay(over, question.spec.seed)
    run = VirtualRun(question.spec)
    run.advance(question.spec.end)
    in_time = {case.filing.case_id: case.lines for case in run.cases() if case.filing.at < question.deadline}
    registered = [next(line.at for line in lines if line.action == "REGISTER") for lines in in_time.values()]
    assert found.through == day_number(max(registered))
    assert found.left_at_target == sum(at >= question.target for at in registered)


def test_without_clerks_a_season_is_lost_and_clerks_are_the_remedy(question: Question) -> None:
    nobody = Change(at=question.spec.start, kind=ChangeKind.STAFF, n=1, value=0)
    empty = replace(question, changes=(nobody,))
    found = replay(empty, 7)
    assert found.through is None
    assert found.left_at_target > 0
    (remedy,) = remedies(empty, LinkageMethod.TRANSCRIPTION, 7)
    assert remedy.kind is ChangeKind.STAFF
    assert 1 <= remedy.value <= 8
    helped = replace(nobody, at=empty.now, n=2, value=remedy.value)
    assert replay(replace(empty, changes=(nobody, helped)), 7).left_at_target == 0


def test_whether_a_change_does_is_replayed_to_the_target_and_no_further(
    question: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = replace(question, target=SimTime(question.deadline + 3 * DAY_MS))
    empty = replace(question, changes=(Change(at=question.spec.start, kind=ChangeKind.STAFF, n=1, value=0),))
    expected = [replay(one, 7).left_at_target for one in (question, empty)]
    gone_to: list[SimTime] = []
    advance = VirtualRun.advance

    def noted(run: VirtualRun, to: SimTime) -> None:
        gone_to.append(to)
        advance(run, to)

    monkeypatch.setattr(VirtualRun, "advance", noted)
    assert [left_at_target(one, 7) for one in (question, empty)] == expected
    assert expected[1] > 0
    assert max(gone_to) == question.target < question.spec.end


def test_prospects_follow_from_how_many_replays_meet_the_target() -> None:
    met, missed = Replay(through=10, left_at_target=0), Replay(through=20, left_at_target=5)
    never = Replay(through=None, left_at_target=9)
    assert forecast([]).prospect is Prospect.UNKNOWN
    assert forecast([met, met]).prospect is Prospect.SAFE
    assert forecast([missed, never]).prospect is Prospect.LOST
    mixed = forecast([never, met, missed])
    assert (mixed.prospect, mixed.met) == (Prospect.AT_RISK, 1)
    assert (mixed.early, mixed.likely, mixed.late, mixed.left_at_target) == (10, 20, None, 5)
