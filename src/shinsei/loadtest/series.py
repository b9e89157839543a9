"""``series.csv`` of a load test."""

import csv
import io

from shinsei.loadtest.books import COUNTERS, Books


def series_csv(books: Books) -> str:
    """One line a second: counters, and p50, p90, p99 of acceptance and registration in seconds."""
    stream = io.StringIO()
    table = csv.writer(stream, lineterminator="\n")
    names = [f"{series}_{share}_s" for series in ("accepted", "registered") for share in ("p50", "p90", "p99")]
    table.writerow(("second", *COUNTERS, *names, "oldest_open_s"))
    for at, second in sorted(books.seconds.items()):
        latencies = [
            histogram.quantile(share)
            for histogram in (second.accepted, second.registered)
            for share in (0.5, 0.9, 0.99)
        ]
        shown = ["" if value is None else f"{value:.6f}" for value in latencies]
        counts = [second.counts[name] for name in COUNTERS]
        table.writerow((round(at - books.started_s), *counts, *shown, f"{books.oldest_s(at + 1):.1f}"))
    return stream.getvalue()
