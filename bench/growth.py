"""How throughput goes with what grows: ``make bench-growth``, each section on a fresh stack of its own.

Each step is a turn as in ``make bench``, of the product; where steps lie far apart in time, one of the limit comes
right behind it, so that a machine that has become slower is not taken for what has grown. A section is kept in
``results/growth.json`` as soon as it is measured, beside the others; one that fails takes none of them along.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import uvloop
from asyncpg import PostgresError
from grpc.aio import AioRpcError

from bench.bare import Bare
from bench.filling import Filling
from bench.grown import Grown, more_processes
from bench.keeping import RESULTS, keep, read
from bench.load import Load
from bench.modes import HEADING, MODES, Mode
from bench.rows import figures
from bench.sides import TOWNS, Side, targets
from bench.standing import standing
from bench.turn import Lengths, Make, take_turn
from bench.uploads import MODE as WITH_ATTACHMENT
from bench.uploads import Uploads
from shinsei.domain.errors import ShinseiError
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.season.environment import manifest
from shinsei.season.gateway import Gateway
from shinsei.stack import Stack

GROWTH = RESULTS / "growth.json"
METHOD = LinkageMethod.STANDARD_API
FAILURES = (ShinseiError, RuntimeError, AioRpcError, OSError, PostgresError)
Row = dict[str, Any]


class Growth:
    """Steps on a stack that is up."""

    def __init__(self, stack: Stack, gateway: Gateway, wanted: argparse.Namespace) -> None:
        self._stack = stack
        self._gateway = gateway
        self._wanted = wanted
        self._lengths = Lengths(warm_s=wanted.warm, measure_s=wanted.measure, half_s=wanted.half)

    async def warm(self) -> None:
        """A turn that does not count: on a stack that has just been started everything is slower."""
        await take_turn(self._stack, Grown(self._stack, self._gateway), MODES["batch"], METHOD, self._lengths)

    async def processes(self) -> AsyncIterator[Row]:
        """More processes of the three services behind the portal, on four partitions."""
        for count in self._wanted.counts:
            async with more_processes(self._stack, count - 1) as more:
                side = Grown(self._stack, self._gateway)
                side.more = more
                yield await self._step(f"{count}", side)

    async def partitions(self) -> AsyncIterator[Row]:
        """Four municipalities on more and more partitions."""
        for count in self._wanted.counts:
            yield await self._step(f"{count}", Grown(self._stack, self._gateway, partitions=count))

    async def stored(self) -> AsyncIterator[Row]:
        """More and more cases that came before."""
        side, filling = Grown(self._stack, self._gateway), Filling(self._stack)
        async with Bare(self._stack, side, MODES["batch"]) as limit:
            for cases in self._wanted.cases:
                yield await self._beside(limit, await self._step(f"{await filling.upto(cases):,}", side))

    async def municipalities(self) -> AsyncIterator[Row]:
        """Four that file at most, and others that are polled every 60 real seconds beside them."""
        async with Bare(self._stack, Grown(self._stack, self._gateway), MODES["batch"]) as limit:
            for count in self._wanted.towns:
                filing = min(count, TOWNS)
                side = Grown(self._stack, self._gateway, filing=filing, beside=count - filing)
                yield await self._beside(limit, await self._step(f"{count:,}", side))

    async def payload(self) -> AsyncIterator[Row]:
        """An attachment to each application, which goes past Kafka."""
        for size in self._wanted.sizes:
            make: Make = partial(Uploads, size=size) if size else Load
            side = Grown(self._stack, self._gateway)
            yield await self._step(_size(size), side, WITH_ATTACHMENT, make)

    async def _beside(self, limit: Side, row: Row) -> Row:
        """The row with what the limit, in which nothing grows, came to right behind it."""
        limit_per_s = (await self._step("limit", limit))["completed_per_s"]
        return {**row, "limit_per_s": limit_per_s, "ratio": round(row["completed_per_s"] / limit_per_s, 4)}

    async def _step(self, what: str, side: Side, mode: Mode = MODES["batch"], make: Make = Load) -> Row:
        lengths = replace(self._lengths, expected_per_s=mode.expected_per_s)
        turn = await take_turn(self._stack, side, mode, METHOD, lengths, make)
        row = {"what": what, **figures([turn])}
        seconds = row["submit_to_registered_s"]
        told = f"{row['completed_per_s']:,.0f}/s, {row['cpu_s_per_10k']:.1f} CPU-s per 10 k"
        print(f"  {what:>10}  {told}, p99 {seconds['p99']:.2f} s", flush=True)
        return row


SECTIONS: Mapping[str, tuple[str, Callable[[Growth], AsyncIterator[Row]]]] = {
    "processes": ("Processes of linkage server, application management and core systems", Growth.processes),
    "partitions": ("Partitions in use by four municipalities", Growth.partitions),
    "stored": ("Cases already stored", Growth.stored),
    "municipalities": ("Municipalities, up to four of which file", Growth.municipalities),
    "payload": ("Attachment to each application, unary submits", Growth.payload),
}


async def measure(stack: Stack, name: str, wanted: argparse.Namespace) -> dict[str, Any]:
    """A section, or those of its steps that were measured before one failed."""
    title, steps = SECTIONS[name]
    print(title, flush=True)
    async with Gateway(targets(stack)) as gateway:
        growth = Growth(stack, gateway, wanted)
        await growth.warm()
        rows: list[Row] = []
        try:
            async for row in steps(growth):
                rows.append(row)  # noqa: PERF401 - these stay when the next step fails
        except FAILURES as error:
            if not rows:
                raise
            return {"title": title, "rows": rows, "ended": f"{type(error).__name__}: {error}"}
        return {"title": title, "rows": rows}


def add(name: str, section: Mapping[str, Any], out: Path) -> Path:
    """Keeps a section beside those that are kept already, in the order in which they are told."""
    measured = {**section, "environment": manifest(f"make bench-growth ARGS='--only {name}'")}
    there = {**(read(out)["sections"] if out.is_file() else {}), name: measured}
    sections = {one: there[one] for one in SECTIONS if one in there}
    return keep({"heading": HEADING, "sections": sections}, out, is_whole=False)


def _size(size: int) -> str:
    return "form only" if not size else f"{size / 1000:,.0f} kB"


def main(arguments: Sequence[str]) -> int:
    """Measures, prints and keeps."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS), dest="sections")
    parser.add_argument("--counts", type=int, nargs="+", default=[1, 2, 4], help="of processes and partitions")
    parser.add_argument("--cases", type=int, nargs="+", default=[0, 100_000, 500_000, 2_000_000])
    parser.add_argument("--towns", type=int, nargs="+", default=[1, 4, 100, 400, 1_741])
    parser.add_argument("--sizes", type=int, nargs="+", default=[0, 2_000, 100_000, 1_000_000, 5_000_000])
    parser.add_argument("--warm", type=float, default=6.0)
    parser.add_argument("--measure", type=float, default=10.0)
    parser.add_argument("--half", type=float, default=6.0)
    parser.add_argument("--home", type=Path, help="of a stack that is up; else one is started and stopped")
    parser.add_argument("--out", type=Path, default=GROWTH)
    wanted = parser.parse_args(arguments)
    print(HEADING)
    failed = False
    for name in wanted.sections:
        try:
            with standing(wanted.home) as stack, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                section = runner.run(measure(stack, name, wanted))
        except FAILURES as error:
            print(f"bench.growth: {name}: {type(error).__name__}: {error}", file=sys.stderr)
            failed = True
        else:
            print(f"kept in {add(name, section, wanted.out)}", flush=True)
            if ended := section.get("ended"):
                print(f"bench.growth: {name}: {ended}; the steps before are kept", file=sys.stderr)
                failed = True
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
