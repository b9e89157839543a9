"""What a search by fetch mode and method came to, as a summary has it: one row each, the highest and the lowest."""

from collections.abc import Callable, Sequence
from typing import Any

from shinsei.loadtest.apart import Part
from shinsei.loadtest.finding import Found
from shinsei.loadtest.search_section import Asks
from shinsei.loadtest.step_figures import rounded, step_figures

Busiest = Callable[[float | None], dict[str, Any]]
"""A rate as a multiple of the busiest hour."""


def apart_figures(
    found: Sequence[tuple[Part, Found]],
    busiest: Busiest,
    *,
    is_confirmed: bool = False,
    confirmed_per_s: float | None = None,
) -> dict[str, Any]:
    """The figures; nothing where methods were not searched apart."""
    if not found:
        return {}
    rows = [_row(part, one, busiest) for part, one in found]
    rates = [row["per_s"] for row in rows]
    best = max(rows, key=lambda row: row["per_s"] or 0.0)
    return {
        "max_sustained_per_s": best["per_s"],
        "max_sustained_is": str(Asks.INFRASTRUCTURE),
        "max_sustained_is_lower_bound": best["is_lower_bound"],
        "max_sustained_is_confirmed": is_confirmed,
        "max_confirmed_per_s": rounded(confirmed_per_s),
        "max_sustained_of": {"fetch": best["fetch"], "method": best["method"]} if best["per_s"] else None,
        "max_sustained_busiest_hour": busiest(best["per_s"]),
        "least_sustained_per_s": None if None in rates else min(rates),
        "lower_bounds": sum(row["is_lower_bound"] for row in rows),
        "search_is_whole": all(one.is_whole for _, one in found),
        "sustained": rows,
    }


def _row(part: Part, found: Found, busiest: Busiest) -> dict[str, Any]:
    best, above = found.best, found.lowest_broken
    per_s = rounded(found.sustained_per_s)
    return {
        "fetch": part.fetch,
        "method": part.method,
        "per_s": per_s,
        "is_lower_bound": found.is_lower_bound,
        "is_settled": found.is_whole,
        "not_sustained_per_s": None if above is None else rounded(above.per_s),
        "not_sustained_because": [] if above is None else list(above.broken),
        "p50_s": None if best is None else rounded(best.step.p50_s),
        "p99_s": None if best is None else rounded(best.step.p99_s),
        "busiest_hour": busiest(per_s),
        "steps": [step_figures(one) for one in found.tried],
    }
