"""Everything that a core package (基幹パッケージ) could reasonably buy, and what that costs a year.

A modification serves all procedures of its package, a robot's scenario one. So an option is a set of modifications
and the number of procedures with a robot, those that gain most first: all scenarios cost the same, so no other choice
of as many procedures is better. That makes the enumeration exact, but for the case count at which a package needs a
second robot.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from shinsei.domain.advice.model import Question
from shinsei.domain.advice.prospects import Offer, Prospect, robots_needed
from shinsei.domain.advice.terms import labour_yen
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import RunSpec

MODIFICATIONS = (LinkageMethod.SCREEN_IMPORT, LinkageMethod.BATCH_IMPORT, LinkageMethod.STANDARD_API)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One choice of a package."""

    assigned: Mapping[int, LinkageMethod]
    """Method by catalogue number."""
    labour_yen: Mapping[int, float]
    """A year's, by catalogue number."""
    fixed_yen: Mapping[LinkageMethod, float]
    """What the methods cost beside labour, a year."""
    investment_yen: float
    spread_yen: float
    """The investment's part of a year's fixed cost."""
    misses: float
    """Cases a year that it makes late and another method would not."""

    @property
    def yearly_yen(self) -> float:
        """A year's cost."""
        return sum(self.labour_yen.values()) + sum(self.fixed_yen.values())

    @property
    def acquired(self) -> tuple[LinkageMethod, ...]:
        """The methods paid for."""
        return tuple(self.fixed_yen)

    @property
    def rank(self) -> tuple[float, float, float]:
        """Less is better: a standard processing period first, then money, then what must be paid at once."""
        return (self.misses, self.yearly_yen, self.investment_yen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """What all packages share."""

    run: RunSpec
    hour_yen: float
    offers: Mapping[LinkageMethod, Offer]

    @classmethod
    def of(cls, question: Question, offers: Mapping[LinkageMethod, Offer]) -> "Market":
        """The market of a question."""
        return cls(run=question.run, hour_yen=question.costs.staff_hour_yen, offers=offers)

    @property
    def available(self) -> frozenset[LinkageMethod]:
        """What nothing stands in the way of."""
        return frozenset(method for method, offer in self.offers.items() if offer.obstacle is None)

    def labour(self, one: Prospect, method: LinkageMethod) -> float:
        """A year's labour of a procedure under a method."""
        return labour_yen(one.minutes[method], one.cases, hour_yen=self.hour_yen)

    def rank(self, one: Prospect, method: LinkageMethod) -> tuple[float, float]:
        """Less is better for one procedure, once a method is paid for."""
        return (one.misses(method), self.labour(one, method))


def options(market: Market, package: Sequence[Prospect], methods: frozenset[LinkageMethod]) -> Iterator[Option]:
    """All options of a package with some of these methods; the first is transcription alone."""
    bought = [method for method in MODIFICATIONS if method in methods]
    for count in range(len(bought) + 1):
        for modifications in combinations(bought, count):
            yield from _with(market, package, modifications, robots=LinkageMethod.RPA in methods)


def best(found: Iterator[Option]) -> Option:
    """The best of them; of equals the one that buys less."""
    return min(found, key=lambda option: (*option.rank, len(option.acquired)))


def transcription(market: Market, package: Sequence[Prospect]) -> Option:
    """What costs nothing but work."""
    return next(options(market, package, frozenset()))


def _with(
    market: Market, package: Sequence[Prospect], modifications: Sequence[LinkageMethod], *, robots: bool
) -> Iterator[Option]:
    usable = (LinkageMethod.TRANSCRIPTION, *modifications)
    base = {
        one.procedure.number: min(
            (method for method in usable if method not in one.unfit), key=lambda method: market.rank(one, method)
        )
        for one in package
    }
    if not set(modifications) <= set(base.values()):
        # A modification that nobody uses is in no good option. Where robots would take its work, a smaller set has it.
        return
    yield _option(market, package, base)
    if not robots:
        return
    gains = sorted(
        (one for one in package if LinkageMethod.RPA not in one.unfit),
        key=lambda one: _gain(market, one, base[one.procedure.number]),
        reverse=True,
    )
    assigned = dict(base)
    for one in gains:
        assigned[one.procedure.number] = LinkageMethod.RPA
        yield _option(market, package, dict(assigned))


def _gain(market: Market, one: Prospect, method: LinkageMethod) -> tuple[float, float]:
    """Cases in time, and labour, that a robot saves against a method."""
    before, after = market.rank(one, method), market.rank(one, LinkageMethod.RPA)
    return (before[0] - after[0], before[1] - after[1])


def _option(market: Market, package: Sequence[Prospect], assigned: Mapping[int, LinkageMethod]) -> Option:
    fixed: dict[LinkageMethod, float] = {}
    investment = spread = 0.0
    for method, offer in market.offers.items():
        users = [one for one in package if assigned[one.procedure.number] is method]
        if method is LinkageMethod.TRANSCRIPTION or not users:
            continue
        once = offer.package.capex_yen + len(users) * offer.each.capex_yen
        robots = robots_needed(market.run, sum(one.cases for one in users)) if method is LinkageMethod.RPA else 1
        running = robots * offer.package.opex_yen + len(users) * offer.each.opex_yen
        fixed[method] = once / offer.years + running
        investment += once
        spread += once / offer.years
    return Option(
        assigned=assigned,
        labour_yen={one.procedure.number: market.labour(one, assigned[one.procedure.number]) for one in package},
        fixed_yen=fixed,
        investment_yen=investment,
        spread_yen=spread,
        misses=sum(one.misses(assigned[one.procedure.number]) for one in package),
    )
