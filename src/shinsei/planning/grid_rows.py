"""A grid as tables: one a headline figure, variants down, methods across, and what each variant recommends."""

from shinsei.planning.answer import choice
from shinsei.planning.figures import HEADLINES, Figure
from shinsei.planning.grid import Grid
from shinsei.planning.study import Study
from shinsei.planning.words import cell
from shinsei.season.comparison import Row
from shinsei.season.text import Text, both


def shown_figures(found: Grid) -> list[Figure]:
    """Headline figures that say anything in some variant."""
    return [figure for figure in HEADLINES if any(figure in each.study.figures for each in found.variants)]


def figure_rows(found: Grid, figure: Figure) -> list[Row]:
    """One figure of every method under every variant."""
    return [
        Row(
            label=both(each.name),
            cells=tuple(cell(figure, each.study.estimate(one, figure.key)) for one in range(len(each.study.methods))),
        )
        for each in found.variants
    ]


def recommended(found: Study) -> Text:
    """The choice of a variant, and in how many of its seasons."""
    best = choice(found)
    if best is None:
        return both("—")
    often, n = found.first_counts[best], len(found.seasons)
    name = found.methods[best].name
    return name if often == n else name + Text(f" ({often} of {n})", f"({n}回中{often}回)")
