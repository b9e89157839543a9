"""A narrow line and a slow scanner are changes of a run: they last from one poll to another, and are in its plan."""

from dataclasses import replace

from shinsei.domain.distributions import Distribution
from shinsei.domain.plan import VirtualRun
from shinsei.domain.polling import EntryKind, PolledEntry, fetch
from shinsei.domain.run import Change, ChangeKind, LineSpec, PollSpec
from shinsei.domain.simtime import MINUTE_MS, SECOND_MS, SimTime
from shinsei.domain.trace import trace_hash
from shinsei.scenario import load
from shinsei.testing import a_run_spec

LINE = LineSpec(bandwidth_mbps=8.0, call_latency_ms=0, form_kb=0.0, scan=Distribution(mean=2.0, cv=0.0))
SPEC = a_run_spec(poll=PollSpec(interval_ms=15 * MINUTE_MS, list_page=100), line=LINE)


def at(minutes: int) -> SimTime:
    return SimTime(SPEC.start + minutes * MINUTE_MS)


def change(kind: ChangeKind, minutes: int, value: int, n: int = 0) -> Change:
    return Change(at=at(minutes), kind=kind, n=n, value=value)


def took_ms(minutes: int, *changes: Change) -> int:
    """What the get of a case of a megabyte takes in the poll of this time: a second on the line, two for its form."""
    entry = PolledEntry(stamp=SPEC.start, kind=EntryKind.SUBMISSION, case_id="10-000001", size=1_000_000)
    return fetch(SPEC, at(minutes), SPEC.start, [entry], changes)[1] - at(minutes)


def test_a_narrow_line_takes_longer_for_bytes_from_its_poll_until_it_is_wide_again() -> None:
    changes = [change(ChangeKind.NARROW_LINE, 15, 10), change(ChangeKind.NARROW_LINE, 45, 100, 1)]
    usual = 3 * SECOND_MS
    assert [took_ms(minutes, *changes) for minutes in (0, 15, 30, 45)] == [usual, 12_000, 12_000, usual]


def test_a_slow_scanner_takes_longer_for_files_from_its_poll_until_it_is_itself_again() -> None:
    changes = [change(ChangeKind.SLOW_SCANNER, 15, 20), change(ChangeKind.SLOW_SCANNER, 30, 1, 1)]
    usual = 3 * SECOND_MS
    assert [took_ms(minutes, *changes) for minutes in (0, 15, 30)] == [usual, 41_000, usual]


def test_the_last_of_several_changes_at_one_moment_counts() -> None:
    changes = [change(ChangeKind.NARROW_LINE, 15, 50, 1), change(ChangeKind.NARROW_LINE, 15, 10, 0)]
    assert took_ms(15, *changes) == 4 * SECOND_MS


def test_a_change_that_leaves_the_line_as_it_is_changes_no_moment_of_a_plan() -> None:
    (spec,) = load("smoke", ["twins.methods=['RPA']", "municipality.population=300"]).run_specs("narrow")

    def planned(*changes: Change) -> str:
        run = VirtualRun(spec, changes)
        run.advance(spec.end)
        return trace_hash(run.lines(spec.end))

    same = [
        Change(at=SimTime(spec.start + 60 * MINUTE_MS), kind=kind, n=n, value=value)
        for n, (kind, value) in enumerate([(ChangeKind.NARROW_LINE, 100), (ChangeKind.SLOW_SCANNER, 1)])
    ]
    assert planned() == planned(*same) != planned(replace(same[0], value=1))
