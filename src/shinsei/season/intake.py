"""Cases that did not come in whole: files refused or held back, and cases that lapsed at the portal, of one city."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shinsei.domain.demand import Refusals, refusals_of
from shinsei.domain.lifecycle import Action
from shinsei.domain.linkage.activity import Activity
from shinsei.domain.simtime import DAY_MS, HOUR_MS, SimTime
from shinsei.domain.trace import TraceLine
from shinsei.season.cases import percentile
from shinsei.season.outcome import TwinOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeFigures:
    """All online cases of one city."""

    refused: Refusals
    """Filings that the portal's form check refused because of an attachment."""
    quarantined: int = 0
    """Cases of which the scanner held a file back."""
    clean_files: int = 0
    """Of these, those whose applicant has sent the file again."""
    quarantine_h: float | None = None
    """Median hours from the find until the file was there; None without one."""
    lapsed: int = 0
    """Cases that the portal had removed before they were fetched."""
    recovered: int = 0
    """Of these, those recovered by hand; each counts once in the ledger, like any other."""
    lost: int = 0
    """Of these, those that ended as expired because nothing could be recovered."""
    lapsed_first_at: SimTime | None = None
    """When the municipality heard of the first one."""
    recovery_hours: float = 0.0
    """Clerks' handling time for recovering them."""
    recovery_d: float | None = None
    """Median days from then until the case was there; None without one."""

    @property
    def is_empty(self) -> bool:
        """Whether every case came in whole."""
        return not (self.refused.refused or self.quarantined or self.lapsed)


def intake_of(twin: TwinOutcome) -> IntakeFigures:
    """The figures of one city up to the end of the season."""
    counts: Counter[str] = Counter()
    waits: dict[Action, list[float | None]] = {Action.QUARANTINE: [], Action.LAPSE: []}
    firsts: list[SimTime] = []
    for case in twin.cases:
        seen = _moments(line for line in case.lines if line.at < twin.end)
        for cause in waits.keys() & seen.keys():
            counts[cause] += 1
            if Action.RELEASE in seen:
                waits[cause].append(float(seen[Action.RELEASE] - seen[cause]))
        if Action.LAPSE in seen:
            firsts.append(seen[Action.LAPSE])
            counts["lost"] += Action.EXPIRE in seen and Action.RELEASE not in seen
    held, lapsed = waits[Action.QUARANTINE], waits[Action.LAPSE]
    return IntakeFigures(
        refused=refusals_of(twin.spec) or Refusals(),
        quarantined=counts[Action.QUARANTINE],
        clean_files=len(held),
        quarantine_h=_median(held, HOUR_MS),
        lapsed=counts[Action.LAPSE],
        recovered=len(lapsed),
        lost=counts["lost"],
        lapsed_first_at=min(firsts, default=None),
        recovery_hours=twin.office.hours.get(Activity.RECOVERY.value, 0.0),
        recovery_d=_median(lapsed, DAY_MS),
    )


def _moments(lines: Iterable[TraceLine]) -> dict[Action, SimTime]:
    """When each action happened first."""
    seen: dict[Action, SimTime] = {}
    for line in lines:
        seen.setdefault(line.action, line.at)
    return seen


def _median(waits: Sequence[float | None], unit_ms: int) -> float | None:
    middle = percentile(waits, 0.5)
    return None if middle is None else middle / unit_ms
