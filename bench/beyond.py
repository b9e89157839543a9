"""What more than the maximum does to those who are accepted, by a driver that takes a tenth of what Locust does.

    python -m bench.beyond [--times 1 2] [--pairs 3] [--seconds 20] [--home DIR]

``bench/back-pressure/twice.py`` asks the same with the load tests themselves, whose generator shares the processor with
the stack and is late by itself at such rates. Here the maximum is what a bounded driver gets through; then each
multiple of it is offered in turn, one call an application at its moment, and what is refused does not come again.
Latency counts from the intended moment. Exit code 1 unless, in the median of the pairs, the highest multiple still
completes 90 % of the lowest, and those who are accepted are accepted and registered at most half as long again after.
"""

import argparse
import asyncio
import math
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import grpc
import uvloop

from bench.load import Load
from bench.modes import MODES
from bench.payloads import Filing, Payloads, request
from bench.product import Product
from bench.registered import Registered
from bench.sides import targets
from bench.standing import standing
from bench.turn import quantile
from shinsei.domain.errors import ShinseiError
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.runtime.clock import RealClock, sleep
from shinsei.season.gateway import Gateway
from shinsei.stack import Stack

MODE, METHOD = MODES["unary"], LinkageMethod.TRANSCRIPTION
LEAST_COMPLETED_SHARE, MOST_LATENCY_RATIO = 0.9, 1.5
"""As in ``bench/back-pressure/twice.py``."""
_WARM_S, _MEASURE_S, _SETTLE_S = 6.0, 10.0, 120.0
_LEAD_SHARE = 0.2
"""Of the time of an offer, the part in which queues build up and nothing is counted."""
_CLOCK = RealClock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One offer, in applications and real seconds."""

    offered_per_s: float
    completed_per_s: float
    refused_share: float
    accepted_p50_s: float
    accepted_p99_s: float
    registered_p50_s: float
    registered_p99_s: float


LATENCIES = ("accepted_p50_s", "accepted_p99_s", "registered_p50_s", "registered_p99_s")


class Offers(Load):
    """Submits each application once, and notes when it was accepted."""

    is_open = False
    """Whether what is refused stays away."""
    acceptances: list[tuple[int, int]]
    """Of each acceptance in this offer: when it was to be filed and when it was answered, in milliseconds."""
    began_ms: float
    """When the first of this offer was to be filed: all are signed before."""

    async def _submit(self, n: int, filings: Sequence[Filing], intended_s: float) -> None:
        if not self.is_open:
            await super()._submit(n, filings, intended_s)
            return
        (filing,) = filings
        intended_ms = self._registered.intended[filing.submission_id] = round(intended_s * 1e3)
        self.began_ms = min(self.began_ms, intended_ms)
        try:
            await self._calls[n % len(self._calls)](request(filings))
        except grpc.aio.AioRpcError as error:
            if error.code() is not grpc.StatusCode.RESOURCE_EXHAUSTED:
                raise
            del self._registered.intended[filing.submission_id]
            self.refused += 1
        else:
            self.accepted += 1
            self.acceptances.append((intended_ms, _CLOCK.now_ms()))
        self._asked -= 1

    async def found(self, per_s: float, seconds: float) -> Found:
        """Offers so many a second."""
        self.is_open, self.acceptances, self.began_ms = True, [], math.inf
        before, refused, accepted = self._registered.count, self.refused, self.accepted
        await self.offer(per_s, seconds)
        await self.settle(_SETTLE_S)
        from_ms, until_ms = self.began_ms + _LEAD_SHARE * seconds * 1e3, self.began_ms + seconds * 1e3
        registered = self._registered.moments[before:]
        heard = [(at - intended) / 1e3 for intended, at in self.acceptances if intended >= from_ms]
        done = [(at - intended) / 1e3 for intended, at in registered if intended >= from_ms]
        gone, kept = self.refused - refused, self.accepted - accepted
        return Found(
            offered_per_s=per_s,
            completed_per_s=sum(from_ms <= at < until_ms for _, at in registered) * 1e3 / (until_ms - from_ms),
            refused_share=gone / (gone + kept),
            accepted_p50_s=quantile(heard, 0.5),
            accepted_p99_s=quantile(heard, 0.99),
            registered_p50_s=quantile(done, 0.5),
            registered_p99_s=quantile(done, 0.99),
        )


async def measure(stack: Stack, wanted: argparse.Namespace) -> bool:
    """Prints every offer; whether what was hoped for holds."""
    async with Gateway(targets(stack)) as gateway, AsyncExitStack() as opened:
        product = Product(stack, gateway)
        opened.push_async_callback(product.abandon)
        specs = await product.open(MODE, METHOD)
        registered = Registered(stack.addresses.kafka_bootstrap, product.changed, specs[0].run_id)
        payloads = Payloads(specs, product.cards, is_checked=True)
        async with registered, Offers(product.portal, payloads, MODE, registered) as load:
            maximum = await _maximum(load, registered)
            print(f"the maximum: {maximum:,.0f} completed a second\n\n{_HEAD}", flush=True)
            rounds = []
            for _ in range(wanted.pairs):
                rounds.append([await load.found(maximum * times, wanted.seconds) for times in wanted.times])
                print("\n".join(map(_line, rounds[-1])), flush=True)
        await product.close()
    return _told(rounds)


async def _maximum(load: Offers, registered: Registered) -> float:
    load.prepare(MODE.expected_per_s * (_WARM_S + _MEASURE_S))
    load.saturate()
    await sleep(_WARM_S)
    before = registered.count
    await sleep(_MEASURE_S)
    found = (registered.count - before) / _MEASURE_S
    await load.settle(_SETTLE_S)
    return found


_HEAD = (
    "| offered a second | completed a second | refused | acceptance, p50 and p99 | registration, p50 and p99 |\n"
    "|---|---|---|---|---|"
)


def _line(one: Found) -> str:
    return (
        f"| {one.offered_per_s:,.0f} | {one.completed_per_s:,.0f} | {one.refused_share:.0%} | "
        f"{one.accepted_p50_s:.2f} s, {one.accepted_p99_s:.2f} s | "
        f"{one.registered_p50_s:.2f} s, {one.registered_p99_s:.2f} s |"
    )


def _told(rounds: Sequence[Sequence[Found]]) -> bool:
    share = median(last.completed_per_s / first.completed_per_s for first, *_, last in rounds)
    print(f"\ncompleted at the highest beside the lowest: {share:.0%}")
    holds = share >= LEAST_COMPLETED_SHARE
    for name in LATENCIES:
        ratio = median(getattr(last, name) / getattr(first, name) for first, *_, last in rounds)
        print(f"{name}: {ratio:.2f} times")
        holds = holds and ratio <= MOST_LATENCY_RATIO
    return holds


def main(arguments: Sequence[str]) -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m bench.beyond", description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=float, nargs="+", default=[1.0, 2.0], help="of the maximum, two at least")
    parser.add_argument("--pairs", type=int, default=3, help="rounds of all of them")
    parser.add_argument("--seconds", type=float, default=20.0, help="real time of each offer")
    parser.add_argument("--home", type=Path, help="of a stack that is up; else one is started and stopped")
    wanted = parser.parse_args(arguments)
    if len(wanted.times) == 1 or wanted.pairs < 1:
        parser.error("two multiples and one pair at least")
    try:
        with standing(wanted.home) as stack, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return int(not runner.run(measure(stack, wanted)))
    except (ShinseiError, RuntimeError, grpc.aio.AioRpcError) as error:
        print(f"bench.beyond: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
