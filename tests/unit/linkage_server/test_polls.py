"""Which polls are due and what they take; when a push may carry what."""

from dataclasses import replace
from typing import Any

from linkage_server.handlers.model import ListedEntry, PollState, TakenEntry
from linkage_server.handlers.polls import decide, poll_after, push_times
from shinsei.domain.polling import EntryKind, PolledEntry, fetch
from shinsei.domain.run import Change, ChangeKind
from shinsei.domain.simtime import HOUR_MS, MINUTE_MS, SimTime
from shinsei.testing import a_run_spec

SPEC = a_run_spec()
POLL = SPEC.poll.interval_ms
FRESH = PollState(started=True, polled=None, published=None, working=None, complete=None, busy_until=SPEC.start)


def at(minutes: float) -> SimTime:
    return SimTime(SPEC.start + int(minutes * MINUTE_MS))


def a_case(n: int, stamp: SimTime, size: int = 0) -> ListedEntry:
    return ListedEntry(
        receipt_number=f"{n:016d}",
        n=0,
        stamp=stamp,
        submission_id=f"482013-10-{n:06d}",
        files=0,
        size=size,
        change=None,
    )


def a_change(n: int, stamp: SimTime, **fields: Any) -> ListedEntry:
    change = Change(n=n, **{"at": stamp, "kind": ChangeKind.STAFF, "value": 1, **fields})
    return ListedEntry(receipt_number="change", n=n, stamp=stamp, submission_id="", files=0, size=0, change=change)


def an_outage(begins: SimTime, minutes: int) -> Change:
    return Change(at=begins, kind=ChangeKind.LINE, n=0, value=minutes)


def test_the_first_poll_is_at_the_start_of_the_run() -> None:
    assert poll_after(SPEC, None) == SPEC.start
    assert poll_after(SPEC, SPEC.start) == at(15)


def test_no_poll_is_due_before_its_watermark() -> None:
    assert decide(SPEC, (), FRESH, (), SimTime(SPEC.start - 1)) is None
    polls = decide(SPEC, (), FRESH, (), at(14))
    assert polls is not None
    assert (polls.upto, polls.count) == (SPEC.start, 1)


def test_a_poll_takes_what_was_filed_before_it_and_not_what_was_filed_at_it() -> None:
    entries = [a_case(1, at(14)), a_case(2, at(15)), a_case(3, at(29))]
    polls = decide(SPEC, (), FRESH, entries, at(30))
    assert polls is not None
    assert [(entry.submission_id[-1], entry.poll_at) for entry in polls.entries] == [
        ("1", at(15)),
        ("2", at(30)),
        ("3", at(30)),
    ]


def test_polls_taken_one_by_one_give_the_same_times_as_taken_together() -> None:
    entries = [a_case(n, at(n * 1.7), size=3_000_000) for n in range(60)]
    together = decide(SPEC, (), FRESH, entries, at(120))
    assert together is not None
    state, left = FRESH, list(entries)
    singly: list[TakenEntry] = []
    for quarter in range(9):
        polls = decide(SPEC, (), state, [e for e in left if e.stamp < at(quarter * 15)], at(quarter * 15))
        assert polls is not None
        singly += polls.entries
        taken = {entry.key for entry in polls.entries}
        left = [entry for entry in left if entry.key not in taken]
        state = PollState(
            started=True,
            polled=polls.upto,
            published=polls.upto,
            working=None,
            complete=None,
            busy_until=polls.busy_until,
        )
    assert sorted(singly, key=lambda e: (e.fetched_at, e.n)) == together.entries
    assert state.busy_until == together.busy_until


def test_the_times_are_those_of_the_line_model() -> None:
    entries = [a_case(1, at(1)), a_case(2, at(2))]
    polls = decide(SPEC, (), FRESH, entries, at(15))
    assert polls is not None
    _, busy = fetch(SPEC, SPEC.start, SPEC.start, ())
    polled = [PolledEntry(stamp=e.stamp, kind=EntryKind.SUBMISSION, case_id=e.submission_id[7:]) for e in entries]
    fetched, busy = fetch(SPEC, at(15), busy, polled)
    assert [entry.fetched_at for entry in polls.entries] == [moment for _, moment in fetched]
    assert polls.busy_until == busy


def test_replies_and_withdrawals_take_the_times_of_the_line_model_like_cases() -> None:
    case = a_case(1, at(1))
    reply, withdrawal = replace(case, n=2, stamp=at(3)), replace(case, n=-1, stamp=at(2))
    polls = decide(SPEC, (), FRESH, [case, reply, withdrawal], at(15))
    assert polls is not None
    assert [(entry.kind, entry.n) for entry in polls.entries] == [
        (EntryKind.SUBMISSION, 0),
        (EntryKind.WITHDRAWAL, -1),
        (EntryKind.REPLY, 2),
    ]
    _, busy = fetch(SPEC, SPEC.start, SPEC.start, ())
    polled = [
        PolledEntry(stamp=at(1), kind=EntryKind.SUBMISSION, case_id="10-000001"),
        PolledEntry(stamp=at(2), kind=EntryKind.WITHDRAWAL, case_id="10-000001"),
        PolledEntry(stamp=at(3), kind=EntryKind.REPLY, case_id="10-000001", n=1),
    ]
    fetched, busy = fetch(SPEC, at(15), busy, polled)
    assert [entry.fetched_at for entry in polls.entries] == [moment for _, moment in fetched]
    assert polls.busy_until == busy


def test_in_an_outage_cases_wait_and_changes_are_carried() -> None:
    outage = an_outage(at(15), 30)
    entries = [a_case(1, at(1)), a_change(5, at(2))]
    polls = decide(SPEC, (outage,), FRESH, entries, at(45))
    assert polls is not None
    assert (polls.count, polls.failed, polls.working) == (4, 2, at(45))
    assert [(entry.change is not None, entry.poll_at) for entry in polls.entries] == [(True, at(15)), (False, at(45))]


def test_an_outage_to_the_last_poll_leaves_the_line_as_it_was() -> None:
    outage = an_outage(SPEC.start, 60)
    polls = decide(SPEC, (outage,), FRESH, [a_case(1, at(1))], at(30))
    assert polls is not None
    assert (polls.upto, polls.working, polls.busy_until) == (at(30), None, SPEC.start)
    assert not polls.entries


def test_at_the_same_moment_changes_come_before_cases() -> None:
    entries = [a_case(1, at(1)), a_change(1, at(3)), a_change(0, at(2))]
    polls = decide(SPEC, (), FRESH, entries, at(15))
    assert polls is not None
    assert [entry.change.n if entry.change else None for entry in polls.entries] == [0, 1, None]


def test_a_push_is_due_at_the_last_poll_time_that_the_statuses_have_reached() -> None:
    assert push_times(SPEC, (), at(29), pushed=at(0)) == (at(15), at(15))
    assert push_times(SPEC, (), at(29), pushed=at(15)) is None


def test_a_push_in_an_outage_carries_only_what_was_due_before_it() -> None:
    outage = an_outage(at(60), 60)
    assert push_times(SPEC, (outage,), at(90), pushed=at(0)) == (at(90), at(45))
    assert push_times(SPEC, (outage,), at(105), pushed=at(90)) == (at(105), at(90))
    assert push_times(SPEC, (outage,), at(120), pushed=at(105)) == (at(120), at(120))


def test_long_silences_are_polled_through() -> None:
    polls = decide(SPEC, (), FRESH, (), SimTime(SPEC.start + 48 * HOUR_MS))
    assert polls is not None
    assert polls.count == 48 * HOUR_MS // POLL + 1
