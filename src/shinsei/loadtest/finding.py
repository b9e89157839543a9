"""The search on a live system: offers a rate, waits until it has settled, judges it, and lets what is left be done.

Between two steps nothing is asked until the cases of the one before are through: each rate is judged alone.
"""

from collections.abc import Callable
from dataclasses import dataclass

from shinsei.loadtest.arrivals import RateProfile
from shinsei.loadtest.books import Books
from shinsei.loadtest.order import Order, points_of
from shinsei.loadtest.search import Search, SearchSpec, Step
from shinsei.loadtest.search_section import SearchSection

LEAD_S = 1.0
TICKS_LATE_S = 2.0
"""What a worker did in a second is known this much later."""
FEW_OPEN = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One rate and what it brought."""

    per_s: float
    step: Step
    broken: tuple[str, ...]
    """Why it is not sustained; empty if it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search came to."""

    tried: tuple[Tried, ...]
    is_whole: bool
    """Whether it came to its own end."""

    @property
    def best(self) -> Tried | None:
        """The highest rate that was sustained; None if none was."""
        return max((one for one in self.tried if not one.broken), key=lambda one: one.per_s, default=None)

    @property
    def lowest_broken(self) -> Tried | None:
        """The lowest rate that was not; None if all were."""
        return min((one for one in self.tried if one.broken), key=lambda one: one.per_s, default=None)


class Searching:
    """Looks now and then, and does what is due.

    Args:
        section: how rates are tried and judged.
        books: what is measured.
        order: tells the generator.
        now_s: wall clock.
        spec: how rates are tried, where the section does not say it.
    """

    def __init__(
        self,
        section: SearchSection,
        books: Books,
        order: Callable[[Order], None],
        now_s: Callable[[], float],
        spec: SearchSpec | None = None,
    ) -> None:
        self._section = section
        self._books = books
        self._tell = order
        self._now_s = now_s
        self._search = Search(spec or section.spec())
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
        return f"trying {self._search.rate_per_s:.0f}/s ({self._search.phase}); {sustained}"

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
            if self._recovers_until_s and self._books.open_cases > FEW_OPEN and now_s < self._recovers_until_s:
                return
            self._begin(now_s)
        elif now_s > self._judged_until_s + TICKS_LATE_S:
            self._judge(now_s)

    def found(self) -> Found:
        """What it has come to so far."""
        return Found(tried=tuple(self._tried), is_whole=self._search.is_done)

    def _begin(self, now_s: float) -> None:
        section = self._section
        start_s = now_s + LEAD_S
        self._judged_from_s = start_s + section.settle / 1e3
        self._judged_until_s = self._judged_from_s + section.hold / 1e3
        length_s = (section.settle + section.hold) / 1e3
        self._order(start_s, RateProfile.constant(self._search.rate_per_s, length_s))

    def _judge(self, now_s: float) -> None:
        step = self._books.step(self._judged_from_s, self._judged_until_s)
        broken = step.broken(self._section.limits())
        self._tried.append(Tried(per_s=self._search.rate_per_s, step=step, broken=broken))
        self._search.judge(is_sustained=not broken, completed_per_s=step.completed_per_s)
        self._judged_until_s = 0.0
        self._recovers_until_s = now_s + self._section.recover / 1e3
        if self._search.is_done:
            self._is_over = True
            self._number += 1
            self._tell(Order(n=self._number, start_s=now_s, is_over=True))

    def _order(self, start_s: float, profile: RateProfile) -> None:
        self._number += 1
        self._tell(Order(n=self._number, start_s=start_s, points=points_of(profile)))
