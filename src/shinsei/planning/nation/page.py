"""The page of a plan of very many municipalities: classes, methods and percentiles; a row each is in the CSV file."""

from shinsei.planning.nation.charts import queue_chart, shown_classes, through_chart
from shinsei.planning.nation.study import Nation
from shinsei.planning.nation.words import SHORT, answer, class_rows, method_rows, span
from shinsei.planning.report.page import PageContext, made_by, page, scenario_header
from shinsei.season.report.assumptions import assumptions
from shinsei.season.report.markup import figure, method_key, method_keys, paragraph, section, table
from shinsei.season.text import Text, html
from shinsei.season.writing import report_context

_CLASSES = Text(
    'Sums over the municipalities of a class, what all their cases had, and percentiles over the municipalities: "half '
    'by" is the day by which half of them were through. A dash: not by the end of the run.',
    "規模ごとの合計、全件の所要日数、団体の分布。「半数」は半数の団体が解消した日。「—」は計算期間内に達しない。",
)
_SEASONS = Text(
    " Mean over the seasons with its 95 % interval.",
    "全シーズンの平均と95%信頼区間。",
)
_THROUGH = Text(
    "Municipalities whose cases filed in time are all in the core system, class by class.",
    "期限内の申請がすべて基幹システムに登録された団体の割合(規模別)。",
)
_QUEUES = Text(
    "Backlog of all municipalities of a class at the end of each day, for 10,000 people.",
    "各日終了時の滞留(規模別、人口1万人あたり)。",
)
_ROWS = Text(
    "Every municipality by itself is a line of municipalities.csv beside this page.",
    "団体ごとの値は、同じフォルダーの municipalities.csv にある。",
)


def nation_html(found: Nation, context: PageContext) -> str:
    """The whole page."""
    shown = shown_classes(found)
    class_head = ["", *(method_key(one) for one in shown), html(Text("All", "全体"))]
    method_head = ["", *(html(head) for head, _ in SHORT)]
    about = _CLASSES + _SEASONS if len(found.seasons) > 1 else _CLASSES
    body = [
        section("answer", Text("The answer", "結論"), paragraph(answer(found), "answer")),
        section(
            "classes",
            Text("By size", "規模別"),
            figure(through_chart(found), _THROUGH, method_keys(shown)),
            figure(queue_chart(found), _QUEUES, method_keys(shown)),
            table(class_head, [(row.label, *row.cells) for row in class_rows(found)], "comparison small wrapped"),
            paragraph(about, "note"),
        ),
        section(
            "methods",
            Text("By size and method", "規模・方式別"),
            table(method_head, [(row.label, *row.cells) for row in method_rows(found)], "comparison small wrapped"),
            paragraph(_ROWS, "note"),
        ),
        assumptions(report_context(found.scenario, Text("", ""), environment={}, command="", wall_s=0)),
        made_by(context, _facts(found)),
    ]
    texts = found.scenario.report
    return page(Text(texts.title, texts.title_ja), scenario_header(found.scenario, span(found)), body)


def _facts(found: Nation) -> list[tuple[Text, Text | str]]:
    facts: list[tuple[Text, Text | str]] = [(Text("Seeds", "シード"), ", ".join(map(str, found.seeds)))]
    if found.trace_hash:
        facts.append((Text("Trace of replication 0", "反復0のトレース"), found.trace_hash))
    return facts
