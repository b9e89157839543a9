"""The linkage server's poll schedule and the line it pulls over: when each case has been fetched.

The municipality pulls (電子申請等情報受取等API): list the receipt numbers page by page, get the cases one by
one over the LGWAN line, check every file. Polls and pushes share one schedule. All of it is arithmetic on
simulated time, so that a linkage server which is slow, killed or late computes the same moments again.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from shinsei.domain.applicants import Reaction, ReactionKind
from shinsei.domain.demand import is_test_file
from shinsei.domain.distributions import Distribution
from shinsei.domain.draws import KEPT, draw
from shinsei.domain.run import Change, ChangeKind, RunSpec, TakenAs
from shinsei.domain.simtime import MINUTE_MS, SECOND_MS, SimTime

_BITS_PER_BYTE = 8
_BYTES_PER_KB = 1_024
_BITS_PER_MEGABIT = 1_000_000
_ALL = 100


class EntryKind(IntEnum):
    """What a municipality pulls; at the same stamp in this order."""

    CHANGE = 0
    SUBMISSION = 1
    REPLY = 2
    """An applicant's reply to a correction request: the corrected form."""
    WITHDRAWAL = 3


ENTRY_KINDS: Mapping[ReactionKind, EntryKind] = MappingProxyType(
    {ReactionKind.REPLY: EntryKind.REPLY, ReactionKind.WITHDRAWAL: EntryKind.WITHDRAWAL}
)
"""The entry that a reaction becomes."""

_WITHDRAWAL_N = -1


def entry_n(kind: ReactionKind, n: int) -> int:
    """Number of a reaction's entry under its receipt number; the submission's is 0."""
    return n + 1 if kind is ReactionKind.REPLY else _WITHDRAWAL_N


def reaction_of(n: int) -> tuple[ReactionKind, int]:
    """Kind of reaction, and which request it answers, of the entry with a number other than 0."""
    return (ReactionKind.WITHDRAWAL, 0) if n == _WITHDRAWAL_N else (ReactionKind.REPLY, n - 1)


def kind_of(n: int, *, is_change: bool) -> EntryKind:
    """What the entry with a number is."""
    if is_change:
        return EntryKind.CHANGE
    return ENTRY_KINDS[reaction_of(n)[0]] if n else EntryKind.SUBMISSION


def reaction_entry(reaction: Reaction) -> "PolledEntry":
    """What a municipality pulls of a reaction: a form without attachments."""
    return PolledEntry(stamp=reaction.at, kind=ENTRY_KINDS[reaction.kind], case_id=reaction.case_id, n=reaction.n)


class PolledEntry(NamedTuple):
    """An entry of a listing; entries sort in the order in which a poll takes them.

    A named tuple and no dataclass: a poll makes and sorts one a case.
    """

    stamp: SimTime
    """When it was filed at the portal."""
    kind: EntryKind
    case_id: str
    """Case id, or the ordinal of a control change as text."""
    n: int = 0
    """Which request a reply answers, from 0; 0 for all else."""
    files: int = 0
    size: int = 0
    """Bytes of all attachments."""


def first_poll(spec: RunSpec) -> SimTime:
    """Time of the first poll: the start of the run."""
    return spec.start


def next_poll(spec: RunSpec, at: SimTime) -> SimTime:
    """The first poll time strictly after ``at``."""
    if at < spec.start:
        return spec.start
    interval = spec.poll.interval_ms
    return SimTime(spec.start + ((at - spec.start) // interval + 1) * interval)


def last_poll(spec: RunSpec, at: SimTime) -> SimTime | None:
    """The last poll time not after ``at``; None before the first."""
    if at < spec.start:
        return None
    interval = spec.poll.interval_ms
    return SimTime(spec.start + (at - spec.start) // interval * interval)


def poll_times(spec: RunSpec, after: SimTime, upto: SimTime) -> Iterator[SimTime]:
    """Poll times after ``after``, up to and including ``upto``."""
    poll = next_poll(spec, after)
    while poll <= upto:
        yield poll
        poll = next_poll(spec, poll)


def in_outage(spec: RunSpec, changes: Iterable[Change], at: SimTime) -> bool:
    """Whether the line is down at ``at``, by the scenario's outages or by a control change."""
    if any(start <= at < end for start, end in spec.line.outages):
        return True
    return any(
        change.kind is ChangeKind.LINE and change.at <= at < change.at + change.value * MINUTE_MS for change in changes
    )


def carried(
    spec: RunSpec, changes: Iterable[Change], poll_at: SimTime, entries: Iterable[PolledEntry]
) -> tuple[PolledEntry, ...]:
    """Which of the entries listed so far the poll of ``poll_at`` takes, in its order.

    Those filed before it. In an outage only control changes, which belong to the experiment and travel on
    the management network; the cases wait for the first poll that succeeds.
    """
    down = in_outage(spec, changes, poll_at)
    taken = (entry for entry in entries if entry.stamp < poll_at and not (down and entry.kind is not EntryKind.CHANGE))
    return tuple(sorted(taken))


def fetch(
    spec: RunSpec,
    poll_at: SimTime,
    busy_until: SimTime,
    entries: Sequence[PolledEntry],
    changes: Sequence[Change] = (),
) -> tuple[tuple[tuple[PolledEntry, SimTime], ...], SimTime]:
    """The moment at which each entry of a poll has been fetched, and until when the line is busy.

    The line serves one call after another: one list call per page (at least one), then for each case one
    get, its bytes over the bandwidth and the check of its files. A poll that finds the line busy with the
    one before waits. Control changes cost nothing and take effect at the time of the poll; a number whose case
    the portal has removed is listed, and there is nothing to get. The whole poll is served by the line as control
    changes have left it at its time.
    """
    line = _line_at(changes, poll_at)
    ordered = sorted(entries)
    cases = sum(entry.kind is not EntryKind.CHANGE for entry in ordered)
    pages = max(1, -(-cases // spec.poll.list_page))
    busy = max(poll_at, busy_until) + pages * spec.line.call_latency_ms
    fetched: list[tuple[PolledEntry, SimTime]] = []
    for entry in ordered:
        if entry.kind is EntryKind.CHANGE:
            fetched.append((entry, poll_at))
            continue
        if not has_lapsed(spec, entry.kind, entry.stamp, poll_at):
            busy += _get_ms(spec, entry, line)
        fetched.append((entry, SimTime(busy)))
    return tuple(fetched), SimTime(busy)


def has_lapsed(spec: RunSpec, kind: EntryKind, stamp: SimTime, poll_at: SimTime) -> bool:
    """Whether the portal has removed a submission by the time of the poll that lists its number.

    Replies and withdrawals are kept: they say nothing without their case, and their own periods are shorter [A].
    """
    retention = spec.retention
    return retention is not None and kind is EntryKind.SUBMISSION and poll_at - stamp > retention.window_ms


def taken_as(
    spec: RunSpec, files: Collection[str], *, lapsed: bool, case_id: str = "", corrupt_percent: int = 0
) -> TakenAs:
    """In which state a submission comes in, from the names of its attachments and from chance."""
    if lapsed:
        return TakenAs.LAPSED
    # Where nobody can ask for a file again, the case goes on without it.
    if spec.corrections is None or not files:
        return TakenAs.WHOLE
    is_corrupt = corrupt_percent > 0 and draw(spec.seed, case_id, "corrupt payload") * _ALL < corrupt_percent
    return TakenAs.QUARANTINED if is_corrupt or any(is_test_file(name) for name in files) else TakenAs.WHOLE


def corrupt_percent(changes: Iterable[Change], poll_at: SimTime) -> int:
    """Of how many cases with files a poll has one held back, by control changes."""
    return _last(changes, poll_at).get(ChangeKind.CORRUPT_PAYLOAD, 0)


def visible_from(spec: RunSpec, changes: Iterable[Change], at: SimTime) -> SimTime:
    """When applicants see what happened at ``at``: the first push after it that is not in an outage."""
    known = tuple(changes)
    push = next_poll(spec, at)
    while in_outage(spec, known, push):
        push = next_poll(spec, push)
    return push


class _Line(NamedTuple):
    """What control changes have left of the line."""

    percent: int = _ALL
    """Of its bandwidth."""
    scan_times: int = 1
    """By which a virus check is longer than usual."""


def _line_at(changes: Sequence[Change], at: SimTime) -> _Line:
    """The line at a moment, by the last change of each kind that is in effect."""
    if not changes:
        return _WHOLE
    last = _last(changes, at)
    return _Line(percent=last.get(ChangeKind.NARROW_LINE, _ALL), scan_times=last.get(ChangeKind.SLOW_SCANNER, 1))


def _last(changes: Iterable[Change], at: SimTime) -> dict[ChangeKind, int]:
    """The value of the last change of each kind that is in effect."""
    return {change.kind: change.value for change in sorted(changes, key=lambda one: (one.at, one.n)) if change.at <= at}


_WHOLE = _Line()


def _get_ms(spec: RunSpec, entry: PolledEntry, left: _Line) -> int:
    """Time of one get on the line, whole milliseconds, at least 1."""
    line = spec.line
    size = entry.size + line.form_kb * _BYTES_PER_KB
    # Exactly the line's own where nothing has been changed.
    mbps = line.bandwidth_mbps if left.percent == _ALL else line.bandwidth_mbps * left.percent / _ALL
    transfer = size * _BITS_PER_BYTE / (mbps * _BITS_PER_MEGABIT) * SECOND_MS
    # The form data is a file too.
    purpose = "scan" if entry.kind is EntryKind.SUBMISSION else f"scan-{entry.kind.name}-{entry.n}"
    scans_s = _scans_s(spec.seed, line.scan, entry.case_id, purpose, entry.files + 1)
    return max(1, line.call_latency_ms + round(transfer + scans_s * left.scan_times * SECOND_MS))


@lru_cache(maxsize=KEPT)
def _scans_s(seed: int, scan: Distribution, case_id: str, purpose: str, files: int) -> float:
    """Seconds that the checks of so many files take."""
    return sum(scan.sample(draw(seed, case_id, purpose, n)) for n in range(files))
