"""What many seasons come to: a table for a person, and the same as data."""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from shinsei.testing.simulated.fates import CRASHES, Fate
from simulation.case import case_of
from simulation.play import play


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Sums over seasons."""

    seasons: int = 0
    applications: int = 0
    met: Counter[Fate] = field(default_factory=Counter)
    """What was done to processes."""
    switches: int = 0
    virtual_s: float = 0.0
    cpu_s: float = 0.0
    failed: list[int] = field(default_factory=list)
    """Their seeds."""

    def __add__(self, other: Self) -> "Figures":
        return Figures(
            seasons=self.seasons + other.seasons,
            applications=self.applications + other.applications,
            met=self.met + other.met,
            switches=self.switches + other.switches,
            virtual_s=self.virtual_s + other.virtual_s,
            cpu_s=self.cpu_s + other.cpu_s,
            failed=self.failed + other.failed,
        )

    def lines(self) -> list[str]:
        """For a person."""
        crashes = sum(self.met[fate] for fate in CRASHES)
        return [
            f"seasons          {self.seasons:>12,}   (applications: {self.applications:,})",
            f"failures         {len(self.failed):>12,}" + (f"   seeds {self.failed[:10]}" if self.failed else ""),
            f"crashes          {crashes:>12,}",
            *(f"{fate:16} {self.met[fate]:>12,}" for fate in Fate if fate not in CRASHES),
            f"changes of turn  {self.switches:>12,}",
            f"virtual seconds  {self.virtual_s:>12,.0f}",
            f"CPU seconds      {self.cpu_s:>12,.1f}   ({1000 * self.cpu_s / max(1, self.seasons):.0f} ms a season)",
        ]

    def as_json(self, *, first: int) -> dict[str, Any]:
        """For a program."""
        return {
            "first_seed": first,
            "seasons": self.seasons,
            "applications": self.applications,
            "failed_seeds": self.failed,
            "met": {fate.value: self.met[fate] for fate in Fate},
            "switches": self.switches,
            "virtual_s": round(self.virtual_s, 1),
            "cpu_s": round(self.cpu_s, 1),
        }


def figures_of(seeds: Iterable[int]) -> Figures:
    """Plays the seasons of these seeds."""
    total = Figures()
    for seed in seeds:
        began_s = time.process_time()
        outcome = play(case_of(seed))
        total += Figures(
            seasons=1,
            applications=len(outcome.case.filings),
            met=Counter(one.fate for one in outcome.met),
            switches=outcome.switches,
            virtual_s=outcome.virtual_s,
            cpu_s=time.process_time() - began_s,
            failed=[] if outcome.failure is None else [seed],
        )
    return total
