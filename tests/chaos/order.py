"""In which order things are done: shuffled by the seed, each once before any comes again."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from shinsei.domain.draws import draw

T = TypeVar("T")


def shuffled(seed: int, n: int, things: Sequence[T]) -> list[T]:
    """The ``n``-th order of things from a seed."""
    lots = [draw(seed, f"order-{n}", "chaos", place) for place in range(len(things))]
    return [things[place] for place in sorted(range(len(things)), key=lots.__getitem__)]


def endless(seed: int, things: Sequence[T]) -> Iterator[T]:
    """All things in one order after another, without end."""
    n = 0
    while things:
        yield from shuffled(seed, n, things)
        n += 1
