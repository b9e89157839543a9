"""The search for what offices with people sustain: each method for itself, all of them at once.

Offices share nothing but the infrastructure, which is far from its limit here. Each step opens fresh offices, so that
every rate begins at the same simulated moment with no backlog, and judges whole simulated days.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from shinsei.domain.run import RunSpec
from shinsei.loadtest.arrivals import RateProfile
from shinsei.loadtest.finding import LEAD_S, LEAST_OFFERED_SHARE, Found, Tried, tried
from shinsei.loadtest.order import Order, points_of
from shinsei.loadtest.search import Search
from shinsei.loadtest.search_section import SearchSection
from shinsei.loadtest.town import Town

OpenOffices = Callable[[Sequence[RunSpec]], Awaitable[Sequence[Town]]]
"""Opens the runs of a step, and closes those of the step before."""


class OfficeSearching:
    """Looks now and then, and does what is due.

    Args:
        section: how rates are tried and judged.
        specs: offices of each step, one for each method.
        open_offices: opens those of a step.
        order: tells the generator.
        now_s: wall clock.
        lag_s: how late the generator was (p99) between two moments; None where nobody said.
    """

    def __init__(
        self,
        section: SearchSection,
        specs: Sequence[Sequence[RunSpec]],
        open_offices: OpenOffices,
        order: Callable[[Order], None],
        now_s: Callable[[], float],
        lag_s: Callable[[float, float], float | None] = lambda *_: None,
    ) -> None:
        self._section = section
        self._specs = specs
        self._open = open_offices
        self._tell = order
        self._now_s = now_s
        self._lag_s = lag_s
        self._searches = {str(spec.twin_method): Search(section.spec()) for spec in specs[0]}
        self._tried: dict[str, list[Tried]] = {method: [] for method in self._searches}
        self._number = 0
        self._judged_from_s = 0.0
        self._judged_until_s = 0.0
        self._is_over = False
        self.towns: dict[str, Town] = {}
        """Offices of the present step, by municipality."""

    @property
    def told(self) -> str:
        """What it is doing, for whoever watches."""
        under_way = [f"{method} {search.rate_per_s:.1f}/s" for method, search in self._under_way()]
        return f"step {self._number}, trying {', '.join(under_way)}" if under_way else "search done"

    async def look(self) -> None:
        """Does what is due at this moment."""
        if self._is_over:
            return
        if not self._judged_until_s:
            await self._begin()
        elif self._now_s() > self._judged_until_s + self._section.recover / 1e3:
            self._judge()

    def found(self) -> dict[str, Found]:
        """What it has come to so far, by method."""
        return {
            method: Found(tried=tuple(self._tried[method]), is_whole=search.is_settled)
            for method, search in self._searches.items()
        }

    def _under_way(self) -> list[tuple[str, Search]]:
        return [(method, search) for method, search in self._searches.items() if not search.is_done]

    async def _begin(self) -> None:
        rates = {method: search.rate_per_s for method, search in self._under_way()}
        specs = [spec for spec in self._specs[self._number] if str(spec.twin_method) in rates]
        self.towns = {town.spec.municipality: town for town in await self._open(specs)}
        section, start_s = self._section, self._now_s() + LEAD_S
        self._number += 1
        self._judged_from_s = start_s + section.settle / 1e3
        self._judged_until_s = self._judged_from_s + section.hold / 1e3
        profile = RateProfile.constant(sum(rates.values()), (section.settle + section.hold) / 1e3)
        weights = tuple((spec.municipality, rates[str(spec.twin_method)]) for spec in specs)
        self._tell(Order(n=self._number, start_s=start_s, points=points_of(profile), weights=weights))

    def _judge(self) -> None:
        lag_s = self._lag_s(self._judged_from_s, self._judged_until_s)
        for town in self.towns.values():
            step = town.books.step(self._judged_from_s, self._judged_until_s)
            method = str(town.spec.twin_method)
            search = self._searches[method]
            # One more or less falls on the edges of a step.
            least_per_s = LEAST_OFFERED_SHARE * search.rate_per_s - 1e3 / self._section.hold
            step = replace(step, lag_p99_s=lag_s)
            one = tried(search.rate_per_s, step, self._section.limits(), least_per_s)
            self._tried[method].append(one)
            search.judge(is_sustained=one.verdict)
        self._judged_until_s = 0.0
        if not self._under_way():
            self._is_over = True
            self._tell(Order(n=self._number + 1, start_s=self._now_s(), is_over=True))
