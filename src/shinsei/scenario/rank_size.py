"""Sizes of many municipalities from a rank-size curve: what is published are totals and a few sizes, not all of them.

The curve falls from the largest municipality (rank 1) to the smallest (the last rank) and goes through the lower bounds
of the size classes at the ranks that their numbers give. Between two of these points it is a power law of the rank,
bent alike in every class: with x the share of the way in the logarithm of the rank, the size has gone x^bend of the way
in its logarithm. The one free number, the bend, is fitted so that all sizes together are the people there are.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from math import exp, log

_LEAST_BEND, _MOST_BEND = 0.2, 5.0
"""Beyond these a class would consist of its two ends."""
_STEPS = 60
"""Halvings: beyond double precision."""

Point = tuple[float, int]
"""A rank and the size there."""


class UnreachableTotalError(ValueError):
    """No curve through these points has this total."""


@lru_cache(maxsize=16)
def sizes(largest: int, smallest: int, classes: tuple[tuple[int, int], ...], total: int) -> tuple[int, ...]:
    """The sizes by rank, the largest first.

    Args:
        largest: people in the municipality of rank 1.
        smallest: people in the last one.
        classes: (number of municipalities, lower bound) of each size class, the largest first.
        total: people in all of them.

    Raises:
        UnreachableTotalError: the classes cannot hold so many or so few people.
    """
    curve = points(largest, smallest, classes)
    low, high = _LEAST_BEND, _MOST_BEND
    least, most = sum(_along(curve, low)), sum(_along(curve, high))
    if not least <= total <= most:
        message = f"the classes hold {least:,.0f} to {most:,.0f} people together, not {total:,}"
        raise UnreachableTotalError(message)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if sum(_along(curve, middle)) < total:
            low = middle
        else:
            high = middle
    return tuple(round(size) for size in _along(curve, low))


def points(largest: int, smallest: int, classes: Sequence[tuple[int, int]]) -> list[Point]:
    """What the curve goes through: both ends, and between two classes the bound of the upper one."""
    count, ranks = 0, []
    for number, bound in classes[:-1]:
        count += number
        ranks.append((count + 0.5, bound))
    return [(1.0, largest), *ranks, (float(sum(number for number, _ in classes)), smallest)]


def _along(curve: Sequence[Point], bend: float) -> list[float]:
    found = [float(curve[0][1])]
    for (start, upper), (stop, lower) in pairwise(curve):
        for rank in range(int(start) + 1, int(stop) + 1):
            way = (log(rank) - log(start)) / (log(stop) - log(start))
            found.append(exp(log(upper) + (log(lower) - log(upper)) * way**bend))
    return found
