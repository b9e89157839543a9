"""The pictures of the advice: the cheapest method by volume, and what each method costs each package a year."""

from collections.abc import Sequence
from itertools import groupby
from math import log10

from shinsei.domain.advice import Advice, PackageAdvice, Question, Way, cheapest_by_volume
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.season.advice.words import PACKAGE_NAMES, cases
from shinsei.season.report.axes import mark
from shinsei.season.report.style import LIGHT_COLOURS, METHOD_COLOURS, METHOD_MARKS
from shinsei.season.report.svg import Box, Scale, drawing, element, label, line, nice_ticks, rect
from shinsei.season.text import Text
from shinsei.season.words import METHOD_NAMES

WIDTH = 960
LABOUR, SPREAD, RUNNING = "#0072B2", "#E69F00", "#9AA5B1"
WAY_PARTS = (
    (Text("clerks' time", "職員の作業時間"), LABOUR),
    (Text("investment, per year of use", "一時費用(使用年数割)"), SPREAD),
    (Text("licences and upkeep", "ライセンス・保守"), RUNNING),
)
_LEFT = 190
_STRIP, _GAP = 24, 26
_DECADES = (1, 5)
"""Cases a year on the axis: 10 to 100,000."""
_STEPS = 200
_BAR, _BAR_GAP, _BLOCK_GAP = 15, 5, 20
_LEAST_WIDTH_FOR_NUMBER = 34


def by_volume(question: Question, advice: Advice) -> str:
    """A strip a package: which method is cheapest at which volume, and where the city stands."""
    height = len(advice.packages) * (_STRIP + _GAP)
    box = Box(left=_LEFT, top=14, width=WIDTH - _LEFT - 30, height=height)
    x = Scale(low=_DECADES[0], high=_DECADES[1], start=box.left, stop=box.right)
    parts = []
    for index, package in enumerate(advice.packages):
        parts.append(_strip(question, package, x, box.top + index * (_STRIP + _GAP) + _GAP / 2))
    parts.append(line(box.left, box.bottom + 4, box.right, box.bottom + 4, "axis"))
    for decade in range(_DECADES[0], _DECADES[1] + 1):
        parts.append(line(x(decade), box.bottom + 4, x(decade), box.bottom + 9, "axis"))
        parts.append(label(x(decade), box.bottom + 22, f"{10**decade:,}", anchor="middle"))
    unit = Text("online cases of the package a year", "パッケージのオンライン申請件数(年)")
    parts.append(label(box.right, box.bottom + 40, unit, "unit", "end"))
    title = Text("Cheapest method by volume", "件数別の最も安い方式")
    return drawing(WIDTH, box.bottom + 48, "".join(parts), title, "volume-chart")


def _strip(question: Question, package: PackageAdvice, x: Scale, top: float) -> str:
    low, high = _DECADES
    logs = [low + (high - low) * (step + 0.5) / _STEPS for step in range(_STEPS)]
    methods = cheapest_by_volume(question, package.core_system, [10**at / package.cases for at in logs])
    parts = [label(_LEFT - 12, top + _STRIP / 2 + 4.5, PACKAGE_NAMES[package.core_system], "row-name", "end")]
    for method, run in groupby(range(_STEPS), key=lambda step: methods[step]):
        steps = list(run)
        left = x(low + (high - low) * steps[0] / _STEPS)
        right = x(low + (high - low) * (steps[-1] + 1) / _STEPS)
        parts.append(rect(left, top, right - left, _STRIP, fill=METHOD_COLOURS[method], opacity=0.85, class_="segment"))
        if right - left >= _LEAST_WIDTH_FOR_NUMBER:
            style = "inside on-light" if METHOD_COLOURS[method] in LIGHT_COLOURS else "inside"
            parts.append(label((left + right) / 2, top + _STRIP / 2 + 4.5, METHOD_MARKS[method], style, "middle"))
    at = x(min(max(log10(max(package.cases, 1e-9)), low), high))
    span = [x(min(max(log10(max(package.cases * factor, 1e-9)), low), high)) for factor in (0.5, 2.0)]
    parts.append(line(span[0], top - 5, span[1], top - 5, "today-span"))
    parts.append(element("path", d=f"M{at - 5:.1f} {top - 9:.1f}h10l-5 8z", class_="today"))
    parts.append(label(at, top - 11, cases(package.cases), "today-text", "middle"))
    return "".join(parts)


def by_method(advice: Advice) -> str:
    """A block a package, a bar a method."""
    ways = [way.yearly_yen for package in advice.packages for way in package.ways]
    ticks = nice_ticks(max(ways) / 1e6)
    heights = [len(package.ways) * (_BAR + _BAR_GAP) + _BLOCK_GAP for package in advice.packages]
    box = Box(left=_LEFT + 125, top=26, width=WIDTH - _LEFT - 125 - 60, height=sum(heights))
    x = Scale(low=0, high=ticks[-1], start=box.left, stop=box.right)
    parts = [label(box.left, box.top - 10, Text("million yen a year", "百万円/年"), "unit")]
    for tick in ticks:
        parts.append(rect(x(tick), box.top, 0.6, box.height, class_="grid-bar"))
        parts.append(label(x(tick), box.bottom + 12, f"{tick:g}", anchor="middle"))
    top = box.top + _BLOCK_GAP / 2
    for package, height in zip(advice.packages, heights, strict=True):
        parts.append(_block(package, x, top))
        top += height
    title = Text("A year's cost of each method", "方式別の年間費用")
    return drawing(WIDTH, box.bottom + 20, "".join(parts), title, "method-chart")


def _block(package: PackageAdvice, x: Scale, top: float) -> str:
    taken = {one.method for one in package.procedures}
    middle = top + len(package.ways) * (_BAR + _BAR_GAP) / 2
    parts = [label(_LEFT - 12, middle + 2, PACKAGE_NAMES[package.core_system], "row-name", "end")]
    for index, way in enumerate(package.ways):
        place = top + index * (_BAR + _BAR_GAP)
        parts.append(_bar(way, x, place, chosen=way.method in taken))
    return "".join(parts)


def _bar(way: Way, x: Scale, top: float, *, chosen: bool) -> str:
    parts, reached = [], 0.0
    for value, colour in _segments(way):
        left, right = x(reached), x(reached + value / 1e6)
        reached += value / 1e6
        parts.append(rect(left, top, right - left, _BAR, fill=colour, class_="segment"))
    body = element("g", "".join(parts), opacity=None if way.available else 0.35)
    total = f"{way.yearly_yen / 1e6:,.1f}" + (" ✓" if chosen else "")
    return "".join(
        (
            _dot(way.method, top),
            label(_LEFT + 16, top + _BAR / 2 + 4, METHOD_NAMES[way.method], "way chosen" if chosen else "way"),
            body,
            label(x(reached) + 6, top + _BAR / 2 + 4, total, "way chosen" if chosen else "way"),
        )
    )


def _segments(way: Way) -> Sequence[tuple[float, str]]:
    return ((way.labour_yen, LABOUR), (way.investment_a_year_yen, SPREAD), (way.running_yen, RUNNING))


def _dot(method: LinkageMethod, top: float) -> str:
    return mark(_LEFT + 4, top + _BAR / 2, METHOD_MARKS[method], METHOD_COLOURS[method])
