"""The search for the highest rate that is sustained: slow start, then additive increase and multiplicative decrease.

A rate is sustained when completions keep up with arrivals, the oldest open case does not age and latency stays within
its limit; that the portal still says yes is not enough. The search only decides which rate to try next. Where the
generator itself was late nothing is known of a rate: the same is tried once more, and then a lower one.
"""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from math import inf

from shinsei.domain.errors import InvalidInputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What sustained means."""

    least_completed_share: float
    """Completed over offered of one step, at least."""
    most_ageing_s: float
    """Seconds by which the oldest open case may be older at the end of a step than at its start, at most."""
    most_p99_s: float
    """p99 from the intended moment to registration, in seconds, at most."""
    most_refused_share: float = 0.0
    """Refused, failed or dropped over offered, at most."""
    most_lag_s: float = inf
    """Seconds by which the generator may be late (p99), to have tried a rate at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one rate brought, measured behind its warm-up."""

    offered_per_s: float
    completed_per_s: float
    refused_per_s: float
    """Refused, failed or dropped."""
    oldest_at_start_s: float
    oldest_at_end_s: float
    p50_s: float | None
    """From the intended moment to registration; None where nothing was registered."""
    p99_s: float | None
    lag_p99_s: float | None = None
    """How late the generator was; None where nobody said."""

    @property
    def sustained_per_s(self) -> float:
        """What of this rate can be held: completions beyond what came are a backlog of before, done in a lump."""
        return min(self.offered_per_s, self.completed_per_s)

    def undecided(self, limits: Limits) -> str:
        """Why nothing can be said of this rate; empty if something can."""
        if self.lag_p99_s is None or self.lag_p99_s <= limits.most_lag_s:
            return ""
        return f"the generator was {self.lag_p99_s:.2f} s late (p99)"

    def broken(self, limits: Limits, least_offered_per_s: float = 0.0) -> tuple[str, ...]:
        """Why this rate is not sustained; empty if it is.

        Args:
            limits: what sustained means.
            least_offered_per_s: what must have come, to have tried this rate at all.
        """
        found = []
        offered = self.offered_per_s
        if offered < least_offered_per_s:
            found.append(f"only {offered:.4g}/s came")
        if offered <= 0 or self.completed_per_s < limits.least_completed_share * offered:
            found.append(f"completed {self.completed_per_s:.4g}/s of {offered:.4g}/s offered")
        if self.refused_per_s > limits.most_refused_share * offered:
            found.append(f"refused, failed or dropped {self.refused_per_s:.4g}/s")
        ageing_s = self.oldest_at_end_s - self.oldest_at_start_s
        if ageing_s > limits.most_ageing_s:
            found.append(f"the oldest open case aged by {ageing_s:.1f} s")
        if self.p99_s is None or self.p99_s > limits.most_p99_s:
            shown = "none" if self.p99_s is None else f"{self.p99_s:.2f} s"
            found.append(f"p99 to registration {shown}")
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSpec:
    """How rates are tried."""

    first_per_s: float
    """Rate of the first step."""
    growth: float = 2.0
    """Factor between steps while every rate is sustained (slow start)."""
    increase_share: float = 0.1
    """What is added afterwards, as a share of the highest sustained rate."""
    decrease: float = 0.7
    """Factor on a rate that is not sustained."""
    resolution_share: float = 0.05
    """The search ends when the gap between sustained and not sustained is this share of the rate."""
    most_steps: int = 20

    def __post_init__(self) -> None:
        if not self.first_per_s > 0:
            raise InvalidInputError("search.first_per_s", "must be more than 0")
        if not self.growth > 1:
            raise InvalidInputError("search.growth", "must be more than 1")
        if not 0 < self.decrease < 1:
            raise InvalidInputError("search.decrease", "must lie between 0 and 1")
        if self.most_steps < 1:
            raise InvalidInputError("search.most_steps", "must be at least 1")


_BELOW_WHAT_WAS_DONE = 0.95


class Phase(StrEnum):
    """What the search is doing."""

    SLOW_START = "slow start"
    DECREASE = "decrease"
    INCREASE = "increase"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A rate that was tried."""

    per_s: float
    phase: Phase
    is_sustained: bool | None
    """None where the generator was late."""


class Search:
    """Tries rates one after the other: ``rate_per_s`` is the next one, ``judge`` tells what became of it."""

    def __init__(self, spec: SearchSpec) -> None:
        self._spec = spec
        self.phase = Phase.SLOW_START
        self.rate_per_s = spec.first_per_s
        self.trials: list[Trial] = []

    @property
    def highest_sustained_per_s(self) -> float | None:
        """The highest rate that was sustained; None if none was."""
        return max((trial.per_s for trial in self.trials if trial.is_sustained), default=None)

    @property
    def lowest_not_sustained_per_s(self) -> float | None:
        """The lowest rate that was not; None if all were."""
        return min((trial.per_s for trial in self.trials if trial.is_sustained is False), default=None)

    @property
    def _lowest_too_much_per_s(self) -> float | None:
        """The lowest rate that is not tried any more: it was not sustained, or the generator was late at it twice."""
        late = Counter(trial.per_s for trial in self.trials if trial.is_sustained is None)
        found = [per_s for per_s, times in late.items() if times > 1]
        broken = self.lowest_not_sustained_per_s
        return min([*found, broken] if broken is not None else found, default=None)

    @property
    def is_done(self) -> bool:
        """Whether there is nothing left to try."""
        return self.phase is Phase.DONE

    @property
    def is_settled(self) -> bool:
        """Whether what is sustained and what is not lie so near each other as is wished for."""
        return self._is_near(self.lowest_not_sustained_per_s)

    def _is_near(self, above: float | None) -> bool:
        best = self.highest_sustained_per_s
        return best is not None and above is not None and above - best <= self._spec.resolution_share * best

    def judge(self, *, is_sustained: bool | None, completed_per_s: float = 0.0) -> None:
        """Takes what became of the present rate and decides on the next.

        What was completed of a rate that was too high is a first guess at what can be. None is no verdict: the
        generator was late.
        """
        spec, tried = self._spec, self.rate_per_s
        self.trials.append(Trial(per_s=tried, phase=self.phase, is_sustained=is_sustained))
        best, too_much = self.highest_sustained_per_s, self._lowest_too_much_per_s
        if len(self.trials) >= spec.most_steps or self._is_near(too_much):
            self.phase = Phase.DONE
        elif is_sustained is None and too_much != tried:
            pass
        elif self.phase is Phase.SLOW_START and is_sustained:
            self.rate_per_s = tried * spec.growth
        elif not is_sustained:
            # What was sustained once is where the increase begins again.
            self.phase = Phase.DECREASE
            guess = 0.0 if is_sustained is None else _BELOW_WHAT_WAS_DONE * min(completed_per_s, tried)
            below = max(tried * spec.decrease, guess)
            if best is not None and best >= below:
                self._increase(best, tried)
            else:
                self.rate_per_s = below
        else:
            self._increase(tried, too_much)

    def _increase(self, sustained: float, broken: float | None) -> None:
        self.phase = Phase.INCREASE
        step = sustained * self._spec.increase_share
        if broken is not None:
            # Never a rate that is known to be too much: at most to the middle of what is open.
            step = min(step, (broken - sustained) / 2)
        self.rate_per_s = sustained + step
