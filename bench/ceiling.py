"""Product and limit in turns on one stack: ``make bench``.

Headed "infrastructure ceiling, offices without queues: not a linkage method's capacity". Product and limit alternate,
so that whatever else the machine does hits both; ratios are taken within a pair. The stack is Shinsei's own, with
security and telemetry as a user has them, in a home of its own; while one side has its turn the other stands idle.
"""

import argparse
import asyncio
import itertools
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import uvloop
from grpc.aio import AioRpcError

from bench.bare import Bare
from bench.idling import idle_shares
from bench.keeping import RESULTS, keep
from bench.modes import HEADING, MODES
from bench.printed import table, told
from bench.product import Product
from bench.rows import Pair, row
from bench.sides import Side, counts, targets
from bench.standing import standing
from bench.turn import Lengths, Turn, take_turn
from shinsei.domain.errors import ShinseiError
from shinsei.domain.linkage_method import COMPARED_METHODS, LinkageMethod
from shinsei.season.environment import manifest
from shinsei.season.gateway import Gateway
from shinsei.stack import Stack
from shinsei.stack.site import signs

PAIRS = 5
AHEAD = 1.3
"""Of the most that a side has done in a mode."""
METHODS = tuple(str(method) for method in COMPARED_METHODS)
LENGTHS = Lengths(warm_s=4.0, measure_s=6.0, half_s=5.0)
FAILURES = (ShinseiError, RuntimeError, AioRpcError)


class Bench:
    """Product and limit on a stack that is up."""

    def __init__(self, stack: Stack, product: Product, bare: Bare, lengths: Lengths) -> None:
        self._stack = stack
        self._sides: tuple[Side, Side] = (product, bare)
        self._lengths = lengths
        self._rates: dict[tuple[str, str], float] = {}
        """The most that a turn has come to, by side and mode."""

    async def pair(self, mode: str, method: LinkageMethod, number: int) -> Pair:
        """A turn of each; who is first changes from pair to pair."""
        order = self._sides if number % 2 else self._sides[::-1]
        turns: dict[str, Turn] = {}
        for side in order:
            most_per_s = self._rates.get((side.name, mode), 0.0)
            lengths = replace(self._lengths, expected_per_s=max(most_per_s * AHEAD, MODES[mode].expected_per_s))
            turn = turns[side.name] = await take_turn(self._stack, side, MODES[mode], method, lengths)
            self._rates[side.name, mode] = max(most_per_s, turn.completed_per_s)
        product, limit = turns["product"], turns["limit"]
        print(
            f"  {mode:<18}{method:<16}{product.completed_per_s:>8,.0f}/s, limit {limit.completed_per_s:>6,.0f}/s, "
            f"ratio {product.completed_per_s / limit.completed_per_s:.2f}",
            flush=True,
        )
        return product, limit

    def secured(self) -> dict[str, bool]:
        """Whether connections have certificates, whether signatures are checked, and whether everything is counted."""
        certificates = bool(self._stack.addresses.certificates)
        return {"certificates": certificates, "signatures": signs(), "telemetry": counts(self._stack)}

    async def idle(self) -> dict[str, float]:
        """What both take of one core while nothing is asked of them."""
        return await idle_shares(self._stack, self._sides)


@asynccontextmanager
async def opened(stack: Stack, lengths: Lengths) -> AsyncIterator[Bench]:
    """Both sides, ready."""
    async with Gateway(targets(stack)) as gateway:
        product = Product(stack, gateway)
        async with Bare(stack, product, MODES["batch"]) as bare:
            yield Bench(stack, product, bare, lengths)


async def measure(stack: Stack, wanted: argparse.Namespace) -> dict[str, Any]:
    """All pairs, as a result; an interruption or a turn that fails keeps what has been measured before."""
    lengths = Lengths(warm_s=wanted.warm, measure_s=wanted.measure, half_s=wanted.half)
    pairs: dict[tuple[str, str], list[Pair]] = {}
    idle, secured, ended = dict[str, float](), dict[str, bool](), ""
    try:
        async with opened(stack, lengths) as bench:
            idle, secured = await bench.idle(), bench.secured()
            if wanted.pairs > 1:
                print("warming up: a pair that does not count", flush=True)
                await bench.pair(wanted.modes[0], LinkageMethod(wanted.methods[0]), 0)
            for number in range(wanted.pairs):
                print(f"pair {number + 1} of {wanted.pairs}", flush=True)
                for mode in wanted.modes:
                    for method in wanted.methods:
                        found = await bench.pair(mode, LinkageMethod(method), number)
                        pairs.setdefault((mode, method), []).append(found)
    except asyncio.CancelledError:
        ended = "interrupted"
    except Exception as error:
        # Hours of turns are not thrown away for one, whatever befell it, be it the end of the whole stack.
        if not pairs:
            raise
        ended = f"{type(error).__name__}: {error}"
    rows = [row(mode, method, found) for (mode, method), found in pairs.items()]
    environment = {
        **manifest(f"make bench ARGS='{' '.join(sys.argv[1:])}'"),
        **secured,
        "lengths": asdict(lengths),
        "idle_share_of_a_core": idle,
    }
    return {"heading": HEADING, "environment": environment, "rows": rows, **({"ended": ended} if ended else {})}


def main(arguments: Sequence[str]) -> int:
    """Measures, prints and keeps."""
    parser = argparse.ArgumentParser(prog="python -m bench.ceiling", description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--modes", nargs="+", choices=MODES, default=list(MODES))
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--warm", type=float, default=LENGTHS.warm_s, help="seconds at full load before measuring")
    parser.add_argument("--measure", type=float, default=LENGTHS.measure_s, help="seconds at full load")
    parser.add_argument("--half", type=float, default=LENGTHS.half_s, help="seconds at half load")
    parser.add_argument("--home", type=Path, help="of a stack that is up; else one is started and stopped")
    parser.add_argument("--out", type=Path, help=f"file of the result; else one in {RESULTS}")
    wanted = parser.parse_args(arguments)
    print(HEADING)
    try:
        with standing(wanted.home) as stack, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            result = runner.run(measure(stack, wanted))
    except FAILURES as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    for one in result["rows"]:
        print("\n".join(told(one)), end="\n\n")
    print("\n".join(table(result["rows"])))
    print(f"kept in {keep(result, wanted.out, is_whole=is_whole(result))}")
    if ended := result.get("ended"):
        print(f"bench: {ended}; what was measured before is kept", file=sys.stderr)
    return int("ended" in result)


def is_whole(result: Mapping[str, Any]) -> bool:
    """Whether all was measured, often and long enough and on what users have, to be what others are compared with."""
    environment = result["environment"]
    found = {(row["mode"], row["method"]) for row in result["rows"] if row["pairs"] >= PAIRS}
    as_users_have_it = all(environment.get(name) for name in ("certificates", "signatures", "telemetry"))
    lengths = environment.get("lengths", {})
    long_enough = all(lengths.get(name, 0.0) >= least for name, least in asdict(LENGTHS).items())
    return as_users_have_it and long_enough and found == set(itertools.product(MODES, METHODS))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
