"""``series.csv`` of a load test."""

import csv
import io
from collections import deque

from shinsei.loadtest.books import ACCEPTED, COUNTERS, ENDED, REGISTERED, Books


def series_csv(books: Books) -> str:
    """One line a second: counters, and p50, p90, p99 of acceptance and registration in seconds."""
    stream = io.StringIO()
    table = csv.writer(stream, lineterminator="\n")
    names = [f"{series}_{share}_s" for series in ("accepted", "registered") for share in ("p50", "p90", "p99")]
    table.writerow(("second", *COUNTERS, *names, "oldest_open_s"))
    oldest = oldest_by_second(books)
    for at, second in sorted(books.seconds.items()):
        latencies = [
            histogram.quantile(share)
            for histogram in (second.accepted, second.registered)
            for share in (0.5, 0.9, 0.99)
        ]
        shown = ["" if value is None else f"{value:.6f}" for value in latencies]
        counts = [second.counts[name] for name in COUNTERS]
        table.writerow((round(at - books.started_s), *counts, *shown, f"{oldest[at]:.1f}"))
    return stream.getvalue()


def oldest_by_second(books: Books) -> dict[int, float]:
    """Age of the oldest open case at the end of each second, as ``Books.oldest_s`` has it, in one go."""
    found: dict[int, float] = {}
    waiting: deque[list[int]] = deque()  # second, and how many accepted in it are still open
    ahead = 0  # completions that came before their acceptance was told
    for at, second in sorted(books.seconds.items()):
        waiting.append([at, second.counts[ACCEPTED]])
        done = ahead + second.counts[REGISTERED] + second.counts[ENDED]
        while waiting and waiting[0][1] <= done:
            done -= waiting.popleft()[1]
        if waiting:
            waiting[0][1] -= done
            done = 0
        ahead = done
        found[at] = max(at + 1 - waiting[0][0] - 0.5, 0.0) if waiting else 0.0
    return found
