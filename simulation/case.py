"""What one seed means: a season, how slow the world is, and what is done to whom. Same seed, same case."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType
from typing import Final

from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import Change, ChangeKind, Filing
from shinsei.domain.simtime import SimTime
from shinsei.testing.simulated import Fate, Mischief
from simulation.seasons import City, cities
from simulation.services import SECOND

STEPS: Final[Mapping[str, int]] = MappingProxyType(
    {"portal_sim": 90, "linkage_server": 220, "app_mgmt": 240, "core_systems": 150, "driver": 30}
)
"""About as many steps outward does each take in a season; mischief is spread over them."""

_TWICE: Final = (*(None,) * 12, "linkage_server", "app_mgmt", "core_systems")
"""Which service has two processes: one season in five has such a service."""

_CHANGES: Final = (
    Change(at=SimTime(0), n=0, kind=ChangeKind.STAFF, value=3),
    Change(at=SimTime(0), n=0, kind=ChangeKind.POLICY, method=LinkageMethod.TRANSCRIPTION),
    Change(at=SimTime(0), n=0, kind=ChangeKind.LINE, value=20 * 60),
    Change(at=SimTime(0), n=0, kind=ChangeKind.REGISTRY_FEED, value=0),
)

_MOST: Final[Mapping[Fate, int]] = MappingProxyType(
    {
        Fate.CRASH_BEFORE: 2,
        Fate.CRASH_AFTER: 3,
        Fate.LOST_BEFORE: 2,
        Fate.LOST_AFTER: 4,
        Fate.STALL: 1,
        Fate.REBALANCE: 2,
    }
)
"""How often each may happen in one season; how often it does, the seed says, and that may be never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything that is decided before a season begins."""

    seed: int
    cities: tuple[City, ...]
    filings: tuple[tuple[City, Filing], ...]
    """What is filed where."""
    mischief: tuple[Mischief, ...]
    second: str | None
    """The service that has two processes, if one has."""
    slow_share: float
    """Share of the steps that take a while."""
    slow_s: float
    """How long the longest of them takes (virtual seconds)."""
    backwards: bool
    """Whether databases give rows without a promised order in the other one."""
    changes: tuple[Change, ...]
    """What somebody at the console asks of every city meanwhile; when it takes effect, the portal says."""
    litter: int
    """Records of nobody that lie in the topics and must end as dead letters."""

    def filed_in(self, city: City) -> tuple[Filing, ...]:
        """What is filed in one city."""
        return tuple(filing for where, filing in self.filings if where is city)


def case_of(seed: int) -> Case:
    """The case of a seed."""
    chance = Random(f"{seed}/case")
    played = cities(seed)
    second = chance.choice(_TWICE)
    nodes = [*STEPS, *([second, second + SECOND] if second else [])]
    mischief = {
        (node := chance.choice(nodes), 1 + int(STEPS[node.removesuffix(SECOND)] * chance.random())): fate
        for fate, most in _MOST.items()
        for _ in range(chance.randint(0, most))
    }
    return Case(
        seed=seed,
        cities=played,
        filings=tuple((city, filing) for city in played for filing in city.online),
        mischief=tuple(sorted(Mischief(node=node, step=step, fate=fate) for (node, step), fate in mischief.items())),
        second=second,
        slow_share=chance.choice((0.0, 0.1, 0.3, 0.6)),
        slow_s=chance.choice((0.005, 0.05, 0.5)),
        backwards=chance.random() < 0.5,  # noqa: PLR2004 - a coin
        changes=tuple(chance.sample(_CHANGES, chance.choice((0, 0, 1, 2)))),
        litter=chance.choice((0, 0, 1, 3)),
    )
