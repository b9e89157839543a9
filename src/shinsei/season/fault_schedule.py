"""Faults that come and go by themselves: which flag, where and for how long, all of it from a seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from shinsei.contracts.fault_flags import FLAGS, Flag
from shinsei.domain.draws import draw
from shinsei.domain.errors import InvalidInputError

SHORTEST_S, LONGEST_S = 3.0, 15.0
"""For how long a flag is set [A]."""
LEAST_GAP_S, MOST_GAP_S = 2.0, 20.0
"""From the beginning of one to that of the next [A]: some overlap."""
_SPREAD: Final = 0.5
"""Share by which a value is more or less than usual [A]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A flag that is to be set."""

    at_s: float
    """Real seconds from the beginning."""
    flag: Flag
    service: str
    value: int
    for_s: float
    seed: int
    """Of its own draws."""


def schedule(seed: int, minutes: float, flags: Sequence[Flag] = tuple(FLAGS.values())) -> Iterator[Planned]:
    """The faults of so many minutes; the same seed gives the same ones.

    Raises:
        InvalidInputError: there is no flag to choose from.
    """
    if not flags:
        raise InvalidInputError("--flag", "name one at least")
    at_s, n = draw(seed, "schedule", "gap", 0) * LEAST_GAP_S, 0
    while at_s < minutes * 60:
        n += 1
        flag = flags[int(draw(seed, "schedule", "flag", n) * len(flags))]
        yield Planned(
            at_s=round(at_s, 1),
            flag=flag,
            service=flag.services[int(draw(seed, "schedule", "service", n) * len(flag.services))],
            value=_value(flag, draw(seed, "schedule", "value", n)),
            for_s=round(_between(SHORTEST_S, LONGEST_S, draw(seed, "schedule", "length", n)), 1),
            seed=seed * 1_000 + n,
        )
        at_s += _between(LEAST_GAP_S, MOST_GAP_S, draw(seed, "schedule", "gap", n))


def _between(least: float, most: float, lot: float) -> float:
    return least + (most - least) * lot


def _value(flag: Flag, lot: float) -> int:
    """Something like the usual value, within the flag's range."""
    wanted = round(flag.usual * _between(1 - _SPREAD, 1 + _SPREAD, lot))
    return min(max(wanted, flag.least), flag.most)
