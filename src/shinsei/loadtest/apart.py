"""The search for what the infrastructure sustains, one linkage method and one way of fetching after the other.

Each has municipalities of its own, open only while it is searched, since a run that is closed stays closed. A search
begins where the one before ended, in small steps: the parts of the infrastructure are the same, so the answers lie
close together. A rehearsal, of which nothing is told, comes before the first, which would find a cold stack and begin
low. The highest of the answers is held for longer in the end: the best of many short steps is the luckiest of them too.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shinsei.domain.run import RunSpec
from shinsei.loadtest.books import Books
from shinsei.loadtest.finding import FEW_OPEN, LEAD_S, TICKS_LATE_S, Found, Searching, Tried
from shinsei.loadtest.order import Order
from shinsei.loadtest.search import SearchSpec
from shinsei.loadtest.search_section import SearchSection

_NEAR = 1.25
"""Growth of a search that begins near where another one ended."""
_BELOW = 0.9
"""Of that rate: with what it begins."""
_HELD_BELOW = 0.75
"""Of a rate that was not sustained when it was held for longer, or at which the generator was late: there is time for
few more, and one of them should be."""
_HOLDS = 3
"""For how many of them time is kept: the last is at little more than half of the highest rate."""
_QUICK: Mapping[str, float] = {"settle": 2 / 3, "hold": 1 / 3, "least_completed_share": 4 / 5}
"""A step of the rehearsal, of those of a search: what comes a second too late at its edge must not end it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is searched for itself."""

    fetch: str
    method: str
    specs: Sequence[RunSpec]
    spare: Sequence[RunSpec] = ()
    """Where its answer is confirmed."""


def parts_of(specs: Sequence[RunSpec], *, is_confirmed: bool) -> list[Part]:
    """The runs of a test by fetch mode and method, in their order; the second half of each to confirm its answer."""
    found: dict[tuple[str, str], list[RunSpec]] = {}
    for spec in specs:
        found.setdefault((str(spec.poll.fetch), str(spec.twin_method)), []).append(spec)
    return [
        Part(fetch=fetch, method=method, specs=of[: len(of) // 2], spare=of[len(of) // 2 :])
        if is_confirmed
        else Part(fetch=fetch, method=method, specs=of)
        for (fetch, method), of in found.items()
    ]


class ApartSearching:
    """Looks now and then, and does what is due.

    Args:
        section: how rates are tried and judged, and within which time.
        parts: what is searched.
        open_runs: opens the runs of a part, and closes those of the part before.
        books: what is measured.
        order: tells the generator.
        now_s: wall clock.
        grain: applications that come at once.
    """

    def __init__(
        self,
        section: SearchSection,
        parts: Sequence[Part],
        open_runs: Callable[[Sequence[RunSpec]], Awaitable[Any]],
        books: Books,
        order: Callable[[Order], None],
        now_s: Callable[[], float],
        *,
        grain: int = 1,
    ) -> None:
        assert section.within is not None, "a search apart has its time"
        self._section = section
        self._parts = parts
        self._open = open_runs
        self._books = books
        self._tell = order
        self._now_s = now_s
        self._grain = grain
        self._quick = _quicker(section)
        self._confirm_s = _step_s(section, section.confirm) if section.confirm else 0.0
        self._rehearsal: Searching | None = None
        self._confirming: Searching | None = None
        self._confirmed: Tried | None = None
        self._searches: list[Searching] = []
        self._addressed: Sequence[RunSpec] = ()
        self._numbered = 0
        self._first_s: float | None = None
        self._part_ends_s = 0.0
        self._recovers_until_s = 0.0
        self._is_over = False

    @property
    def told(self) -> str:
        """What it is doing, for whoever watches."""
        if self._is_over:
            return "search done"
        if not self._searches:
            return "offering" if self._rehearsal is None else f"rehearsal, thrown away: {self._rehearsal.told}"
        if self._confirming is not None:
            return f"confirming the best: {self._confirming.told}"
        part = self._parts[len(self._searches) - 1]
        return f"{part.fetch} {part.method} ({len(self._searches)} of {len(self._parts)}): {self._searches[-1].told}"

    async def look(self) -> None:
        """Does what is due at this moment."""
        if self._is_over:
            return
        search, now_s = self._confirming or (self._searches[-1] if self._searches else self._rehearsal), self._now_s()
        if search is not None and not self._has_ended(search, now_s):
            search.look()
            return
        if search is not None and not self._recovers_until_s:
            self._recovers_until_s = now_s + self._section.recover / 1e3
        if self._books.awaited_cases > FEW_OPEN and now_s < self._recovers_until_s:
            return
        self._recovers_until_s = 0.0
        if search is None and self._section.rehearsal:
            await self._rehearse(self._section.rehearsal / 1e3)
        elif len(self._searches) < len(self._parts):
            await self._begin()
        elif await self._confirms(now_s):
            return
        else:
            self._is_over = True
            self._order(Order(n=1, start_s=now_s, is_over=True))

    @property
    def is_confirmed(self) -> bool:
        """Whether the highest of all rates was sustained for longer too."""
        _, highest = max(self.found(), key=lambda one: one[1].sustained_per_s or 0.0)
        if self._confirmed is None or highest.best is None:
            return False
        return self._confirmed.per_s >= highest.best.per_s

    @property
    def confirmed_per_s(self) -> float | None:
        """What can be held by all that is known of a longer step; None where none was sustained."""
        return None if self._confirmed is None else self._confirmed.step.sustained_per_s

    def found(self) -> list[tuple[Part, Found]]:
        """What it has come to so far, by part."""
        known = [search.found() for search in self._searches]
        known += [Found(tried=(), is_whole=False)] * (len(self._parts) - len(known))
        return list(zip(self._parts, known, strict=True))

    def _has_ended(self, search: Searching, now_s: float) -> bool:
        """A search is over when it knows, or when its time does not suffice for one more step.

        One that has come to nothing yet goes on with the time of what comes behind it, but for one longer step.
        """
        if search.is_done or search is self._confirming:
            return search.is_done
        tried, ends_s = search.found().tried, self._part_ends_s
        if search is not self._rehearsal and search.found().best is None:
            ends_s = max(ends_s, self._all_end_s - self._confirm_s)
        if search is self._rehearsal and tried and not tried[-1].is_sustained:
            return True
        step_s = _step_s(self._quick if search is self._rehearsal else self._section)
        return search.is_between_steps and bool(tried) and now_s + step_s > ends_s

    @property
    def _all_end_s(self) -> float:
        assert self._section.within is not None
        assert self._first_s is not None
        return self._first_s + self._section.within / 1e3

    async def _rehearse(self, length_s: float) -> None:
        """Searches the first part in quick steps, until a rate is not sustained."""
        self._first_s = self._now_s()
        self._part_ends_s = self._first_s + length_s
        await self._address(self._parts[0].specs)
        self._rehearsal = Searching(self._quick, self._books, self._order, self._now_s, grain=self._grain)

    async def _begin(self) -> None:
        part, now_s = self._parts[len(self._searches)], self._now_s()
        self._first_s = now_s if self._first_s is None else self._first_s
        left_s = self._all_end_s - _HOLDS * self._confirm_s - now_s
        self._part_ends_s = now_s + left_s / (len(self._parts) - len(self._searches))
        await self._address(part.specs)
        self._searches.append(
            Searching(self._section, self._books, self._order, self._now_s, self._spec(), grain=self._grain)
        )

    async def _address(self, specs: Sequence[RunSpec]) -> None:
        """Opens these runs, unless they are open; applications go to them from now on."""
        if specs is self._addressed:
            return
        self._books.leave_behind()
        await self._open(specs)
        self._addressed = specs

    async def _confirms(self, now_s: float) -> bool:
        """Has the highest rate held for longer, or one below it where it was not sustained, while there is time."""
        held, search = None, self._confirming
        if search is not None:
            held = search.found().tried[-1]
            self._confirmed = held if held.is_sustained else None
        else:
            search = max(self._searches, key=lambda one: one.found().sustained_per_s or 0.0)
        best = search.found().best
        per_s = None if best is None else best.per_s
        if held is not None:
            per_s = _HELD_BELOW * held.per_s
        is_too_late = now_s + self._confirm_s > self._all_end_s + self._section.recover / 1e3
        if not self._section.confirm or self._confirmed is not None or per_s is None or is_too_late:
            return False
        await self._address(self._parts[self._searches.index(search)].spare)
        search.confirm(per_s, self._section.confirm / 1e3)
        self._confirming = search
        return True

    def _spec(self) -> SearchSpec:
        """How the next part is searched: from a little below where the one before ended, if that came to anything.

        The limit is near where that one has found it and the way of fetching is the same.
        """
        searches = [*self._searches] if self._rehearsal is None else [self._rehearsal, *self._searches]
        before = next((one for one in (s.found() for s in reversed(searches)) if one.best is not None), None)
        if before is None or before.best is None:
            return self._section.spec()
        spec, place = self._section.spec(_BELOW * before.best.per_s), len(self._searches)
        is_alike = self._parts[place].fetch == self._parts[max(place - 1, 0)].fetch
        return replace(spec, growth=_NEAR) if is_alike and not before.is_lower_bound else spec

    def _order(self, order: Order) -> None:
        """Numbers go through all parts; that one search is over ends nothing."""
        if order.is_over and not self._is_over:
            return
        self._numbered += 1
        weights = () if order.is_over else tuple((spec.municipality, 1.0) for spec in self._addressed)
        self._tell(order.model_copy(update={"n": self._numbered, "weights": weights}))


def _quicker(section: SearchSection) -> SearchSection:
    settle, hold = (round(getattr(section, name) * _QUICK[name]) for name in ("settle", "hold"))
    share = section.least_completed_share * _QUICK["least_completed_share"]
    return section.model_copy(update={"settle": settle, "hold": hold, "least_completed_share": share})


def _step_s(section: SearchSection, hold_ms: int | None = None) -> float:
    """Real seconds of a step, from its order to its verdict."""
    return LEAD_S + (section.settle + (hold_ms or section.hold)) / 1e3 + TICKS_LATE_S
