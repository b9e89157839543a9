"""The money of 付録2: what a linkage method costs a year, and from how many cases another one is cheaper.

``TCO(N) = N · (t + p_exc · t_exc) · w + capex / horizon + opex``; nothing published gives a formula [A].
"""

from dataclasses import dataclass

_MINUTES_AN_HOUR = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a method costs whoever bears it."""

    minutes: float
    """Clerks' minutes per case, checks and exceptions included."""
    capex_yen: float = 0.0
    """Paid once, net of a subsidy."""
    opex_yen: float = 0.0
    """Licences and upkeep, per year."""


def labour_yen(minutes: float, cases: float, *, hour_yen: float) -> float:
    """A year's labour."""
    return cases * minutes / _MINUTES_AN_HOUR * hour_yen


def yearly_yen(terms: Terms, cases: float, *, hour_yen: float, years: float) -> float:
    """A year's cost at this many cases, the investment spread over the years of use."""
    return labour_yen(terms.minutes, cases, hour_yen=hour_yen) + terms.capex_yen / years + terms.opex_yen


def break_even(now: Terms, then: Terms, *, hour_yen: float, years: float) -> float | None:
    """Cases a year from which ``then`` is cheaper than ``now``: 0 from the first, None never."""
    fixed = (then.capex_yen - now.capex_yen) / years + then.opex_yen - now.opex_yen
    saved = labour_yen(now.minutes - then.minutes, 1.0, hour_yen=hour_yen)
    if saved <= 0.0:
        return 0.0 if fixed < 0.0 else None
    return max(0.0, fixed / saved)
