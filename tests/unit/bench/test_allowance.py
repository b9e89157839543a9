"""A client that is refused has fewer calls under way, and more again while they are taken."""

from bench.allowance import Allowance

MOST = 64


def begun(allowance: Allowance) -> list[int]:
    """As many calls as may be under way."""
    calls = []
    while allowance.has_room:
        calls.append(allowance.begin())
    return calls


def rounds(allowance: Allowance, count: int) -> list[int]:
    """So many times as many calls as may be are made and taken: how many they were."""
    seen = []
    for _ in range(count):
        calls = begun(allowance)
        seen.append(len(calls))
        for call in calls:
            allowance.taken(call)
    return seen


def refused_at(calls: int) -> Allowance:
    """Of so many calls under way one was refused, and the others were taken behind it."""
    allowance = Allowance(calls)
    while allowance.calls < calls:
        rounds(allowance, 1)
    first, *others = begun(allowance)
    allowance.refused(first)
    for call in others:
        allowance.taken(call)
    return allowance


def test_nobody_who_was_never_refused_has_fewer_than_the_most_for_long() -> None:
    assert rounds(Allowance(MOST), 9) == [1, 2, 4, 8, 16, 32, 64, 64, 64]


def test_a_refusal_leaves_seven_tenths_and_every_round_after_it_brings_one_more() -> None:
    allowance = refused_at(10)
    assert rounds(allowance, 3) == [7, 8, 9]


def test_after_a_refusal_there_are_never_more_than_the_most_either() -> None:
    assert rounds(refused_at(10), 20)[-1] == 10


def test_those_refused_together_count_once() -> None:
    allowance = Allowance(10)
    rounds(allowance, 4)
    for call in begun(allowance):
        allowance.refused(call)
    assert allowance.calls == 7


def test_a_call_that_began_before_a_refusal_and_is_taken_brings_nothing() -> None:
    assert refused_at(10).calls == 7


def test_what_was_allowed_and_not_used_is_not_what_is_cut() -> None:
    allowance = Allowance(MOST)
    for _ in range(2 * MOST):
        allowance.taken(allowance.begin())
    assert allowance.calls == MOST
    crowd = [allowance.begin() for _ in range(10)]
    allowance.refused(crowd[0])
    assert allowance.calls == 7


def test_one_call_may_always_be_under_way() -> None:
    allowance = Allowance(MOST)
    for _ in range(5):
        assert allowance.has_room
        allowance.refused(allowance.begin())
    assert begun(allowance) == [5]


def test_as_long_as_all_are_under_way_none_may_begin() -> None:
    allowance = Allowance(MOST)
    call = allowance.begin()
    assert not allowance.has_room
    allowance.refused(call)
    assert allowance.has_room
