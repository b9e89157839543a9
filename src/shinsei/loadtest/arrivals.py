"""When load arrives: a rate over time, and Poisson, uniform or traced arrivals at that rate, shared over workers.

Arrivals never ask whether the system has answered: that is what makes the model open. Those of a rate that varies
are those of a constant one under another clock: the k-th arrival falls where the expected number of arrivals reaches
the k-th point of a unit process.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from math import log, sqrt

from shinsei.domain.draws import draw_block
from shinsei.domain.errors import InvalidInputError


class Process(StrEnum):
    """How arrivals are spaced."""

    POISSON = "poisson"
    """Independently of each other, as people who know nothing of each other."""
    UNIFORM = "uniform"
    """Evenly."""
    TRACE = "trace"
    """At given moments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RatePoint:
    """The rate at a moment; between two points it changes evenly."""

    at_s: float
    """Seconds from the start; two points at one moment are a step."""
    per_s: float
    """Arrivals a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateProfile:
    """A rate over time, from 0 to its last point; nothing arrives afterwards."""

    points: tuple[RatePoint, ...]
    _sums: tuple[float, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.points or self.points[0].at_s != 0:
            raise InvalidInputError("rate", "the first point must be at 0 s")
        if any(after.at_s < before.at_s for before, after in pairwise(self.points)):
            raise InvalidInputError("rate", "points must be in the order of time")
        if any(point.per_s < 0 for point in self.points):
            raise InvalidInputError("rate", "must not be negative")
        sums = [0.0]
        for before, after in pairwise(self.points):
            sums.append(sums[-1] + (after.at_s - before.at_s) * (before.per_s + after.per_s) / 2)
        object.__setattr__(self, "_sums", tuple(sums))

    @classmethod
    def constant(cls, per_s: float, duration_s: float) -> "RateProfile":
        """One rate for some seconds."""
        return cls(points=(RatePoint(at_s=0, per_s=per_s), RatePoint(at_s=duration_s, per_s=per_s)))

    @property
    def duration_s(self) -> float:
        """Seconds until the last point."""
        return self.points[-1].at_s

    @property
    def peak_per_s(self) -> float:
        """Its highest rate."""
        return max(point.per_s for point in self.points)

    @property
    def expected(self) -> float:
        """Arrivals to be expected in all."""
        return self._sums[-1]

    def per_s(self, at_s: float) -> float:
        """The rate at a moment; at a step, the later one."""
        if not 0 <= at_s <= self.duration_s:
            return 0.0
        after = bisect_right(self.points, at_s, key=lambda point: point.at_s)
        if after == len(self.points):
            return self.points[-1].per_s
        before, behind = self.points[after - 1], self.points[after]
        return before.per_s + (behind.per_s - before.per_s) * (at_s - before.at_s) / (behind.at_s - before.at_s)

    def scaled(self, factor: float) -> "RateProfile":
        """The same shape at another height."""
        return RateProfile(
            points=tuple(RatePoint(at_s=point.at_s, per_s=point.per_s * factor) for point in self.points)
        )

    def moment_of(self, number: float) -> float | None:
        """When this many arrivals are to be expected, in seconds; None if it never comes to so many."""
        if number > self.expected:
            return None
        after = max(1, bisect_left(self._sums, number))
        if after == len(self._sums):
            return self.duration_s
        before, behind = self.points[after - 1], self.points[after]
        return before.at_s + _time_for(number - self._sums[after - 1], before, behind)


def _time_for(number: float, before: RatePoint, behind: RatePoint) -> float:
    """Seconds behind a point until ``number`` more have come, if the rate changes evenly to the next point."""
    length = behind.at_s - before.at_s
    slope = (behind.per_s - before.per_s) / length if length else 0.0
    # The solution of number = rate·t + slope·t²/2 that also holds where the slope is 0.
    root = sqrt(max(before.per_s * before.per_s + 2 * slope * number, 0.0))
    return min(2 * number / (before.per_s + root), length) if number > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The part of one worker among several that offer the same load together."""

    index: int = 0
    """From 0."""
    of: int = 1


def arrivals(
    profile: RateProfile, process: Process, seed: int, subject: str, share: Share, trace: Sequence[float] = ()
) -> Iterator[float]:
    """The moments of one worker's arrivals, in seconds from the start, rising.

    Together the workers offer the whole profile: Poisson streams of a part each are one Poisson stream, and of even or
    traced arrivals every worker takes each ``of``-th.

    Args:
        profile: the rate of all workers together.
        process: how arrivals are spaced.
        seed: of the draws.
        subject: name of what arrives; another name, other arrivals.
        share: which worker.
        trace: seconds from the start of traced arrivals, rising; the profile only says when they end.
    """
    if process is Process.TRACE:
        yield from (at for at in trace[share.index :: share.of] if at <= profile.duration_s)
        return
    steps = _exponentials(seed, f"{subject}/{share.index}") if process is Process.POISSON else _even_steps(share)
    reached = 0.0
    for step in steps:
        # A Poisson worker gets a part of the rate: as if each of its arrivals weighed that of all workers.
        reached += step * share.of if process is Process.POISSON else step
        at = profile.moment_of(reached)
        if at is None:
            return
        yield at


def _exponentials(seed: int, subject: str) -> Iterator[float]:
    n = 0
    while True:
        yield from (-log(u) for u in draw_block(seed, subject, "arrival", n))
        n += 1


def _even_steps(share: Share) -> Iterator[float]:
    yield share.index + 1.0
    while True:
        yield float(share.of)
