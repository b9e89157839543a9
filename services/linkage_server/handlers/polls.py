"""Which polls are due, what each takes, and when each case has been fetched: pure, by ``domain.polling``."""

from bisect import bisect_left
from collections.abc import Sequence

from linkage_server.handlers.model import ListedEntry, Polls, PollState, TakenEntry
from shinsei.domain.polling import (
    ENTRY_KINDS,
    PolledEntry,
    carried,
    fetch,
    first_poll,
    in_outage,
    last_poll,
    next_poll,
    poll_times,
    reaction_of,
)
from shinsei.domain.run import Change, RunSpec, case_id
from shinsei.domain.simtime import SimTime


def poll_after(spec: RunSpec, polled: SimTime | None) -> SimTime:
    """Time of the poll that follows the last one committed."""
    return first_poll(spec) if polled is None else next_poll(spec, polled)


def decide(
    spec: RunSpec, changes: Sequence[Change], state: PollState, entries: Sequence[ListedEntry], watermark: SimTime
) -> Polls | None:
    """Every poll that the watermark has reached, in order; None if there is none.

    Args:
        spec: the run.
        changes: all control changes that have been listed, these entries' among them.
        state: how far the polls have come.
        entries: what is listed and no committed poll has taken.
        watermark: the listing is complete up to here.
    """
    first = poll_after(spec, state.polled)
    listed = {_polled(entry): entry for entry in entries}
    waiting = sorted(listed)
    busy, working = state.busy_until, None
    count = failed = 0
    upto = first
    taken: list[TakenEntry] = []
    for at in poll_times(spec, SimTime(first - 1), watermark):
        filed = bisect_left(waiting, at, key=lambda entry: entry.stamp)
        due = waiting[:filed]
        served = carried(spec, changes, at, due)
        if in_outage(spec, changes, at):
            times = [(entry, at) for entry in served]
            failed += 1
        else:
            fetched, busy = fetch(spec, at, busy, served, changes)
            times = list(fetched)
            working = at
        taken += [_taken(listed[entry], at, fetched_at) for entry, fetched_at in times]
        if served:
            gone = set(served)
            waiting = [entry for entry in due if entry not in gone] + waiting[filed:]
        count, upto = count + 1, at
    if not count:
        return None
    return Polls(upto=upto, working=working, count=count, failed=failed, busy_until=busy, entries=in_order(taken))


def push_times(
    spec: RunSpec, changes: Sequence[Change], status: SimTime, pushed: SimTime
) -> tuple[SimTime, SimTime] | None:
    """The push that is due, and the last one up to it at which the line is up; None if no push is due.

    In an outage a push carries no case, but its watermark rises. The second time is ``pushed`` if the line has
    been down since.
    """
    at = last_poll(spec, status)
    if at is None or at <= pushed:
        return None
    working = at
    while working > pushed and in_outage(spec, changes, working):
        before = last_poll(spec, SimTime(working - 1))
        working = pushed if before is None else max(before, pushed)
    return at, SimTime(working)


def _polled(entry: ListedEntry) -> PolledEntry:
    is_change = entry.change is not None
    return PolledEntry(
        stamp=entry.stamp,
        kind=entry.kind,
        case_id=str(entry.n) if is_change else case_id(entry.submission_id),
        n=reaction_of(entry.n)[1] if entry.kind in ENTRY_KINDS.values() else 0,
        files=entry.files,
        size=entry.size,
    )


def _taken(entry: ListedEntry, poll_at: SimTime, fetched_at: SimTime) -> TakenEntry:
    return TakenEntry(
        receipt_number=entry.receipt_number,
        n=entry.n,
        stamp=entry.stamp,
        submission_id=entry.submission_id,
        poll_at=poll_at,
        fetched_at=fetched_at,
        change=entry.change,
    )


def in_order(taken: Sequence[TakenEntry]) -> list[TakenEntry]:
    """By the time of arrival; at the same moment changes first, then cases by their id."""
    return sorted(taken, key=lambda entry: (entry.fetched_at, entry.change is None, entry.n, entry.submission_id))
