"""One lost, doubled or misplaced transition changes the hash of a trace; the order of collection does not."""

from hypothesis import given
from hypothesis import strategies as st

from shinsei.domain.lifecycle import Action, Status
from shinsei.domain.simtime import SimTime
from shinsei.domain.trace import TraceLine, trace_hash

LINES = [
    TraceLine(submission_id="482013-10-000001", at=SimTime(1_000), action=Action.SUBMIT, status=Status.SUBMITTED),
    TraceLine(submission_id="482013-10-000001", at=SimTime(2_000), action=Action.FETCH, status=Status.FETCHED),
    TraceLine(submission_id="482013-10-000001", at=SimTime(2_000), action=Action.STORE, status=Status.STORED),
    TraceLine(submission_id="482013-10-000002", at=SimTime(1_500), action=Action.SUBMIT, status=Status.SUBMITTED),
]


def test_a_line_is_written_with_tabs_and_a_newline() -> None:
    assert LINES[1].render() == "482013-10-000001\t2000\t1\t0\tFETCH\tFETCHED\n"


@given(st.permutations(LINES))
def test_the_order_of_collection_does_not_matter(lines: list[TraceLine]) -> None:
    assert trace_hash(lines) == trace_hash(LINES)


def test_any_lost_doubled_or_changed_line_changes_the_hash() -> None:
    whole = trace_hash(LINES)
    for n, line in enumerate(LINES):
        assert trace_hash(LINES[:n] + LINES[n + 1 :]) != whole
        assert trace_hash([*LINES, line]) != whole
        moved = line._replace(at=SimTime(line.at + 1))
        assert trace_hash([*LINES[:n], moved, *LINES[n + 1 :]]) != whole


def test_lines_from_the_end_on_do_not_belong_to_the_trace() -> None:
    assert trace_hash(LINES, end=SimTime(2_000)) == trace_hash([LINES[0], LINES[3]])


def test_the_hash_of_nothing_is_that_of_no_bytes() -> None:
    assert trace_hash([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
