"""Figures of a search as they stand in a summary: each rate that was tried, and what it brought."""

from dataclasses import asdict
from typing import Any

from shinsei.loadtest.finding import Tried

DIGITS = 6


def rounded(value: float | None) -> float | None:
    """A figure without the digits that mean nothing; None stays None."""
    return None if value is None else round(value, DIGITS)


def step_figures(one: Tried) -> dict[str, Any]:
    """A rate and what it brought."""
    values = {name: rounded(value) for name, value in asdict(one.step).items()}
    told = {"is_sustained": one.is_sustained, "broken": list(one.broken), "undecided": one.undecided}
    return {"per_s": rounded(one.per_s), **told, **values}
