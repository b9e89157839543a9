"""Two results season by season: where both have the season of one seed, their figures are subtracted in it.

Both met the same filings and fates there, so the difference is known far better than the figures themselves.
"""

from math import isclose

from shinsei.planning.figures import Figure, Kind
from shinsei.planning.sides import Side
from shinsei.planning.statistics import Estimate, estimate

_RELATIVE, _ABSOLUTE = 1e-5, 6e-3
"""To which figures are written: what is nearer to each other is equal."""


def shared(first: Side, second: Side, column: str) -> list[int]:
    """Seeds of the seasons that both have of a column."""
    return [seed for seed, known in first.seasons.items() if column in known and column in second.seasons.get(seed, {})]


def paired(first: Side, second: Side, column: str, figure: Figure) -> Estimate | None:
    """How much a figure of the second exceeds that of the first, season by season; None without a season in common."""
    gaps = [
        _gap(figure, first.seasons[seed][column][figure.key], second.seasons[seed][column][figure.key])
        for seed in shared(first, second, column)
    ]
    return estimate(gaps) if gaps else None


def changed(first: Side, second: Side) -> dict[str, tuple[str | None, str | None]]:
    """Parameters in which two results differ, by path; empty where one of them cannot be read."""
    if not first.parameters or not second.parameters:
        return {}
    paths = [*first.parameters, *(path for path in second.parameters if path not in first.parameters)]
    values = {path: (first.parameters.get(path), second.parameters.get(path)) for path in paths}
    return {path: pair for path, pair in values.items() if pair[0] != pair[1]}


def _gap(figure: Figure, first: float | None, second: float | None) -> float | None:
    if first is None or second is None:
        return None
    least = _ABSOLUTE / 100 if figure.kind is Kind.SHARE else _ABSOLUTE
    return (
        0.0
        if figure.kind is not Kind.MOMENT and isclose(first, second, rel_tol=_RELATIVE, abs_tol=least)
        else second - first
    )
