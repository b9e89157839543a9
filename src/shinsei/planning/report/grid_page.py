"""The page of a grid: a chart and a table a headline figure, and what each variant recommends."""

from shinsei.planning.figures import Figure
from shinsei.planning.grid import Grid
from shinsei.planning.grid_rows import figure_rows, recommended, shown_figures
from shinsei.planning.report.charts import WIDTH, bounds, figure_ticks
from shinsei.planning.report.page import (
    PageContext,
    page,
    provenance,
    scenario_header,
)
from shinsei.planning.words import counted, value
from shinsei.season.report.axes import mark
from shinsei.season.report.markup import figure as drawn
from shinsei.season.report.markup import method_key, method_keys, paragraph, section, table
from shinsei.season.report.style import colour_of, dash_of, mark_of
from shinsei.season.report.svg import Box, Scale, drawing, element, label, line, path
from shinsei.season.text import Text, both, html
from shinsei.season.words import join

_ABOUT = Text(
    "Mean over the seasons with its 95 % interval, variant by variant, on the same filings and fates. A point is "
    "missing where some season did not get there by the end of the run.",
    "変種ごとの全シーズンの平均と95%信頼区間(申請と偶然は共通)。計算期間内に達しないシーズンがある点は描かれない。",
)


def grid_html(found: Grid, context: PageContext) -> str:
    """The whole page."""
    first = found.variants[0].study
    keys = join([both(f"{axis.key} ({', '.join(axis.values)})") for axis in found.axes])
    n = len(first.seasons)
    span = Text(f"{counted(n, 'season')} of each variant", f"変種ごとに{n}シーズン")
    title = Text(found.scenario.report.title, found.scenario.report.title_ja)
    varied = Text(f"Varied: {keys.en}.", f"変えた項目: {keys.ja}。")
    body = [
        section(
            "answer",
            Text("What each variant recommends", "変種ごとの推奨"),
            paragraph(varied, "lead"),
            _recommendations(found),
        ),
        *(_section(found, figure) for figure in shown_figures(found)),
        provenance(first, context),
    ]
    return page(title, scenario_header(found.scenario, span), body)


def _recommendations(found: Grid) -> str:
    keys = [axis.key for axis in found.axes]
    head = [*(f"<code>{html(key)}</code>" for key in keys), html(Text("recommended", "推奨"))]
    rows: list[list[Text | str]] = [
        [*(setting for _, setting in each.settings), recommended(each.study)] for each in found.variants
    ]
    return table(head, rows, "facts-wide")


def _section(found: Grid, figure: Figure) -> str:
    methods = found.variants[0].study.methods
    head = ["", *(method_key(one) for one in methods)]
    rows = [(row.label, *row.cells) for row in figure_rows(found, figure)]
    return section(
        figure.key.replace(".", "-").replace("_", "-"),
        figure.label,
        drawn(_chart(found, figure), _ABOUT, method_keys(methods)),
        table(head, rows, "comparison small"),
    )


def _chart(found: Grid, figure: Figure) -> str:
    ends = [end for each in found.variants for end in bounds(each.study, figure)]
    names = [each.name for each in found.variants]
    box = Box(left=66, top=20, width=WIDTH - 66 - 20, height=230)
    ticks = figure_ticks(figure, min(ends, default=0), max(ends, default=1))
    y = Scale(low=ticks[0], high=ticks[-1], start=box.bottom, stop=box.top)
    x = Scale(low=-0.5, high=len(names) - 0.5, start=box.left, stop=box.right)
    parts = []
    for tick in ticks:
        parts.append(line(box.left, y(tick), box.right, y(tick), "grid"))
        parts.append(label(box.left - 7, y(tick) + 4, value(figure, tick), anchor="end"))
    crowded = len(names) > _MOST_NAMES
    for index, name in enumerate(names):
        if not crowded or index % (len(names) // _MOST_NAMES + 1) == 0:
            parts.append(label(x(index), box.bottom + 18, name, anchor="middle"))
    methods = range(len(found.variants[0].study.methods))
    parts.extend(_curve(found, figure, method, x, y) for method in reversed(methods))
    return drawing(WIDTH, box.bottom + 28, "".join(parts), figure.label, f"grid-{figure.key}")


_MOST_NAMES = 6
_APART = 0.06
"""Methods stand a little beside each other, in variants."""


def _curve(found: Grid, figure: Figure, method: int, x: Scale, y: Scale) -> str:
    """A line joins the values of the last axis: those of the others are other questions."""
    one = found.variants[0].study.methods[method]
    aside = (method - (len(found.variants[0].study.methods) - 1) / 2) * _APART
    stretches: list[list[tuple[float, float]]] = []
    whiskers = []
    for index, each in enumerate(found.variants):
        estimate = each.study.estimate(method, figure.key)
        if not stretches or estimate.mean is None or index % len(found.axes[-1].values) == 0:
            stretches.append([])
        if estimate.mean is None:
            continue
        at = x(index + aside)
        stretches[-1].append((at, y(estimate.mean)))
        if estimate.interval is not None:
            low, high = map(y, estimate.interval)
            whiskers.append(element("line", x1=at, y1=low, x2=at, y2=high, stroke=colour_of(one), stroke_width=3))
    dots = [mark(at, level, mark_of(one), colour_of(one)) for stretch in stretches for at, level in stretch]
    lines = [
        path(stretch, stroke=colour_of(one), class_="curve", stroke_dasharray=dash_of(one))
        for stretch in stretches
        if len(stretch) > 1
    ]
    return "".join((*lines, *whiskers, *dots))
