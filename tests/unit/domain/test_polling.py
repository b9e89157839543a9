"""The poll schedule and the line model are arithmetic: the same entries, the same moments."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shinsei.domain.distributions import Distribution
from shinsei.domain.polling import (
    EntryKind,
    PolledEntry,
    carried,
    fetch,
    first_poll,
    in_outage,
    last_poll,
    next_poll,
    poll_times,
    visible_from,
)
from shinsei.domain.run import Change, ChangeKind, LineSpec, PollSpec, RunSpec
from shinsei.domain.simtime import HOUR_MS, MINUTE_MS, SECOND_MS, SimTime
from shinsei.testing.builders import a_run_spec

INTERVAL = 15 * MINUTE_MS
LINE = LineSpec(bandwidth_mbps=8.0, call_latency_ms=200, form_kb=0.0, scan=Distribution(mean=0.0))


def a_spec(line: LineSpec = LINE, page: int = 100) -> RunSpec:
    return a_run_spec(poll=PollSpec(interval_ms=INTERVAL, list_page=page), line=line)


SPEC = a_spec()
START = SPEC.start


def at(minutes: float) -> SimTime:
    return SimTime(START + round(minutes * MINUTE_MS))


def a_case(minutes: float, case_id: str = "10-000001", size: int = 0, files: int = 0) -> PolledEntry:
    return PolledEntry(stamp=at(minutes), kind=EntryKind.SUBMISSION, case_id=case_id, size=size, files=files)


def a_change(minutes: float) -> PolledEntry:
    return PolledEntry(stamp=at(minutes), kind=EntryKind.CHANGE, case_id="0")


def a_line_change(minutes: float, length_min: int, n: int = 0) -> Change:
    return Change(at=at(minutes), kind=ChangeKind.LINE, n=n, value=length_min)


offsets = st.integers(min_value=-3 * HOUR_MS, max_value=48 * HOUR_MS)


def test_the_first_poll_is_at_the_start_of_the_run() -> None:
    assert first_poll(SPEC) == START
    assert next_poll(SPEC, SimTime(START - 1)) == START
    assert list(poll_times(SPEC, SimTime(START - 1), at(30))) == [at(0), at(15), at(30)]


@given(offsets)
def test_the_next_poll_is_the_first_one_strictly_after(offset: int) -> None:
    moment = SimTime(START + offset)
    poll = next_poll(SPEC, moment)
    assert poll > moment
    assert (poll - START) % INTERVAL == 0
    assert poll == START or poll - INTERVAL <= moment


@given(offsets)
def test_the_last_poll_is_the_one_before_the_next(offset: int) -> None:
    moment = SimTime(START + offset)
    last = last_poll(SPEC, moment)
    assert last is None or (last <= moment and next_poll(SPEC, last) == next_poll(SPEC, moment))


@given(st.lists(offsets, min_size=2, max_size=5).map(sorted))
def test_poll_times_are_the_same_however_the_span_is_cut(cuts: list[int]) -> None:
    moments = [SimTime(START + cut) for cut in cuts]
    whole = list(poll_times(SPEC, moments[0], moments[-1]))
    assert [poll for a, b in pairwise(moments) for poll in poll_times(SPEC, a, b)] == whole


def test_a_poll_takes_what_was_filed_before_it_in_order_of_stamp_kind_and_case() -> None:
    entries = [a_case(3, "10-000002"), a_case(3, "10-000001"), a_change(3), a_case(15), a_case(1, "02-000001")]
    taken = carried(SPEC, (), at(15), entries)
    assert [(entry.kind, entry.case_id) for entry in taken] == [
        (EntryKind.SUBMISSION, "02-000001"),
        (EntryKind.CHANGE, "0"),
        (EntryKind.SUBMISSION, "10-000001"),
        (EntryKind.SUBMISSION, "10-000002"),
    ]


def test_in_an_outage_a_poll_carries_changes_but_no_case() -> None:
    down = a_spec(replace(LINE, outages=((at(10), at(40)),)))
    assert carried(down, (), at(15), [a_case(3), a_change(4)]) == (a_change(4),)
    assert carried(down, (), at(45), [a_case(3)]) == (a_case(3),)


def test_an_outage_is_half_open_and_a_control_change_makes_one_too() -> None:
    down = a_spec(replace(LINE, outages=((at(10), at(40)),)))
    assert [in_outage(down, (), moment) for moment in (at(9), at(10), at(39), at(40))] == [False, True, True, False]
    change = a_line_change(60, 30)
    assert [in_outage(SPEC, (change,), moment) for moment in (at(59), at(60), at(89), at(90))] == [
        False,
        True,
        True,
        False,
    ]


def test_a_list_call_and_a_get_cost_one_round_trip_each_and_bytes_take_the_line() -> None:
    # 1 MB over 8 Mbit/s takes one second.
    fetched, busy = fetch(SPEC, at(15), at(0), [a_case(1, size=1_000_000)])
    assert fetched[0][1] == at(15) + 200 + 200 + SECOND_MS
    assert busy == fetched[0][1]


def test_every_page_of_the_list_is_a_call() -> None:
    entries = [a_case(1, f"10-{n:06d}") for n in range(5)]
    _, one_page = fetch(SPEC, at(15), at(0), entries)
    _, three_pages = fetch(a_spec(page=2), at(15), at(0), entries)
    assert three_pages - one_page == 2 * 200


def test_an_empty_poll_costs_one_list_call() -> None:
    assert fetch(SPEC, at(15), at(0), []) == ((), at(15) + 200)


def test_every_file_is_checked_the_form_included() -> None:
    scanning = a_spec(replace(LINE, scan=Distribution(mean=2.0, cv=0.0)))
    (first,), _ = fetch(scanning, at(15), at(0), [a_case(1, files=2)])
    assert first[1] == at(15) + 400 + 3 * 2 * SECOND_MS


def test_a_poll_waits_for_a_line_that_is_still_busy() -> None:
    (first,), _ = fetch(SPEC, at(15), at(20), [a_case(1)])
    assert first[1] == at(20) + 400


def test_a_control_change_takes_effect_at_the_poll_and_costs_nothing() -> None:
    fetched, busy = fetch(SPEC, at(15), at(20), [a_change(1), a_case(1)])
    assert [moment for _, moment in fetched] == [at(15), at(20) + 400]
    assert fetch(SPEC, at(15), at(20), [a_case(1)])[1] == busy


@given(st.permutations([a_case(n % 7, f"10-{n:06d}", size=n * 1_000, files=n % 3) for n in range(12)]))
def test_the_order_of_the_listing_changes_nothing(entries: list[PolledEntry]) -> None:
    scanning = a_spec(replace(LINE, scan=Distribution(mean=1.0)))
    ordered = sorted(entries)
    fetched, busy = fetch(scanning, at(15), at(0), entries)
    assert (fetched, busy) == fetch(scanning, at(15), at(0), ordered)
    moments = [moment for _, moment in fetched]
    assert moments == sorted(set(moments))
    assert moments[0] > at(15)
    assert busy == moments[-1]


def test_a_status_is_visible_from_the_first_working_push_after_it() -> None:
    down = a_spec(replace(LINE, outages=((at(30), at(61)),)))
    assert visible_from(down, (), at(14)) == at(15)
    assert visible_from(down, (), at(15)) == at(75)
    assert visible_from(SPEC, (a_line_change(0, 20),), at(0)) == at(30)


def test_replies_and_withdrawals_are_fetched_like_cases_in_the_order_of_their_stamps() -> None:
    reply = PolledEntry(stamp=at(2), kind=EntryKind.REPLY, case_id="10-000009", n=1)
    withdrawal = PolledEntry(stamp=at(1), kind=EntryKind.WITHDRAWAL, case_id="10-000009")
    spec = a_spec(LineSpec(bandwidth_mbps=8.0, call_latency_ms=200, form_kb=1000.0, scan=Distribution(mean=0.0)))
    taken = carried(spec, (), at(15), [a_case(3), reply, withdrawal])
    assert [entry.kind for entry in taken] == [EntryKind.WITHDRAWAL, EntryKind.REPLY, EntryKind.SUBMISSION]
    fetched, busy = fetch(spec, at(15), at(15), taken)
    each = 200 + 1024
    assert [moment - at(15) for _, moment in fetched] == [200 + each, 200 + 2 * each, 200 + 3 * each]
    assert busy == fetched[-1][1]


def test_a_reply_waits_for_the_end_of_an_outage() -> None:
    reply = PolledEntry(stamp=at(1), kind=EntryKind.REPLY, case_id="10-000001")
    down = [a_line_change(10, 10)]
    assert carried(SPEC, down, at(15), [reply]) == ()
    assert carried(SPEC, down, at(30), [reply]) == (reply,)
