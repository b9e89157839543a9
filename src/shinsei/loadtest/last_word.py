"""The last word of the ordinary ``locust`` command, which has no gates and no report: all counts, and its lag."""

from shinsei.loadtest.books import ACCEPTED, DROPPED, FAILED, OFFERED, REFUSED, Tally
from shinsei.loadtest.plan import Plan

_COUNTS = (OFFERED, ACCEPTED, DROPPED, REFUSED, FAILED)


def last_word(tally: Tally, plan: Plan) -> str:
    """One line about a test that is over."""
    counts = ", ".join(f"{name} {tally.totals[name]:,}" for name in _COUNTS)
    lag_s = tally.lag.quantile(0.99)
    shown = "unknown" if lag_s is None else f"{lag_s:.3f} s"
    allowed = "" if plan.most_dropped is None else f"; at most {plan.most_dropped:,g} may be dropped"
    return (
        f"{counts}, calls that failed {tally.calls_failed:,}, wanted later and not done {tally.later_dropped:,}; "
        f"the generator's lag at p99 was {shown}, at most {plan.most_generator_lag_s:g} s is allowed{allowed}"
    )


def is_well(tally: Tally, plan: Plan) -> bool:
    """Whether something was accepted, nothing failed, and the generator kept its time and had slots enough."""
    lag_s, most = tally.lag.quantile(0.99), plan.most_dropped
    return (
        bool(tally.totals[ACCEPTED])
        and not tally.totals[FAILED]
        and not tally.calls_failed
        and (most is None or tally.totals[DROPPED] <= most)
        and lag_s is not None
        and lag_s <= plan.most_generator_lag_s
    )
