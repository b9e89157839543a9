"""The ledger of a run, read from the four services: is every accepted case somewhere, and where?

The stages are read downstream first, so that a moving system gives no false alarm: what a stage claims to
know before its own watermark, the portal must have accepted before it is asked. Counts and fingerprints are
compared; ids are fetched only where they differ.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from shinsei.domain.errors import NotFoundError
from shinsei.domain.simtime import SimTime
from shinsei.season.outcome import Ledger

DOWNSTREAM_FIRST = ("core_systems", "app_mgmt", "linkage_server")
PORTAL = "portal"
ENDS = ("registered", "not_accepted", "withdrawn", "expired", "transferred", "dead_lettered")
IN_FLIGHT = "in_flight"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunKey:
    """One run of one municipality."""

    run_id: str
    municipality: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCount:
    """What one stage knows of a run."""

    stage: str
    watermark: SimTime
    known: int
    fingerprint: int
    lines: Mapping[tuple[str, str], int]
    """Cases by (ledger line, method)."""
    dead_letters: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLedger:
    """The ledger of one run, with what each stage said."""

    key: RunKey
    ledger: Ledger
    by_method: Mapping[str, Mapping[str, int]]
    """Ledger lines by method, of what application management has stored: before that a case has no method."""
    stages: tuple[StageCount, ...]
    missing: tuple[str, ...] = ()
    """The ids that make ``unaccounted``."""


class Stages(Protocol):
    """The ledger services of the four stages."""

    async def count(self, stage: str, key: RunKey, *, before: SimTime) -> StageCount:
        """Counts of a stage before a moment; 0 for before its own watermark."""

    async def ids(self, stage: str, key: RunKey, *, before: SimTime, line: str = "") -> set[str]:
        """Submission ids that a stage knows before a moment; with ``line``, those in that line of the ledger."""


async def read_ledger(stages: Stages, key: RunKey) -> RunLedger:
    """Reads all four stages and compares them."""
    counts = [await _claim(stages, stage, key) for stage in DOWNSTREAM_FIRST]
    missing: set[str] = set()
    for count in counts:
        missing |= await _missing(stages, key, count)
    portal = await stages.count(PORTAL, key, before=SimTime(0))
    everything = (*counts, portal)
    ends = {line: _best(everything, line) for line in ENDS}
    return RunLedger(
        key=key,
        ledger=Ledger(
            accepted=portal.known,
            **ends,
            in_flight=portal.known - sum(ends.values()),
            unaccounted=len(missing),
        ),
        by_method=_by_method(everything),
        stages=everything,
        missing=tuple(sorted(missing)),
    )


async def _claim(stages: Stages, stage: str, key: RunKey) -> StageCount:
    """What a stage knows before its own watermark; a run that has not reached it yet promises nothing."""
    try:
        return await stages.count(stage, key, before=SimTime(0))
    except NotFoundError:
        return StageCount(stage=stage, watermark=SimTime(0), known=0, fingerprint=0, lines={})


async def _missing(stages: Stages, key: RunKey, count: StageCount) -> set[str]:
    """Accepted ids behind the stage's watermark that it does not know."""
    if not count.watermark:
        return set()
    accepted = await stages.count(PORTAL, key, before=count.watermark)
    if (accepted.known, accepted.fingerprint) == (count.known, count.fingerprint):
        return set()
    known = await stages.ids(count.stage, key, before=count.watermark)
    missing = await stages.ids(PORTAL, key, before=count.watermark) - known
    if missing and count.stage == "core_systems":
        # What application management could not take in stands in its ledger and goes no further.
        missing -= await stages.ids("app_mgmt", key, before=count.watermark, line="dead_lettered")
    return missing


def _best(counts: Sequence[StageCount], line: str) -> int:
    """The count of the stage that knows most of a line; the first end of a case never changes again."""
    return max(sum(number for (name, _), number in count.lines.items() if name == line) for count in counts)


def _by_method(counts: Sequence[StageCount]) -> dict[str, dict[str, int]]:
    """A row a method: the ends as above; in flight is the rest of what the stage that knows most has of it."""
    ends: dict[str, dict[str, int]] = {}
    known: Counter[str] = Counter()
    for count in counts:
        for (line, method), number in count.lines.items():
            row = ends.setdefault(method, dict.fromkeys(ENDS, 0))
            if line in row:
                row[line] = max(row[line], number)
        here: Counter[str] = Counter()
        for (_, method), number in count.lines.items():
            here[method] += number
        known |= here
    return {
        method: {"accepted": known[method], **row, IN_FLIGHT: known[method] - sum(row.values())}
        for method, row in ends.items()
    }
