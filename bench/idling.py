"""What stands idle beside a measurement takes too, from both sides: how much, is told with the result."""

from collections.abc import Sequence

from bench.sides import Side, shared
from bench.usage import cpu_s
from shinsei.runtime.clock import RealClock, sleep
from shinsei.stack import Stack

_OVER_S = 3.0


async def idle_shares(stack: Stack, sides: Sequence[Side]) -> dict[str, float]:
    """Share of one core, by side, and of what both use."""
    groups = {**{side.name: side.own for side in sides}, "kafka and postgres": shared(stack)}
    clock = RealClock()
    before = {name: sum(cpu_s(group).values()) for name, group in groups.items()}
    began_s = clock.monotonic_s()
    await sleep(_OVER_S)
    took_s = clock.monotonic_s() - began_s
    return {name: round((sum(cpu_s(group).values()) - before[name]) / took_s, 3) for name, group in groups.items()}
