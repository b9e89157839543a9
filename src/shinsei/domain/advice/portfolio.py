"""Which options to take over all packages where money is short: exact, because packages are few.

Packages do not touch each other, so only money ties them. Going through them one by one, of two part choices the one
that costs more at once and gains nothing can never be part of the best whole; what remains is small.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from shinsei.domain.advice.options import Option


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A choice for the packages so far."""

    investment_yen: float
    misses: float
    yearly_yen: float
    chosen: tuple[Option, ...]

    def then(self, option: Option) -> "_Part":
        return _Part(
            investment_yen=self.investment_yen + option.investment_yen,
            misses=self.misses + option.misses,
            yearly_yen=self.yearly_yen + option.yearly_yen,
            chosen=(*self.chosen, option),
        )

    @property
    def gain(self) -> tuple[float, float]:
        """Less is better: periods first, then money."""
        return (self.misses, self.yearly_yen)


def choose(packages: Sequence[Sequence[Option]], budget_yen: float | None) -> tuple[Option, ...]:
    """One option a package: fewest late cases, then least cost a year, within what may be spent once.

    Every package must have an option that costs nothing at once.
    """
    parts = [_Part(investment_yen=0.0, misses=0.0, yearly_yen=0.0, chosen=())]
    for found in packages:
        grown = [part.then(option) for part in parts for option in found]
        parts = _undominated([part for part in grown if budget_yen is None or part.investment_yen <= budget_yen])
    return min(parts, key=lambda part: (*part.gain, part.investment_yen)).chosen


def _undominated(parts: Sequence[_Part]) -> list[_Part]:
    """Those that no cheaper one equals, by what is paid at once."""
    kept: list[_Part] = []
    for part in sorted(parts, key=lambda one: (one.investment_yen, one.gain)):
        if not kept or part.gain < kept[-1].gain:
            kept.append(part)
    return kept
