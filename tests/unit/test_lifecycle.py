"""The lifecycle is one table: every (status, action) pair is either in it or refused."""

import itertools

import pytest

from shinsei.domain.errors import IllegalTransitionError
from shinsei.domain.lifecycle import ACTION_RANK, LEDGER_ENDS, TRANSITIONS, Action, Status, next_status


@pytest.mark.parametrize(("status", "action"), list(itertools.product([None, *Status], Action)))
def test_every_pair_follows_the_table_or_is_refused(status: Status | None, action: Action) -> None:
    """A pair that the table does not name never changes a case."""
    target = TRANSITIONS[status].get(action)
    if target is None:
        with pytest.raises(IllegalTransitionError) as caught:
            next_status("482013-10-000001", status, action)
        assert "482013-10-000001" in str(caught.value)
        assert str(action) in str(caught.value)
    else:
        assert next_status("482013-10-000001", status, action) is target


def test_every_status_is_reachable_from_a_submission() -> None:
    """A status that nothing leads to would be dead vocabulary."""
    reached: set[Status] = set()
    front: set[Status | None] = {None}
    while front:
        found = {target for status in front for target in TRANSITIONS[status].values()} - reached
        reached |= found
        front = set(found)
    assert reached == set(Status)


def test_every_status_but_the_ends_leads_to_an_end() -> None:
    """No case can be caught for ever in a status that the ledger does not count."""
    leads: set[Status] = set(LEDGER_ENDS)
    while True:
        more = {status for status in Status if leads & set(TRANSITIONS[status].values())} - leads
        if not more:
            break
        leads |= more
    beyond_registration = {Status.EXAMINED, Status.GRANTED, Status.DENIED, Status.NOTIFIED}
    assert leads | beyond_registration == set(Status)


def test_registration_is_passed_before_any_decision() -> None:
    """Not accepted ends a case before registration, denied is a decision after it."""
    before: set[Status] = set()
    front: set[Status | None] = {None}
    while front:
        found = {target for status in front for target in TRANSITIONS[status].values()} - before - {Status.REGISTERED}
        before |= found
        front = set(found)
    assert not before & {Status.EXAMINED, Status.GRANTED, Status.DENIED, Status.NOTIFIED}
    assert Action.NOT_ACCEPT not in TRANSITIONS[Status.REGISTERED]


def test_actions_are_ranked_without_ties() -> None:
    """Traces sort by the rank within one moment, so two actions may not share one."""
    assert len(set(ACTION_RANK.values())) == len(Action)
