"""A screening design: every assumption at once at the low or high end of its range, in as few seasons as can be.

Plackett and Burman's two-level design (Biometrika 33, 1946) by Paley's construction: with a prime q = 3 (mod 4), the
quadratic residues of q give a q + 1 by q array of signs whose columns are balanced and orthogonal. Each main effect is
then estimated from all seasons. What stands out of chance is judged by Lenth's pseudo standard error (Technometrics
31, 1989), which takes it that most effects are nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt
from statistics import median

from shinsei.planning.statistics import t_quantile

_SIGNIFICANT = 0.975
_TRIMMED_AT, _SCALE = 2.5, 1.5
"""Lenth's constants."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """Main effects of one figure."""

    effects: tuple[float, ...]
    """Mean at the high ends minus mean at the low ends, a factor each."""
    margin: float
    """An effect smaller than this is not told from chance and interactions."""


def design(factors: int) -> list[tuple[int, ...]]:
    """Rows of signs, a column a factor; the last row is all low."""
    size = next(q for q in range(max(factors, 3), 10 * factors + 20) if q % 4 == 3 and _is_prime(q))  # noqa: PLR2004
    residues = {n * n % size for n in range(1, size)}
    first = [1 if n in residues or n == 0 else -1 for n in range(size)]
    rows = [tuple(first[(column - row) % size] for column in range(factors)) for row in range(size)]
    return [*rows, (-1,) * factors]


def main_effects(rows: Sequence[Sequence[int]], results: Sequence[float]) -> Effects:
    """The main effect of each factor on a figure, and the margin below which it says nothing."""
    half = len(rows) / 2
    found = tuple(
        sum(sign * result for sign, result in zip(column, results, strict=True)) / half
        for column in zip(*rows, strict=True)
    )
    sizes = [abs(effect) for effect in found]
    rough = _SCALE * median(sizes)
    kept = [size for size in sizes if size < _TRIMMED_AT * rough] or sizes
    return Effects(effects=found, margin=t_quantile(_SIGNIFICANT, max(1, len(found) // 3)) * _SCALE * median(kept))


def _is_prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, isqrt(number) + 1))
