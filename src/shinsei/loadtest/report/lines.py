"""The books of a load test as lines to be drawn."""

from collections import defaultdict
from collections.abc import Iterable

from shinsei.loadtest.books import OFFERED, REGISTERED, Books
from shinsei.loadtest.histogram import Histogram
from shinsei.loadtest.report.plots import Line
from shinsei.season.text import Text

MOST_POINTS = 240
"""Of a line over time; a longer test is shown by spans of several seconds."""
_FEW = 3
"""Seconds at one rate below which it is no point of the knee."""


def _spans(books: Books) -> Iterable[tuple[float, list[int]]]:
    """Spans of seconds, few enough for a line: seconds from the start, and which."""
    if not books.seconds:
        return
    first, last = min(books.seconds), max(books.seconds)
    width = (last - first) // MOST_POINTS + 1
    for start in range(first, last + 1, width):
        yield start - books.started_s, [at for at in range(start, start + width) if at in books.seconds]


def per_second(books: Books, counters: tuple[str, ...]) -> list[tuple[float, float]]:
    """Counters together, a second."""
    return [
        (max(at, 0.0), sum(books.seconds[one].counts[name] for one in span for name in counters) / max(len(span), 1))
        for at, span in _spans(books)
    ]


def quantile_over_time(books: Books, series: str, share: float) -> list[tuple[float, float]]:
    """A quantile of a series, over the seconds of a test."""
    found = []
    for at, span in _spans(books):
        value = Histogram.sum_of(getattr(books.seconds[one], series) for one in span).quantile(share)
        if value is not None:
            found.append((max(at, 0.0), value))
    return found


def whole(name: Text, colour: str, histogram: Histogram | None, dashes: str | None = None) -> Line:
    """A whole distribution as a line."""
    known = histogram or Histogram()
    points = [(seen / known.count, value) for value, seen in known.rows() if value > 0]
    return Line(name=name, colour=colour, points=points, dashes=dashes)


def by_rate(books: Books) -> list[tuple[float, float]]:
    """Mean completions of the seconds at about the same rate, in twenty classes."""
    top = max((second.counts[OFFERED] for second in books.seconds.values()), default=0)
    classes: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for second in books.seconds.values():
        if second.counts[OFFERED]:
            classes[second.counts[OFFERED] * 20 // max(top, 1)].append(
                (second.counts[OFFERED], second.counts[REGISTERED])
            )
    return [
        (sum(x for x, _ in found) / len(found), sum(y for _, y in found) / len(found))
        for _, found in sorted(classes.items())
        if len(found) >= _FEW
    ]
