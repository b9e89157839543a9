"""The assumptions: everything that the scenario sets, with mark and source, for whoever doubts the answer."""

from collections.abc import Iterable
from itertools import groupby

from shinsei.season.report.context import Assumption, ReportContext
from shinsei.season.report.markup import paragraph, section, table
from shinsei.season.text import Text, both, html

MARKS: dict[str, Text] = {
    "F": Text("a published sentence", "公表資料の記載"),
    "SRC": Text("the source document", "出典文書"),
    "M": Text("from memory, not verified", "記憶による(未検証)"),
    "D": Text("derived by arithmetic", "計算による導出"),
    "A": Text("an assumption: nobody published it", "仮定(公表値なし)"),
    "C": Text("calibrated: fitted to the city's own records", "自団体の記録への当てはめ"),
    "set": Text("given with --set", "--set による指定"),
}
_TABLES: dict[str, Text] = {
    "seed": Text("Seed", "シード"),
    "run": Text("Run", "計算期間"),
    "twins": Text("Methods under comparison", "比較する方式"),
    "municipality": Text("City", "自治体"),
    "municipalities": Text("Municipalities by group", "市区町村(グループ別)"),
    "rank_size": Text("Municipalities by size", "市区町村(規模別)"),
    "prefecture": Text("Prefecture", "県"),
    "demand": Text("Who files what, when and how", "申請の量・時期・経路"),
    "calendar": Text("Office hours", "開庁時間"),
    "poll": Text("Polling by the linkage server", "連携サーバの取得間隔"),
    "line": Text("The line and the check of files", "回線とファイル検査"),
    "registry": Text("Serial-number mapping", "番号紐付情報"),
    "identification": Text("Whom the serial number does not lead to", "シリアル番号で特定できない申請者"),
    "policy": Text("Method of each procedure", "手続ごとの連携方式"),
    "defects": Text("Defects", "不備"),
    "corrections": Text("Corrections", "補正"),
    "withdrawals": Text("Withdrawals", "取下げ"),
    "moves_out": Text("Moves out", "転出"),
    "doubles": Text("Double filings", "二重申請"),
    "attachment_faults": Text("Refused attachments", "受け付けられない添付ファイル"),
    "retention": Text("Retention at the portal", "ポータルの保存期間"),
    "workforce": Text("Absence, temporary staff, learning", "不在・臨時職員・習熟"),
    "office": Text("People and the steps that all methods share", "職員と共通の作業"),
    "methods": Text("The methods", "連携方式"),
    "costs": Text("Prices", "費用"),
    "advice": Text("Advice on methods (no run reads it)", "方式の助言(計算には用いない)"),
}
_UNITS: dict[str, Text] = {
    "share": Text("(share)", "(割合)"),
    "of a clerk's pace": Text("× a clerk's pace", "×職員の速さ"),
    "of the mean": Text("× the mean", "×平均(変動係数)"),
    "time of day": both(""),
    "date": both(""),
    "choice": both(""),
    "code": both(""),
    "switch": Text("(switch)", "(切替)"),
    "min": Text("min", "分"),
    "h": Text("h", "時間"),
    "s": Text("s", "秒"),
    "ms": Text("ms", "ミリ秒"),
    "d": Text("d", "日"),
    "days": Text("days", "日"),
    "years": Text("years", "年"),
    "people": Text("people", "人"),
    "yen": Text("yen", "円"),
    "per hour": Text("per hour", "回/時"),
    "per clerk": Text("per clerk", "職員1人あたり"),
    "per year": Text("per year", "回/年"),
    "cases per year": Text("cases per year", "件/年"),
    "fiscal year": Text("fiscal year", "年度"),
    "per 100,000 people and year": Text("per 100,000 people and year", "件/10万人・年"),
}
_NOT_SHOWN = frozenset({"schema"})


def assumptions(context: ReportContext) -> str:
    """Every parameter of the scenario with its mark and source."""
    head = [
        html(text)
        for text in (Text("Parameter", "項目"), Text("Value", "値"), Text("Mark", "印"), Text("Source", "出典"))
    ]
    shown = [one for one in context.assumptions if one.path not in _NOT_SHOWN]
    groups = [
        f"<h3>{html(_TABLES.get(name, both(name)))}</h3>{table(head, _rows(group), 'assumptions')}"
        for name, group in groupby(shown, key=lambda each: each.path.partition(".")[0])
    ]
    count = Text(f"All {len(shown)} parameters", f"全{len(shown)}項目")
    marks = "".join(f"<li><b>{mark}</b> {html(meaning)}</li>" for mark, meaning in MARKS.items())
    return section(
        "assumptions",
        Text("Assumptions", "前提"),
        paragraph(
            Text(
                "Every number and choice is a parameter of the scenario and carries a mark. Most are assumptions: "
                "what they say about your city is worth as much as what you know of them there.",
                "すべての数値と選択はシナリオのパラメータで、印が付いている。多くは仮定であり、自分の市での値を確かめてから読むこと。",
            )
        ),
        f'<ul class="marks">{marks}</ul>',
        f"<details><summary>{html(count)}</summary>{''.join(groups)}</details>",
    )


def _rows(assumptions: Iterable[Assumption]) -> list[tuple[Text, Text, Text, Text]]:
    return [
        (both(one.path.partition(".")[2] or one.path), _quantity(one), both(one.mark), both(one.source))
        for one in assumptions
    ]


def _quantity(one: Assumption) -> Text:
    unit = _UNITS.get(one.unit, both(one.unit))
    return Text(f"{one.value} {unit.en}".strip(), f"{one.value} {unit.ja}".strip())
