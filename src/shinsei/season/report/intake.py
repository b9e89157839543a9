"""Cases that did not come in whole: what the portal refused, the scanner held back, and the portal had removed."""

from collections.abc import Callable, Sequence

from shinsei.season.findings import Findings
from shinsei.season.intake import IntakeFigures
from shinsei.season.recovery import recovery
from shinsei.season.report.markup import method_key, paragraph, section, table
from shinsei.season.text import Text, both

_ROWS: Sequence[tuple[Text, Callable[[IntakeFigures], str]]] = (
    (Text("refused: file type (HEIC)", "差戻し:ファイル形式(HEIC等)"), lambda one: f"{one.refused.wrong_type:,}"),
    (Text("refused: file too large", "差戻し:サイズ超過"), lambda one: f"{one.refused.too_large:,}"),
    (Text("… of these, never filed again", "… うち再申請なし"), lambda one: f"{one.refused.given_up:,}"),
    (Text("quarantined by the virus check", "ウイルス検査で隔離"), lambda one: f"{one.quarantined:,}"),
    (Text("… the file has been sent again", "… うちファイル再提出"), lambda one: f"{one.clean_files:,}"),
    (
        Text("… median hours until it was there", "… 再提出までの中央値(時間)"),
        lambda one: _figure(one.quarantine_h),
    ),
    (Text("removed by the portal before the fetch", "取得前に保存期間経過"), lambda one: f"{one.lapsed:,}"),
    (Text("… recovered by hand", "… うち手作業で復旧"), lambda one: f"{one.recovered:,}"),
    (Text("… could not be recovered", "… うち復旧不能"), lambda one: f"{one.lost:,}"),
    (Text("… median days until recovered", "… 復旧までの中央値(日)"), lambda one: _figure(one.recovery_d)),
    (Text("… clerks' hours", "… 職員作業時間"), lambda one: f"{one.recovery_hours:,.1f}"),
)
_NONE = {"0", "0.0", "—"}


def intake(season: Findings) -> str:
    """One table over all cities, of what happened at all; nothing where every case came in whole."""
    if all(one.intake.is_empty for one in season.methods):
        return ""
    cells = [(label, [cell(one.intake) for one in season.methods]) for label, cell in _ROWS]
    rows = [(label, *map(both, values)) for label, values in cells if not _NONE.issuperset(values)]
    about = Text(
        "Every online case of the city. What the form check refuses was never accepted and is in no ledger; an "
        "applicant who files again is on time by that filing. A clerk asks for a quarantined file as for a correction.",
        "市のオンライン申請全体。形式チェックで差し戻された申請は未受付であり台帳に入らない。再申請は再申請時の受付時刻で"
        "期限を判定する。隔離されたファイルは補正と同じく職員が再提出を依頼する。",
    )
    told = recovery(season, season.methods)
    head = ["", *(method_key(one) for one in season.methods)]
    return section(
        "intake",
        Text("Files and cases that did not come in whole", "添付の不備・隔離と保存期間の経過"),
        paragraph(told) if told is not None else "",
        table(head, rows, "comparison small"),
        paragraph(about, "note"),
    )


def _figure(value: float | None) -> str:
    return "—" if value is None else f"{value:,.1f}"
