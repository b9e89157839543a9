"""Shinsei itself, as one of the two sides: a fresh run of each municipality for every turn."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count, islice
from pathlib import Path

from bench.modes import Mode
from bench.sides import TOWNS, roots
from shinsei.contracts.topics import STATUS_CHANGED, TOPICS
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.municipality import is_prefecture, with_check_digit
from shinsei.domain.run import FetchMode, RunSpec
from shinsei.loadtest.ending import close_runs, read_ledgers
from shinsei.runtime.citizens import Cards, open_cards
from shinsei.runtime.clock import RealClock
from shinsei.scenario import Scenario, load
from shinsei.season.gateway import Gateway
from shinsei.stack import Stack
from shinsei.stack.local import home_of
from shinsei.stack.site import SERVICES, signs

OFFICES = Path(__file__).with_name("unlimited.toml")
BESIDE = ("app_mgmt_streams", "room", "prometheus")
"""What belongs to the product and carries no application."""
_PLACE_DIGITS = 5
_CLOSES_WITHIN_S = 60.0


class Product:
    """Shinsei on a stack that is up."""

    name = "product"
    databases: Sequence[str] = SERVICES
    topics: Sequence[str] = tuple(TOPICS)
    changed = STATUS_CHANGED.name
    checks = True

    def __init__(self, stack: Stack, gateway: Gateway, scenario: Scenario | None = None) -> None:
        self._stack = stack
        self._gateway = gateway
        self._scenario = scenario or load(OFFICES)
        self.cards: Cards | None = open_cards(home_of(stack.home).citizens if signs() else None)
        self._numbers = count(RealClock().now_ms())
        self._twins: dict[LinkageMethod, RunSpec] = {}
        self._specs: list[RunSpec] = []

    @property
    def portal(self) -> str:
        """``host:port`` of its portal."""
        return self._stack.addresses.portal

    @property
    def own(self) -> Mapping[str, int]:
        """The services, and what stands beside them."""
        return roots(self._stack, (*SERVICES, *BESIDE))

    async def open(self, mode: Mode, method: LinkageMethod) -> Sequence[RunSpec]:
        """Opens the runs of a turn."""
        self._specs = self.specs(mode, method, TOWNS)
        for spec in self._specs:
            await self._gateway.start(spec, speed=self._scenario.clock_speed)
        return self._specs

    def specs(self, mode: Mode, method: LinkageMethod, towns: int, partitions: int = TOWNS) -> list[RunSpec]:
        """Runs of so many municipalities, spread over so many partitions; none has a prefecture's code."""
        if method not in self._twins:
            self._twins[method] = self._scenario.run_spec("bench", method)
        twin = replace(self._twins[method], run_id=f"bench-{next(self._numbers)}")
        poll = replace(twin.poll, fetch=FetchMode.SINGLE if mode.singly else FetchMode.BATCH)
        places = count(int(twin.municipality[:_PLACE_DIGITS]))
        codes = (code for place in places if not is_prefecture(code := with_check_digit(f"{place:05d}")))
        return [
            replace(twin, municipality=code, partition=n % partitions, poll=poll)
            for n, code in enumerate(islice(codes, towns))
        ]

    async def close(self) -> None:
        """Reads the ledger, and closes the runs.

        Raises:
            RuntimeError: a stage does not know what it should.
        """
        specs, self._specs = self._specs, []
        ledgers, unread = await read_ledgers(self._gateway, specs, _CLOSES_WITHIN_S)
        left = await close_runs(self._gateway, specs, _CLOSES_WITHIN_S)
        lost = sum(one.ledger.unaccounted for one in ledgers)
        if unread or left or lost:
            raise RuntimeError(unread or left or f"{lost} applications are not accounted for")

    async def abandon(self) -> None:
        """Closes the runs of a turn that was broken off; what is in them stays."""
        specs, self._specs = self._specs, []
        await close_runs(self._gateway, specs, _CLOSES_WITHIN_S)
