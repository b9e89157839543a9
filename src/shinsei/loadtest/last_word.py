"""The last word of the ordinary ``locust`` command, which has no gates and no report: all counts, and its lag."""

from shinsei.loadtest.books import ACCEPTED, DROPPED, FAILED, OFFERED, REFUSED, Tally

_COUNTS = (OFFERED, ACCEPTED, DROPPED, REFUSED, FAILED)


def last_word(tally: Tally, most_lag_s: float) -> str:
    """One line about a test that is over."""
    counts = ", ".join(f"{name} {tally.totals[name]:,}" for name in _COUNTS)
    lag_s = tally.lag.quantile(0.99)
    shown = "unknown" if lag_s is None else f"{lag_s:.3f} s"
    return (
        f"{counts}, wanted later and not done {tally.later_dropped:,}; "
        f"the generator's lag at p99 was {shown}, at most {most_lag_s:g} s is allowed"
    )


def is_well(tally: Tally, most_lag_s: float) -> bool:
    """Whether something was accepted, nothing failed, and the generator kept its time."""
    lag_s = tally.lag.quantile(0.99)
    return bool(tally.totals[ACCEPTED]) and not tally.totals[FAILED] and lag_s is not None and lag_s <= most_lag_s
