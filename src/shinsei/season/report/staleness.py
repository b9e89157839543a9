"""How stale the applicant's view is: hours until the portal shows what the office knows."""

from collections.abc import Callable, Sequence

from shinsei.season.findings import Findings
from shinsei.season.report.markup import method_key, paragraph, section, table
from shinsei.season.staleness import Delay, Staleness
from shinsei.season.text import Text, both

_ROWS: Sequence[tuple[Text, Callable[[Staleness], Delay]]] = (
    (Text("registered in the core system → seen", "基幹登録 → ポータル表示"), lambda one: one.registration),
    (Text("result keyed in by a clerk → seen", "結果入力(職員) → ポータル表示"), lambda one: one.decision),
    (Text("result in the core system → seen", "審査終了(基幹) → ポータル表示"), lambda one: one.result),
)


def staleness(season: Findings) -> str:
    """One table over all cities; nothing where nothing was registered."""
    if all(one.registered == 0 for one in season.methods):
        return ""
    rows = [(label, *(both(_cell(get(one.staleness))) for one in season.methods)) for label, get in _ROWS]
    about = Text(
        "Hours, p50 / p90, of the procedures under comparison, until the applicant can see it on the portal. The "
        "result does not flow back by itself: a clerk keys it into application management, whatever the method, and "
        "the linkage server pushes it at the next poll at which the line is up. — stands for not by the end.",
        "比較対象の手続について、申請者がポータルで確認できるまでの時間(p50 / p90)。審査結果は自動では戻らず、"
        "どの方式でも職員が申請管理に入力し、連携サーバが次の通信時に反映する。期間内に反映されないものは —。",
    )
    head = ["", *(method_key(one) for one in season.methods)]
    title = Text("How stale the applicant's view is", "申請者から見た状況の遅れ")
    return section("staleness", title, table(head, rows, "comparison small"), paragraph(about, "note"))


def _cell(delay: Delay) -> str:
    return " / ".join("—" if value is None else f"{value:,.1f}" for value in (delay.p50, delay.p90))
