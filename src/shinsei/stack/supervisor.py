"""The process behind ``shinsei up``: starts the parts in order, keeps them, answers questions, stops them in reverse.

It is detached from whoever started it, holds the home's lock, and hands that lock on to every part.
"""

import argparse
import asyncio
import contextlib
import datetime as dt
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from shinsei.domain.errors import ShinseiError
from shinsei.stack import control
from shinsei.stack.chosen import chosen_settings
from shinsei.stack.errors import StackError
from shinsei.stack.home import Home
from shinsei.stack.keeper import Keeper
from shinsei.stack.memory import Outside, family, memory_mib, parents
from shinsei.stack.parts import Part, select
from shinsei.stack.site import PEOPLE, Site, signs
from shinsei.stack.status import PartState, PartStatus, StackState, StackStatus

SAMPLE_S = 2.0
"""Memory is measured no more often than this, and"""
SAMPLE_SHARE = 0.01
"""for at most this share of the time: the system walks through every page of every part for it."""


class Supervisor:
    """One stack, from its start to its end."""

    def __init__(self, site: Site, parts: Sequence[Part], *, lock: int, proc: int | None, isolation: str) -> None:
        self._site = site
        self._keepers = {part.name: Keeper(part, site, (lock,), self._note) for part in parts}
        self._outside = Outside(proc)
        self._isolation = isolation
        self._state = StackState.STARTING
        self._problem = ""
        self._started_at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        self._memory: dict[str, float] = {}
        self._peak_mib = 0.0
        self._stop = asyncio.Event()

    async def run(self) -> int:
        """Live until asked to stop or unable to start; returns the exit code."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGCHLD, self._look)
        self._site.addresses.introduce()
        self._site.certify(*PEOPLE)
        server = await control.serve(self._site.home.socket, self._handle)
        sampling = asyncio.create_task(self._sample())
        keeping = [asyncio.create_task(self._live(keeper)) for keeper in self._keepers.values()]
        try:
            await self._until_over(keeping)
        finally:
            if self._state is not StackState.FAILED:
                self._become(StackState.STOPPING)
            await _cancel(keeping)
            await self._stop_all()
            await _cancel([sampling])
            if self._state is not StackState.FAILED:
                self._become(StackState.DOWN)
            self._write()
            self._site.home.socket.unlink(missing_ok=True)
            server.close()
        return 1 if self._state is StackState.FAILED else 0

    async def _until_over(self, keeping: list[asyncio.Task[None]]) -> None:
        stop = asyncio.create_task(self._stop.wait())
        up = asyncio.create_task(self._all_up())
        await asyncio.wait({stop, *keeping}, return_when=asyncio.FIRST_COMPLETED)
        await _cancel([stop, up])
        for task in keeping:
            if task.done() and (error := task.exception()) is not None:
                if not isinstance(error, ShinseiError):
                    traceback.print_exception(error)
                self._problem = str(error)
                self._become(StackState.FAILED)
                return

    async def _all_up(self) -> None:
        for keeper in self._keepers.values():
            await keeper.came_up()
        self._become(StackState.UP)

    async def _live(self, keeper: Keeper) -> None:
        """A part's life: come up behind what it stands on, stay up."""
        grounds = [self._keepers[name] for name in keeper.part.stands_on if name in self._keepers]
        while not keeper.ready.is_set():
            try:
                await keeper.bring_up(grounds)
            except StackError as error:
                if not keeper.part.optional:
                    raise
                _log(f"goes on without {keeper.part.name}: {error}")
                await keeper.stop()
                keeper.given_up.set()
                await keeper.asked_for()
        await keeper.keep()

    async def _stop_all(self) -> None:
        """Stop parts as soon as nothing that stands on them is left."""
        gone = {name: asyncio.Event() for name in self._keepers}

        async def stop(keeper: Keeper) -> None:
            for name, other in self._keepers.items():
                if keeper.part.name in other.part.stands_on:
                    await gone[name].wait()
            await keeper.stop()
            gone[keeper.part.name].set()

        await asyncio.gather(*(stop(keeper) for keeper in self._keepers.values()))

    def _look(self) -> None:
        for keeper in self._keepers.values():
            keeper.look()
        self._outside.forget()

    async def _handle(self, request: dict[str, Any]) -> Any:
        match request["do"]:
            case "status":
                return self._status().values()
            case "stop":
                self._stop.set()
                return None
            case "restart":
                await asyncio.to_thread(self._site.certify, *PEOPLE)
                return await self._keeper(request["part"]).restart()
            case "signal":
                return await self._keeper(request["part"]).signal(int(request["number"]))
        raise StackError(f"unknown request {request['do']!r}")

    def _keeper(self, name: str) -> Keeper:
        if name not in self._keepers:
            raise StackError(f"no part {name!r} here; there are: {', '.join(self._keepers)}")
        return self._keepers[name]

    async def _sample(self) -> None:
        while True:
            roots = {name: keeper.pid for name, keeper in self._keepers.items() if keeper.pid is not None}
            began_s = time.monotonic()
            self._memory = await asyncio.to_thread(_measure, roots)
            self._peak_mib = max(self._peak_mib, sum(self._memory.values()))
            await asyncio.sleep(max(SAMPLE_S, (time.monotonic() - began_s) / SAMPLE_SHARE))

    def _become(self, state: StackState) -> None:
        self._state = state
        _log(f"the stack is {state}{f': {self._problem}' if self._problem else ''}")
        self._write()

    def _note(self, keeper: Keeper) -> None:
        """The state of a part has changed."""
        why = f": {keeper.problem}" if keeper.state is PartState.RESTARTING else ""
        _log(f"{keeper.part.name} is {keeper.state}{why}")
        self._write()

    def _write(self) -> None:
        """Keep the state where a reader finds it who finds nobody to ask."""
        file = self._site.home.state
        new = file.with_suffix(".new")
        with contextlib.suppress(OSError):  # a full disk must not end the stack
            new.write_text(json.dumps(self._status().values(), indent=2), encoding="utf-8")
            new.replace(file)

    def _status(self) -> StackStatus:
        return StackStatus(
            home=str(self._site.home.path),
            state=self._state,
            pid=self._outside.id(os.getpid()),
            started_at=self._started_at,
            problem=self._problem,
            isolation=self._isolation,
            memory_mib=round(sum(self._memory.values()), 1),
            memory_peak_mib=round(self._peak_mib, 1),
            parts=tuple(self._part_status(keeper) for keeper in self._keepers.values()),
            addresses=self._site.addresses,
            credentials=self._site.credential_files(),
            settings=chosen_settings(os.environ),
            signatures=signs(),
        )

    def _part_status(self, keeper: Keeper) -> PartStatus:
        part = keeper.part
        return PartStatus(
            name=part.name,
            about=part.about,
            state=keeper.state,
            pid=None if keeper.pid is None else self._outside.id(keeper.pid),
            restarts=keeper.restarts,
            problem=keeper.problem,
            ports={purpose: self._site.ports[purpose] for purpose in part.ports},
            log=str(self._site.home.log(part.name)),
            memory_mib=round(self._memory.get(part.name, 0.0), 1),
            ready_after_s=keeper.ready_after_s,
        )


def _log(line: str) -> None:
    """Into the log of the stack."""
    sys.stdout.write(f"{dt.datetime.now(dt.UTC).isoformat(timespec='milliseconds')} {line}\n")
    sys.stdout.flush()


def _measure(roots: Mapping[str, int]) -> dict[str, float]:
    parent_of = parents()
    measured = {name: memory_mib(family(root, parent_of)) for name, root in roots.items()}
    return {**measured, "stack": memory_mib([os.getpid()])}


async def _cancel(tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def main(arguments: Sequence[str]) -> int:
    """Run a stack as its home's ``--plan`` describes it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--ports", type=json.loads, required=True)
    parser.add_argument("--parts", type=json.loads, required=True)
    parser.add_argument("--lock", type=int, required=True)
    parser.add_argument("--proc", type=int)
    parser.add_argument("--isolation", default="")
    given = parser.parse_args(arguments)
    os.chdir(given.home)
    site = Site(home=Home(path=given.home), ports=given.ports)
    supervisor = Supervisor(
        site, select(tuple(given.parts)), lock=given.lock, proc=given.proc, isolation=given.isolation
    )
    return asyncio.run(supervisor.run())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
