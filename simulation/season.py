"""One season in one world: set up, driven, and judged by the plan and by the ledger."""

import asyncio
from collections.abc import Collection, Mapping
from functools import partial
from random import Random
from typing import Any

from shinsei.contracts.codec import encode_change
from shinsei.contracts.topics import TOPICS
from shinsei.domain.errors import ConflictError, NotFoundError
from shinsei.domain.lifecycle import Action
from shinsei.domain.run import Change, RunSpec
from shinsei.domain.simtime import SimTime
from shinsei.domain.trace import TraceLine, trace_hash
from shinsei.runtime.clock import sleep
from shinsei.season.drive import SeasonDriver
from shinsei.season.gateway import Gateway
from shinsei.season.ledger import RunKey, read_ledger
from shinsei.season.pacing import Pace, PaceSpec
from shinsei.testing.simulated import Node, World
from shinsei.testing.simulated.broker import Kept
from shinsei.testing.simulated.parts import Parts
from shinsei.testing.sql.sessions import Witness
from simulation.case import Case
from simulation.seasons import City
from simulation.services import ADDRESSES, SECOND, builders, serve

DRIVER = "driver"
_PATIENCE = 600
"""Tenths of a virtual second."""


class SimulatedSeason:
    """The season of a case, in a world."""

    def __init__(self, world: World, case: Case, witness: Witness | None = None) -> None:
        self._world = world
        self._case = case
        self._finished = asyncio.Event()
        self._is_over = False
        """Whether everything has come back: known to whoever runs the driver, whichever life of it."""
        self._parts = Parts(world, backwards=case.backwards, witness=witness)
        for name, build in builders().items():
            if name.endswith(SECOND) and name.removesuffix(SECOND) != case.second:
                continue
            world.add(Node(name=name, live=partial(serve, build), makers=self._parts.makers))
        world.add(Node(name=DRIVER, live=self._drive, makers=self._parts.makers))

    async def play(self) -> str | None:
        """Plays it to its end; what is wrong then, or None."""
        for node in list(self._world.nodes.values()):
            self._world.start(node)
        self._litter()
        console = asyncio.create_task(self._change())
        await self._finished.wait()
        await console
        if not await self._closed_everywhere():
            return "the end of a run has not come through"
        self._world.peace = True
        async with Gateway(ADDRESSES) as gateway:
            return await self._judge(gateway)

    async def _drive(self) -> None:
        """The life of the driver: goes on where the portal stands, closes the runs, and says when it is through."""
        async with Gateway(ADDRESSES) as gateway:
            if not self._is_over:
                pace = Pace(PaceSpec(), self._now_ms)
                filings = {city.spec: self._case.filed_in(city) for city in self._case.cities}
                await SeasonDriver(gateway, filings, pace, self._now_ms).run()
                self._is_over = True
            for city in self._case.cities:
                await gateway.close_run(city.spec)
        self._finished.set()
        await asyncio.get_running_loop().create_future()

    async def _change(self) -> None:
        """Somebody at the console makes changes, while the season goes on or just before its end."""
        chance = Random(f"{self._case.seed}/console")
        async with Gateway(ADDRESSES) as gateway:
            for change in self._case.changes:
                await sleep(chance.random())
                for city in self._case.cities:
                    await _made(gateway, city.spec, change)

    async def _closed_everywhere(self) -> bool:
        """Whether every stage has heard the end of every run; what is on its way is waited for."""

        def rows(service: str, table: str) -> Collection[Mapping[str, Any]]:
            return self._parts.databases.database(service).table(table).rows.values()

        for _ in range(_PATIENCE):
            ends = [row["closed"] for row in [*rows("app_mgmt", "run_intake"), *rows("core_systems", "run")]]
            if ends and all(ends):
                return True
            await sleep(0.1)
        return False

    def _now_ms(self) -> int:
        return int(self._world.loop.time() * 1000)

    def _litter(self) -> None:
        """Puts records of nobody between those of the run."""
        chance = Random(f"{self._case.seed}/litter")
        for number in range(self._case.litter):
            place = (chance.choice(list(TOPICS)), chance.choice(self._case.cities).spec.partition)
            junk = Kept(b"", b"junk", [("number", b"%d" % number)])
            self._world.loop.call_later(
                chance.random(), self._parts.broker.append, place, [junk], context=self._world.context
            )

    async def _judge(self, gateway: Gateway) -> str | None:
        for city in self._case.cities:
            wrong = await self._judge_city(gateway, city)
            if wrong is not None:
                return wrong
        return None if await self._all_buried() else "what was nobody's has not become a dead letter"

    async def _judge_city(self, gateway: Gateway, city: City) -> str | None:
        spec, filed = city.spec, self._case.filed_in(city)
        histories = await gateway.histories(spec)
        lines = [line for history in histories for line in history.lines if line.at < spec.end]
        expected = city.planned(filed, await gateway.changes(spec))
        if trace_hash(lines, end=spec.end) != trace_hash(expected, end=spec.end):
            return f"the trace is not the plan's: {first_difference(expected, lines)}"
        ledger = await read_ledger(gateway, RunKey(run_id=spec.run_id, municipality=spec.municipality))
        if ledger.ledger.unaccounted:
            return f"the ledger misses {', '.join(ledger.missing)}"
        if ledger.ledger.accepted != len(filed):
            return f"{ledger.ledger.accepted} applications are accepted instead of {len(filed)}"
        return self._doubled(expected, spec)

    async def _all_buried(self) -> bool:
        """Whether every record of nobody has become a dead letter; what came late is waited for."""
        for _ in range(_PATIENCE):
            letters = [
                one for (topic, _), log in self._parts.broker.logs.items() if topic.endswith(".dead") for one in log
            ]
            if len({dict(one.headers)["number"] for one in letters}) == self._case.litter:
                return True
            await sleep(0.1)
        return False

    def _doubled(self, expected: tuple[TraceLine, ...], spec: RunSpec) -> str | None:
        """Registrations in the books of the core systems against those of the plan."""
        rows = self._parts.databases.database("core_systems").table("registration").rows.values()
        of_city = [row for row in rows if row["submission_id"].startswith(spec.municipality)]
        found = sorted(row["submission_id"] for row in of_city if row["registered_at_ms"] < spec.end)
        wanted = sorted({line.submission_id for line in expected if line.action is Action.REGISTER})
        return None if found == wanted else f"registered are {found} instead of {wanted}"


async def _made(gateway: Gateway, spec: RunSpec, change: Change) -> None:
    """Makes a change as soon as its run is there, unless the run has been closed."""
    for _ in range(_PATIENCE):
        try:
            await gateway.make_change(spec, encode_change(change), not_before=SimTime(0))
        except NotFoundError:
            await sleep(0.1)
        except ConflictError:
            return
        else:
            return


def first_difference(expected: tuple[TraceLine, ...], lines: list[TraceLine]) -> str:
    """Where two traces part."""
    plan, live = (sorted(one, key=lambda line: line.sort_key) for one in (expected, lines))
    for wanted, found in zip(plan, live, strict=False):
        if wanted != found:
            return f"{_told(found)} instead of {_told(wanted)}"
    longer, which = (plan, "is missing") if len(plan) > len(live) else (live, "is too much")
    return f"{_told(longer[min(len(plan), len(live))])} {which}"


def _told(line: TraceLine) -> str:
    return f"{line.submission_id} {line.action} at {line.at} (n {line.n})"
