"""The rows of a plan, from which terminal and report make their tables."""

from collections.abc import Sequence

from shinsei.planning.answer import choice, rivals
from shinsei.planning.figures import HEADLINES, Kind
from shinsei.planning.study import Study
from shinsei.planning.words import cell, difference_cell, spread_cell
from shinsei.season.comparison import Row
from shinsei.season.text import Text, both
from shinsei.season.words import RESOURCE_NAMES

_RECOMMENDED = Text("Recommended in", "推奨された回数")
_SATURATED = Text("Saturated first, most often", "最初の飽和(最多)")
_PEAK_DAY = (Text("… on, 5 to 95 %", "… その日(5〜95%)"), spread_cell)
"""The day of the peak jumps between the seasons, so that a mean of it would be a day on which nothing happens."""


def figures_rows(found: Study) -> list[Row]:
    """Every figure of every method: mean and half-width of its 95 % interval."""
    methods = range(len(found.methods))
    rows = [
        Row(label=label, cells=tuple(shown(figure, found.estimate(one, figure.key)) for one in methods))
        for figure in found.figures
        for label, shown in [_PEAK_DAY if figure.key == "backlog_peak_at" else (figure.label, cell)]
    ]
    rows.append(Row(label=_SATURATED, cells=tuple(_saturated(found, one) for one in methods)))
    if choice(found) is not None:
        n = len(found.seasons)
        cells = tuple(Text(f"{count} of {n}", f"{n}回中{count}回") for count in found.first_counts)
        rows.append(Row(label=_RECOMMENDED, cells=cells))
    return rows


def spread_rows(found: Study) -> list[Row]:
    """How far seasons differ: 5th to 95th percentile of the headline figures."""
    methods = range(len(found.methods))
    return [
        Row(label=figure.label, cells=tuple(spread_cell(figure, found.estimate(one, figure.key)) for one in methods))
        for figure in HEADLINES
        if figure in found.figures
    ]


def difference_rows(found: Study) -> list[Row]:
    """The headline figures of the other methods minus those of the choice; its own cells are empty."""
    best = choice(found)
    if best is None or not rivals(found):
        return []
    return [
        Row(
            label=figure.label + (Text(", days", "(日)") if figure.kind is Kind.MOMENT else both("")),
            cells=tuple(
                both("") if one == best else difference_cell(figure, found.difference(one, best, figure.key))
                for one in range(len(found.methods))
            ),
        )
        for figure in HEADLINES
        if figure in found.figures
    ]


def _saturated(found: Study, method: int) -> Text:
    names: Sequence[str | None] = [season.methods[method].saturated for season in found.seasons]
    most = max(set(names), key=lambda name: (names.count(name), name or ""))
    return RESOURCE_NAMES.get(most, both(most)) if most else Text("none", "なし")
