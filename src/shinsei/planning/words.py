"""How the figures of a plan are written: a mean with its interval, as exact as the interval deserves."""

from math import floor, log10
from typing import Protocol

from shinsei.domain.simtime import DAY_MS, HOUR_MS, SimTime
from shinsei.planning.figures import Kind
from shinsei.planning.statistics import Estimate
from shinsei.season.comparison import NOT_REACHED
from shinsei.season.text import Text, both
from shinsei.season.words import clock, short_day, yen

_MOST_DECIMALS = 2


class Written(Protocol):
    """A figure as far as writing its values goes."""

    @property
    def kind(self) -> Kind:
        """How its values are written."""


_MILLION, _MAN, _THOUSAND = 1e6, 1e4, 1e3
_SMALL = 1e5
"""Yen below which thousands say more than hundredths of a million."""


def counted(n: int, one: str) -> str:
    """``1 season``, ``30 seasons``."""
    return f"{n:,} {one}" if n == 1 else f"{n:,} {one}s"


def cell(figure: Written, found: Estimate) -> Text:
    """``1,168 ± 12``; where some seasons did not get there, in how many they did."""
    if found.mean is None:
        return (
            NOT_REACHED if not found.known else Text(f"in {found.known} of {found.n}", f"{found.n}回中{found.known}回")
        )
    return amount(figure, found.mean, found.half_width)


def difference_cell(figure: Written, found: Estimate) -> Text:
    """``+118 ± 9``, moments in days."""
    if found.mean is None:
        return NOT_REACHED
    sign = "+" if found.mean > 0 else "−" if found.mean < 0 else ""
    if figure.kind is Kind.MOMENT:
        mean, half = abs(found.mean) / DAY_MS, None if found.half_width is None else found.half_width / DAY_MS
        return Text(f"{sign}{_plain(mean, half)} d", f"{sign}{_plain(mean, half)}日")
    shown = amount(figure, abs(found.mean), found.half_width)
    return Text(sign + shown.en, sign + shown.ja)


def spread_cell(figure: Written, found: Estimate) -> Text:
    """``1,110 to 1,230``: from the 5th to the 95th percentile of the seasons."""
    low, high = (NOT_REACHED if at is None else value(figure, at) for at in (found.low, found.high))
    if low == high:
        return low
    if found.high is None:
        return Text(f"{low.en} or later", f"{low.ja}以降")
    return Text(f"{low.en} to {high.en}", f"{low.ja}〜{high.ja}")


def value(figure: Written, at: float) -> Text:
    """One value without an interval."""
    if figure.kind is Kind.MOMENT:
        return short_day(SimTime(round(at)))
    if figure.kind is Kind.YEN:
        return yen(at)
    if figure.kind is Kind.SHARE:
        return both(f"{at:.0%}")
    return both(_plain(at, None))


def amount(figure: Written, mean: float, half: float | None) -> Text:
    """A mean with the half-width of its interval."""
    if figure.kind is Kind.MOMENT:
        return _moment(mean, half)
    if figure.kind is Kind.SHARE:
        return both(f"{_plain(mean * 100, None if half is None else half * 100)} %")
    if figure.kind is Kind.YEN:
        if 0 < abs(mean) < _SMALL:
            thousands = _plain(mean / _THOUSAND, None if half is None else half / _THOUSAND)
            return Text(f"¥{thousands} k", f"{_plain(mean / _MAN, None if half is None else half / _MAN)}万円")
        english = _plain(mean / _MILLION, None if half is None else half / _MILLION)
        return Text(f"¥{english} M", f"{_plain(mean / _MAN, None if half is None else half / _MAN)}万円")
    return both(_plain(mean, half))


def _moment(mean: float, half: float | None) -> Text:
    at = SimTime(round(mean))
    shown = Text(f"{short_day(at).en} {clock(at)}", f"{short_day(at).ja} {clock(at)}")
    if half is None:
        return shown
    if half < DAY_MS:
        hours = f"{half / HOUR_MS:.0f}" if half >= HOUR_MS or not half else f"{half / HOUR_MS:.1f}"
        return shown + Text(f" ± {hours} h", f" ± {hours}時間")
    return shown + Text(f" ± {half / DAY_MS:.1f} d", f" ± {half / DAY_MS:.1f}日")


def _plain(mean: float, half: float | None) -> str:
    """Two digits of the interval; a figure without one is shown to three digits."""
    scale = half or abs(mean) / 10
    decimals = 0 if not scale else min(max(1 - floor(log10(scale)), 0), _MOST_DECIMALS)
    if mean == int(mean) and not half:
        decimals = 0
    shown = f"{mean:,.{decimals}f}"
    if half is None:
        return shown
    least = 10.0**-decimals
    return f"{shown} ± <{least:g}" if 0 < half < least / 2 else f"{shown} ± {half:,.{decimals}f}"
