"""The search on a live system: offers a rate, waits until it has settled, judges it, and lets what is left be done.

Between two steps nothing is asked until the cases of the one before are through: each rate is judged alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from shinsei.loadtest.arrivals import RateProfile
from shinsei.loadtest.books import Books
from shinsei.loadtest.order import Order, points_of
from shinsei.loadtest.search import Limits, Search, SearchSpec, Step
from shinsei.loadtest.search_section import SearchSection

LEAD_S = 1.0
TICKS_LATE_S = 2.0
"""What a worker did in a second is known this much later."""
FEW_OPEN = 1
LEAST_OFFERED_SHARE = 0.97
"""Of the rate that was ordered: below it another rate was tried, a lower one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One rate and what it brought."""

    per_s: float
    step: Step
    broken: tuple[str, ...]
    """Why it is not sustained; empty if it is."""
    undecided: str = ""
    """Why nothing can be said of it; empty if something can."""

    @property
    def is_sustained(self) -> bool:
        """Whether it is, by all that is known."""
        return self.verdict is True

    @property
    def verdict(self) -> bool | None:
        """Whether it is sustained; None where nothing can be said."""
        return None if self.undecided else not self.broken


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search came to."""

    tried: tuple[Tried, ...]
    is_whole: bool
    """Whether it has settled: what is sustained and what is not lie near enough."""

    @property
    def best(self) -> Tried | None:
        """The highest rate that was sustained, as it was tried last; None if none was.

        One that was broken later, when it was held for longer, was not.
        """
        last = {one.per_s: one for one in self.tried if not one.undecided}
        return max((one for one in last.values() if one.is_sustained), key=lambda one: one.per_s, default=None)

    @property
    def sustained_per_s(self) -> float | None:
        """What can be held by all that is known; None if nothing can."""
        return None if self.best is None else self.best.step.sustained_per_s

    @property
    def lowest_broken(self) -> Tried | None:
        """The lowest rate that was not; None if all were."""
        return min((one for one in self.tried if one.broken), key=lambda one: one.per_s, default=None)

    @property
    def is_lower_bound(self) -> bool:
        """Whether nothing above the best was too much: the search was cut off before it came to the maximum."""
        best = self.best
        return best is not None and not any(one.broken for one in self.tried if one.per_s >= best.per_s)


def tried(per_s: float, step: Step, limits: Limits, least_offered_per_s: float) -> Tried:
    """A rate and what became of it; where the generator was late, that is no verdict."""
    undecided = step.undecided(limits)
    broken = () if undecided else step.broken(limits, least_offered_per_s)
    return Tried(per_s=per_s, step=step, broken=broken, undecided=undecided)


class Searching:
    """Looks now and then, and does what is due.

    Args:
        section: how rates are tried and judged.
        books: what is measured.
        order: tells the generator.
        now_s: wall clock.
        spec: how rates are tried, where the section does not say it.
        grain: applications that come at once, by which the edges of a step may differ.
    """

    def __init__(
        self,
        section: SearchSection,
        books: Books,
        order: Callable[[Order], None],
        now_s: Callable[[], float],
        spec: SearchSpec | None = None,
        *,
        grain: int = 1,
    ) -> None:
        self._section = section
        self._books = books
        self._tell = order
        self._now_s = now_s
        self._search = Search(spec or section.spec())
        self._grain = grain
        self._hold_s = section.hold / 1e3
        self._limits = section.limits()
        self._confirmed_per_s: float | None = None
        self._tried: list[Tried] = []
        self._number = 0
        self._judged_from_s = 0.0
        self._judged_until_s = 0.0
        self._recovers_until_s = 0.0
        self._is_over = False

    @property
    def told(self) -> str:
        """What it is doing, for whoever watches."""
        best = self._search.highest_sustained_per_s
        sustained = "nothing sustained yet" if best is None else f"{best:.0f}/s sustained"
        doing = self._search.phase if self._confirmed_per_s is None else "held for longer"
        return f"trying {self._rate_per_s:.0f}/s ({doing}); {sustained}"

    @property
    def is_done(self) -> bool:
        """Whether it has come to its own end."""
        return self._is_over

    @property
    def is_between_steps(self) -> bool:
        """Whether nothing is tried at this moment."""
        return not self._judged_until_s

    def look(self) -> None:
        """Does what is due at this moment."""
        now_s = self._now_s()
        if self._is_over:
            return
        if not self._judged_until_s:
            if self._recovers_until_s and self._books.awaited_cases > FEW_OPEN and now_s < self._recovers_until_s:
                return
            self._begin(now_s)
        elif now_s > self._judged_until_s + TICKS_LATE_S:
            self._judge(now_s)

    def found(self) -> Found:
        """What it has come to so far."""
        found = Found(tried=tuple(self._tried), is_whole=False)
        is_kept = found.best is not None and found.best.per_s == self._search.highest_sustained_per_s
        return replace(found, is_whole=self._search.is_settled and is_kept)

    def confirm(self, per_s: float, hold_s: float) -> None:
        """Holds a rate for longer, as one more step, and judges it more strictly."""
        self._confirmed_per_s, self._hold_s = per_s, hold_s
        self._limits = self._section.limits_to_confirm()
        self._is_over = False

    def _begin(self, now_s: float) -> None:
        start_s, settle_s = now_s + LEAD_S, self._section.settle / 1e3
        self._judged_from_s = start_s + settle_s
        self._judged_until_s = self._judged_from_s + self._hold_s
        self._order(start_s, RateProfile.constant(self._rate_per_s, settle_s + self._hold_s))

    @property
    def _rate_per_s(self) -> float:
        return self._confirmed_per_s or self._search.rate_per_s

    def _judge(self, now_s: float) -> None:
        step, per_s = self._books.step(self._judged_from_s, self._judged_until_s), self._rate_per_s
        one = tried(per_s, step, self._limits, LEAST_OFFERED_SHARE * per_s - self._grain / self._hold_s)
        self._tried.append(one)
        if self._confirmed_per_s is None:
            self._search.judge(is_sustained=one.verdict, completed_per_s=step.completed_per_s)
        self._judged_until_s = 0.0
        self._recovers_until_s = now_s + self._section.recover / 1e3
        if self._search.is_done or self._confirmed_per_s is not None:
            self._is_over = True
            self._number += 1
            self._tell(Order(n=self._number, start_s=now_s, is_over=True))

    def _order(self, start_s: float, profile: RateProfile) -> None:
        self._number += 1
        self._tell(Order(n=self._number, start_s=start_s, points=points_of(profile)))
