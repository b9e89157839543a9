"""The page of a staffing plan: the answer, and a table of what each method needs."""

from shinsei.planning.report.page import PageContext, made_by, page, scenario_header
from shinsei.planning.staffing import SHARES, Staffing
from shinsei.planning.staffing_words import HEAD, answer, in_seasons, rows, when
from shinsei.planning.words import counted
from shinsei.season.report.axes import mark
from shinsei.season.report.markup import colour_keys, figure, paragraph, section, table
from shinsei.season.report.style import METHOD_COLOURS, METHOD_MARKS
from shinsei.season.report.svg import Box, Scale, drawing, label, line, nice_ticks, rect
from shinsei.season.text import Text, html
from shinsei.season.words import METHOD_NAMES

_CHART = Text("Fewest clerks; the line is the clerks there are.", "最少職員数。縦線は現員。")
WIDTH, _ROW, _PALE = 960, 34, 0.45


def staffing_html(found: Staffing, context: PageContext) -> str:
    """The whole page."""
    texts, by = found.scenario.report, when(found)
    heading = Text(f"What it takes to be clear by {by.en}", f"{by.ja}までに解消するための人員")
    keys = colour_keys(((Text("dark: P50", "濃: P50"), "#374151"), (Text("pale: P95", "淡: P95"), "#9AA5B1")))
    body = [
        section("answer", heading, paragraph(answer(found), "answer")),
        section(
            "needs",
            Text("Method by method", "方式別"),
            figure(_chart(found), _CHART, keys),
            table([html(text) for text in HEAD], rows(found), "small"),
            paragraph(_note(found), "note"),
        ),
        made_by(context, [(Text("Seed", "シード"), str(found.scenario.seed))]),
    ]
    n = found.replications
    span = Text(f"{counted(n, 'season')} a trial", f"試行ごとに{n}シーズン")
    return page(Text(texts.title, texts.title_ja), scenario_header(found.scenario, span), body)


def _note(found: Staffing) -> Text:
    half, sure = (in_seasons(found, share) for share in SHARES)
    return Text(
        f"P50: cleared by the day in at least {half.en}; P95: in at least {sure.en}. Clerks: the fewest, with overtime "
        "as the scenario allows it. Overtime: with the clerks there are, the lowest cap per clerk and month, in steps "
        "of 5 hours up to 100, and the hours that are then enough in as many of the seasons.",
        f"P50は{half.ja}以上、P95は{sure.ja}以上のシーズンで期日までに解消する水準。職員数は時間外をシナリオどおりとした"
        "最少人数。時間外は現員のまま、1人あたり月上限を5時間刻みで100時間まで試した最小値と、そのとき同じ割合のシーズンで"
        "足りる時間外。",
    )


def _chart(found: Staffing) -> str:
    methods = list(dict.fromkeys(need.method for need in found.needs))
    box = Box(left=170, top=16, width=WIDTH - 170 - 60, height=len(methods) * _ROW)
    most = max([found.scenario.file.office.clerks, *(need.clerks or found.most_clerks for need in found.needs)])
    ticks = nice_ticks(most)
    x = Scale(low=0, high=ticks[-1], start=box.left, stop=box.right)
    parts = []
    for tick in ticks:
        parts.append(line(x(tick), box.top, x(tick), box.bottom, "grid"))
        parts.append(label(x(tick), box.bottom + 16, f"{tick:g}", anchor="middle"))
    for index, method in enumerate(methods):
        top = box.top + index * _ROW
        middle, sure = (need.clerks for need in found.needs if need.method is method)
        stop = box.right if sure is None else x(sure)
        parts.append(rect(box.left, top + 7, stop - box.left, _ROW - 14, fill=METHOD_COLOURS[method], opacity=_PALE))
        if middle is not None:
            parts.append(rect(box.left, top + 7, x(middle) - box.left, _ROW - 14, fill=METHOD_COLOURS[method]))
        told = f">{found.most_clerks}" if sure is None else f"{middle} / {sure}"
        parts.append(mark(14, top + _ROW / 2, METHOD_MARKS[method], METHOD_COLOURS[method]))
        parts.append(label(29, top + _ROW / 2 + 4.5, METHOD_NAMES[method], "row-name"))
        parts.append(label(stop + 7, top + _ROW / 2 + 4.5, told, "total"))
    clerks = x(found.scenario.file.office.clerks)
    parts.append(line(clerks, box.top - 6, clerks, box.bottom, "moment"))
    title = Text("Fewest clerks per method", "方式別の最少職員数")
    return drawing(WIDTH, box.bottom + 26, "".join(parts), title, "staffing-chart")
