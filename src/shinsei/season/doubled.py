"""The doubles of an office as a season reads them: who found them, when, and what nobody found."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median_low

from shinsei.domain.office.report import DayReport

_HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubleFigures:
    """People who filed the same twice (二重申請), online and on paper."""

    found: Mapping[str, int]
    """Second filings that somebody noticed, by who did."""
    found_after_h: Mapping[str, Sequence[float]] = field(default_factory=dict)
    """Hours from each of these filings until it was found, by who did."""
    registered: int
    """Second filings that nobody noticed: that many people are in the core system, and are paid, twice."""
    check_hours: float
    """Clerks' handling time for looking at both filings."""

    @property
    def is_empty(self) -> bool:
        """Whether nobody filed twice."""
        return not (self.found or self.registered)

    @property
    def found_after_days(self) -> float | None:
        """Median days from the second filing until it was found; None where none was."""
        return _median_days(hour for hours in self.found_after_h.values() for hour in hours)

    @property
    def found_after_days_by_finder(self) -> Mapping[str, float | None]:
        """The same for each who found some."""
        return {finder: _median_days(hours) for finder, hours in self.found_after_h.items()}


def double_figures(pages: Iterable[DayReport], check_hours: float) -> DoubleFigures:
    """The doubles in these pages of an office's books."""
    pages = tuple(pages)
    return DoubleFigures(
        found=_summed(page.doubles_found for page in pages),
        found_after_h=_joined(page.doubles_found_after_h for page in pages),
        registered=sum(page.doubles_registered for page in pages),
        check_hours=check_hours,
    )


def doubles_together(each: Sequence[DoubleFigures]) -> DoubleFigures:
    """Those of several offices as one."""
    return DoubleFigures(
        found=_summed(one.found for one in each),
        found_after_h=_joined(one.found_after_h for one in each),
        registered=sum(one.registered for one in each),
        check_hours=sum(one.check_hours for one in each),
    )


def _summed(each: Iterable[Mapping[str, int]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for one in each:
        found.update(one)
    return dict(sorted(found.items()))


def _joined(each: Iterable[Mapping[str, Sequence[float]]]) -> dict[str, tuple[float, ...]]:
    joined: defaultdict[str, list[float]] = defaultdict(list)
    for one in each:
        for finder, hours in one.items():
            joined[finder].extend(hours)
    return {finder: tuple(hours) for finder, hours in sorted(joined.items())}


def _median_days(hours: Iterable[float]) -> float | None:
    known = tuple(hours)
    return median_low(known) / _HOURS_A_DAY if known else None
