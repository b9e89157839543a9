"""Replays that were made for moments far apart are no forecast together."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from shinsei.domain.forecast import Question, Replay
from shinsei.domain.simtime import DAY_MS, HOUR_MS, SimTime
from shinsei.room.replays import LEAST_MS, REPLAYS, SHARE, Replays, good_for_ms

if TYPE_CHECKING:
    from tests.unit.room.conftest import MakeTwin

OLD, NEW = Replay(through=9, left_at_target=3), Replay(through=1, left_at_target=0)


@pytest.fixture
def question(a_twin: "MakeTwin") -> Question:
    """On the evening of 10 June, five days and some hours before the deadline."""
    asked: Question = a_twin().question
    return asked


def after(question: Question, ms: int) -> Question:
    return replace(question, now=SimTime(question.now + ms))


def test_a_replay_counts_for_a_share_of_what_was_left_until_the_deadline_and_behind_it_until_the_target(
    question: Question,
) -> None:
    deadline, target = question.deadline, question.target
    assert good_for_ms(question, SimTime(deadline - 8 * HOUR_MS)) == 8 * HOUR_MS // SHARE
    assert good_for_ms(question, SimTime(deadline - 1)) == LEAST_MS
    assert good_for_ms(question, deadline) == (target - deadline) // SHARE > DAY_MS
    assert good_for_ms(question, SimTime(target + DAY_MS)) == LEAST_MS


def test_one_that_was_made_too_long_before_the_newest_does_not_count_beside_it(question: Question) -> None:
    good_for = good_for_ms(question, question.now)
    for passed, together in ((good_for, (OLD, NEW)), (good_for + 1, (NEW,))):
        replays = Replays()
        replays.add(question, OLD)
        replays.add(after(question, passed), NEW)
        assert replays.together == together


def test_the_newest_counts_however_old_it_is_and_says_so(question: Question) -> None:
    replays = Replays()
    assert (replays.as_of, replays.is_too_old(question)) == (None, True)
    replays.add(question, OLD)
    good_for = good_for_ms(question, question.now)
    assert [replays.is_too_old(after(question, ms)) for ms in (0, good_for, good_for + 1)] == [False, False, True]
    assert (replays.as_of, replays.together) == (question.now, (OLD,))


def test_what_was_made_before_it_is_begun_anew_gives_way_to_the_first_that_is_made_then(question: Question) -> None:
    replays, now = Replays(), after(question, HOUR_MS)
    replays.add(question, OLD)
    replays.begin_anew(now.now)
    assert replays.together == (OLD,), "until then there is no other"
    replays.add(after(question, 1), OLD)
    assert replays.together == (OLD,), "which was under way"
    for _ in range(2):
        replays.add(now, NEW)
    assert list(replays.together) == [NEW, NEW]


def test_no_more_than_the_newest_few_count(question: Question) -> None:
    replays = Replays()
    for _ in range(2 * REPLAYS):
        replays.add(question, NEW)
    assert len(replays.together) == REPLAYS
