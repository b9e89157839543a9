from app_mgmt.handlers.tracking import merge
from app_mgmt.handlers.values import StatusChange
from shinsei.contracts.codec import ACTIONS, transition_to_proto
from shinsei.domain.history import CaseTransition
from shinsei.domain.lifecycle import Action, Status
from shinsei.domain.simtime import SimTime


def a_change(case: str, *rows: tuple[int, Action]) -> StatusChange:
    transitions = [CaseTransition(at=SimTime(at), action=action, status=Status.CHECKED) for at, action in rows]
    forwarded = [(transition.sort_key, transition_to_proto(transition)) for transition in transitions]
    return StatusChange(submission_id=case, receipt_number=f"R-{case}", transitions=forwarded)


def test_both_inputs_of_a_case_become_one_change_in_order() -> None:
    office = a_change("a", (5, Action.CHECK), (5, Action.QUEUE_FOR_LINKAGE))
    own = a_change("a", (3, Action.FETCH), (3, Action.STORE))
    (merged,) = merge([office, own])
    assert [ACTIONS.from_proto(message.action) for _, message in merged.transitions] == [
        Action.FETCH,
        Action.STORE,
        Action.CHECK,
        Action.QUEUE_FOR_LINKAGE,
    ]
    assert merged.receipt_number == "R-a"


def test_cases_go_by_time_then_rank_then_id() -> None:
    changes = [
        a_change("c", (2, Action.FETCH)),
        a_change("b", (2, Action.CHECK)),
        a_change("a", (2, Action.CHECK)),
        a_change("d", (1, Action.NOTIFY)),
    ]
    assert [change.submission_id for change in merge(changes)] == ["d", "c", "a", "b"]
