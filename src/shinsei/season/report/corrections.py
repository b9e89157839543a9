"""Corrections and withdrawals: what had to be written back, what came of it, what it cost in time."""

from collections.abc import Callable, Sequence

from shinsei.season.corrections import CorrectionFigures
from shinsei.season.findings import Findings
from shinsei.season.report.markup import method_key, paragraph, section, table
from shinsei.season.text import Text, both

_ROWS: Sequence[tuple[Text, Callable[[CorrectionFigures], str]]] = (
    (
        Text("refused by the form check, filed again at once", "形式チェックで即時差戻し・再申請"),
        lambda one: f"{one.refused_at_form_check:,}",
    ),
    (Text("corrections requested", "補正依頼"), lambda one: f"{one.requested:,}"),
    (Text("replies", "補正の回答"), lambda one: f"{one.replied:,}"),
    (Text("waiting for a reply at the end", "終了時の回答待ち"), lambda one: f"{one.waiting:,}"),
    (Text("expired without a reply", "回答なしの期限切れ"), lambda one: f"{one.expired:,}"),
    (Text("not accepted", "不受理"), lambda one: f"{one.not_accepted:,}"),
    (Text("withdrawn", "取下げ"), lambda one: f"{one.withdrawn:,}"),
    (Text("withdrawn after registration, undone", "登録後の取下げ(登録取消し)"), lambda one: f"{one.undone:,}"),
    (Text("transferred to another municipality", "他自治体へ移管"), lambda one: f"{one.transferred:,}"),
    (Text("clerks' hours for requests", "補正依頼の作業時間"), lambda one: f"{one.request_hours:,.1f}"),
    (
        Text("median hours to registration, no correction", "登録までの中央値(時間)・補正なし"),
        lambda one: _hours(one.lead_h_plain),
    ),
    (Text("… with a correction", "… 補正あり"), lambda one: _hours(one.lead_h_corrected)),
)


def corrections(season: Findings) -> str:
    """One table over all cities; nothing where nothing of it happened."""
    if all(one.corrections.is_empty for one in season.methods):
        return ""
    rows = [(label, *(both(cell(one.corrections)) for one in season.methods)) for label, cell in _ROWS]
    about = Text(
        "Every online case of the city. A case is on time by the portal's acceptance of its first filing, however "
        "long a correction takes.",
        "市のオンライン申請全体。期限内かどうかは最初の申請の受付時刻で判定し、補正に要した時間は問わない。",
    )
    head = ["", *(method_key(one) for one in season.methods)]
    title = Text("Corrections and withdrawals", "補正と取下げ")
    return section("corrections", title, table(head, rows, "comparison small"), paragraph(about, "note"))


def _hours(value: float | None) -> str:
    return "—" if value is None else f"{value:,.0f}"
