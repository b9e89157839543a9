"""One turn of one side: as much as goes through for a while, then half of that, and what both took."""

import os
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.load import Load
from bench.modes import Mode
from bench.payloads import Payloads
from bench.registered import Registered
from bench.sides import Side, dsn, kafka_folder, shared
from bench.usage import cpu_s, kept, pss_mib
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import RunSpec
from shinsei.runtime.clock import RealClock, sleep
from shinsei.stack import Stack

DRIVER = "driver"
PER = 10_000
"""Applications to which processor time is told."""
FLOWS_WITHIN_S, SETTLE_WITHIN_S, MOST_LONGER_S = 60.0, 120.0, 30.0
FEWEST = 500
"""Registrations at full load from which a rate is told; a turn takes longer until there are so many."""
_LOOK_EVERY_S = 0.1
_WEIGH_EVERY_S = 2.0
"""Reading what all processes take costs the driver some milliseconds, in both sides' turns."""
_LEAD_SHARE = 0.2
"""Of the time at half load, the part in which it settles and no latency is taken."""
_CLOCK = RealClock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """Real seconds of a turn."""

    warm_s: float
    """At full load, before anything is measured."""
    measure_s: float
    """At full load."""
    half_s: float
    """At half of what was completed."""
    expected_per_s: float = 0.0
    """So many applications a second are made ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a turn came to."""

    completed_per_s: float
    cpu_s_per_10k: Mapping[str, float]
    """By process; the driver's among them."""
    p50_s: float
    """From the moment at which a case was to be filed to its registration, at half load."""
    p99_s: float
    statuses_per_application: float
    """Messages that tell where it stands: the limit has one, Shinsei one for each watermark of the office between."""
    bytes_per_application: Mapping[str, float]
    memory_mib: Mapping[str, float]
    """By process, the most at full load."""
    refused: int
    """Applications that came again because the portal had refused them."""


Make = Callable[[str, Payloads, Mode, Registered], Load]
"""Makes the driver of a turn."""


async def take_turn(
    stack: Stack, side: Side, mode: Mode, method: LinkageMethod, lengths: Lengths, make: Make = Load
) -> Turn:
    """Lets a side do its best.

    Raises:
        RuntimeError: something accepted is lost, or nothing went through.
    """
    try:
        return await _taken(stack, side, await side.open(mode, method), mode, lengths, make)
    except BaseException:
        await side.abandon()
        raise


async def _taken(stack: Stack, side: Side, specs: Sequence[RunSpec], mode: Mode, lengths: Lengths, make: Make) -> Turn:
    place = (dsn(stack, "postgres"), side.databases, kafka_folder(stack), side.topics)
    before = await kept(*place)
    registered = Registered(stack.addresses.kafka_bootstrap, side.changed, specs[0].run_id)
    async with (
        registered,
        make(side.portal, Payloads(specs, side.cards, is_checked=side.checks), mode, registered) as load,
    ):
        load.prepare(lengths.expected_per_s * (lengths.warm_s + lengths.measure_s))
        watched = {**side.own, **shared(stack), DRIVER: os.getpid()}
        load.saturate()
        if not await _is_seen(load, registered, 1, FLOWS_WITHIN_S):
            raise RuntimeError(f"nothing goes through the {side.name}")
        await sleep(lengths.warm_s)
        from_ms, spent, seen = _CLOCK.now_ms(), cpu_s(watched), registered.count
        memory = await _heaviest(watched, lengths.measure_s)
        await _is_seen(load, registered, seen + FEWEST, MOST_LONGER_S)
        until_ms, spent_then = _CLOCK.now_ms(), cpu_s(watched)
        await _settle(load, registered)
        completed = sum(from_ms <= at < until_ms for _, at in registered.moments)
        if not completed:
            raise RuntimeError(f"nothing went through the {side.name} in {lengths.measure_s:g} s")
        per_s = completed * 1000 / (until_ms - from_ms)
        p50_s, p99_s = await _at_half_load(load, registered, per_s / 2, lengths.half_s)
    after = await kept(*place)
    await side.close()
    return Turn(
        completed_per_s=per_s,
        cpu_s_per_10k={
            name: (spent_then[name] - spent.get(name, 0.0)) * PER / completed for name in sorted(spent_then)
        },
        p50_s=p50_s,
        p99_s=p99_s,
        statuses_per_application=registered.statuses / load.accepted,
        bytes_per_application=after.since(before, load.accepted),
        memory_mib=memory,
        refused=load.refused,
    )


async def _heaviest(watched: Mapping[str, int], seconds: float) -> Mapping[str, float]:
    """The most that each process took within these seconds, in MiB."""
    until_s, most = _CLOCK.monotonic_s() + seconds, pss_mib(watched)
    while (left_s := until_s - _CLOCK.monotonic_s()) > 0:
        await sleep(min(left_s, _WEIGH_EVERY_S))
        most = {name: max(mib, most.get(name, 0.0)) for name, mib in pss_mib(watched).items()}
    return most


async def _is_seen(load: Load, registered: Registered, count: int, within_s: float) -> bool:
    """Whether so many are registered in time: processes may have just been started, and a machine may be busy."""
    began_s = _CLOCK.monotonic_s()
    while registered.count < count and _CLOCK.monotonic_s() - began_s < within_s:
        load.raise_failure()
        await sleep(_LOOK_EVERY_S)
    return registered.count >= count


async def _at_half_load(load: Load, registered: Registered, per_s: float, seconds: float) -> tuple[float, float]:
    """p50 and p99 in seconds, of those that were to be filed behind the lead."""
    before, began_ms = registered.count, _CLOCK.now_ms()
    await load.offer(per_s, seconds)
    await _settle(load, registered)
    counts_from_ms = began_ms + _LEAD_SHARE * seconds * 1000
    found = [(at - intended) / 1e3 for intended, at in registered.moments[before:] if intended >= counts_from_ms]
    return quantile(found, 0.5), quantile(found, 0.99)


async def _settle(load: Load, registered: Registered) -> None:
    try:
        await load.settle(SETTLE_WITHIN_S)
    except TimeoutError:
        lost = f"{load.open} of {load.accepted} accepted applications were not registered"
        raise RuntimeError(f"{lost} within {SETTLE_WITHIN_S:g} s") from None
    if registered.strangers:
        raise RuntimeError(f"{registered.strangers} registrations of what is registered already, or was never filed")


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share does not exceed; not a number where there is none."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    ranks = [(n + 1) / len(ordered) for n in range(len(ordered))]
    return ordered[min(bisect_left(ranks, share), len(ordered) - 1)]
