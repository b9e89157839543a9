"""What Locust keeps for every second of a test, however long that is, and nobody reads a minute later."""

from locust.stats import RequestStats

_KEPT_S = 60
"""Locust's current rates look back for twelve seconds."""
_KEPT_POINTS = 1_000
"""Of the curves on its page, one every five seconds: an hour and a half."""


def forget_seconds(stats: RequestStats) -> None:
    """Drops what lies so far back, of every name and of all together; sums and percentiles are kept apart from it."""
    for entry in (stats.total, *stats.entries.values()):
        last_s = int(entry.last_request_timestamp or 0)
        for by_second in (entry.num_reqs_per_sec, entry.num_fail_per_sec):
            for at_s in [at_s for at_s in by_second if at_s < last_s - _KEPT_S]:
                del by_second[at_s]
    del stats.history[:-_KEPT_POINTS]
