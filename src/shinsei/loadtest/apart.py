"""The search for what the infrastructure sustains, one linkage method and one way of fetching after the other.

Each has municipalities of its own, open only while it is searched, since a run that is closed stays closed. A search
begins where the one before ended, in small steps: the parts of the infrastructure are the same, so the answers lie
close together. The highest of the answers is held for longer in the end: the best of many short steps is the luckiest
of them too.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shinsei.domain.run import RunSpec
from shinsei.loadtest.books import Books
from shinsei.loadtest.finding import FEW_OPEN, LEAD_S, TICKS_LATE_S, Found, Searching
from shinsei.loadtest.order import Order
from shinsei.loadtest.search import SearchSpec
from shinsei.loadtest.search_section import SearchSection

_NEAR = 1.25
"""Growth of a search that begins near where another one ended."""
_BELOW = 0.9
"""Of that rate: so there is a lower one that was sustained if the first is not when it is held for longer."""


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
        self._step_s = LEAD_S + (section.settle + section.hold) / 1e3 + TICKS_LATE_S
        self._confirm_s = LEAD_S + (section.settle + section.confirm) / 1e3 + TICKS_LATE_S if section.confirm else 0.0
        self._confirming: Searching | None = None
        self._confirmed = False
        self._held: list[Searching] = []
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
        if not self._searches or self._is_over:
            return "search done" if self._is_over else "offering"
        if self._confirming is not None:
            return f"confirming the best: {self._confirming.told}"
        part = self._parts[len(self._searches) - 1]
        return f"{part.fetch} {part.method} ({len(self._searches)} of {len(self._parts)}): {self._searches[-1].told}"

    async def look(self) -> None:
        """Does what is due at this moment."""
        if self._is_over:
            return
        search, now_s = self._confirming or (self._searches[-1] if self._searches else None), self._now_s()
        if search is not None and not self._has_ended(search, now_s):
            search.look()
            return
        if search is not None and not self._recovers_until_s:
            self._recovers_until_s = now_s + self._section.recover / 1e3
        if self._books.open_cases > FEW_OPEN and now_s < self._recovers_until_s:
            return
        self._recovers_until_s = 0.0
        if len(self._searches) < len(self._parts):
            await self._begin()
        elif await self._confirms(now_s):
            return
        else:
            self._is_over = True
            self._order(Order(n=1, start_s=now_s, is_over=True))

    @property
    def is_confirmed(self) -> bool:
        """Whether the highest of all rates was sustained for longer too."""
        return self._confirmed

    def found(self) -> list[tuple[Part, Found]]:
        """What it has come to so far, by part."""
        known = [replace(search.found(), is_whole=True) for search in self._searches]
        if known and not self._is_over:
            known[-1] = replace(known[-1], is_whole=False)
        known += [Found(tried=(), is_whole=False)] * (len(self._parts) - len(known))
        return list(zip(self._parts, known, strict=True))

    def _has_ended(self, search: Searching, now_s: float) -> bool:
        """A search is over when it knows, or when its time does not suffice for one more step."""
        if search.is_done or search is self._confirming:
            return search.is_done
        return search.is_between_steps and bool(search.found().tried) and now_s + self._step_s > self._part_ends_s

    async def _begin(self) -> None:
        part, now_s = self._parts[len(self._searches)], self._now_s()
        self._first_s = now_s if self._first_s is None else self._first_s
        assert self._section.within is not None
        left_s = self._first_s + self._section.within / 1e3 - self._confirm_s - now_s
        self._part_ends_s = now_s + left_s / (len(self._parts) - len(self._searches))
        await self._address(part.specs)
        self._searches.append(
            Searching(self._section, self._books, self._order, self._now_s, self._spec(), grain=self._grain)
        )

    async def _address(self, specs: Sequence[RunSpec]) -> None:
        """Opens these runs; applications go to them from now on."""
        await self._open(specs)
        self._addressed = specs

    async def _confirms(self, now_s: float) -> bool:
        """Has the highest rate held for longer, or the next best where it was not sustained, while there is time."""
        if self._confirming is not None:
            self._confirmed = not self._confirming.found().tried[-1].broken
            self._held.append(self._confirming)
        assert self._section.within is not None
        assert self._first_s is not None
        best = max(self._searches, key=lambda one: one.found().sustained_per_s or 0.0)
        is_too_late = now_s + self._confirm_s > self._first_s + self._section.within / 1e3
        is_possible = best.found().best is not None and best not in self._held and not is_too_late
        if not self._section.confirm or self._confirmed or not is_possible:
            return False
        await self._address(self._parts[self._searches.index(best)].spare)
        best.confirm(self._section.confirm / 1e3)
        self._confirming = best
        return True

    def _spec(self) -> SearchSpec:
        """How the next part is searched: from a little below where the one before ended, if that came to anything."""
        best = next((one.best for one in (s.found() for s in reversed(self._searches)) if one.best is not None), None)
        if best is None:
            return self._section.spec()
        return replace(self._section.spec(_BELOW * best.per_s), growth=_NEAR)

    def _order(self, order: Order) -> None:
        """Numbers go through all parts; that one search is over ends nothing."""
        if order.is_over and not self._is_over:
            return
        self._numbered += 1
        weights = () if order.is_over else tuple((spec.municipality, 1.0) for spec in self._addressed)
        self._tell(order.model_copy(update={"n": self._numbered, "weights": weights}))
