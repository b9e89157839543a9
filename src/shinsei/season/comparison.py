"""The comparison of the methods, row by row: one list from which terminal and report make their tables."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from shinsei.domain.simtime import HOUR_MS, SimTime
from shinsei.season.findings import Findings, MethodFindings, Percentiles
from shinsei.season.outlook import Outlook
from shinsei.season.text import Text, both
from shinsei.season.words import RESOURCE_NAMES, clock, short_day, yen

NOT_REACHED = both("—")
"""Not by the end of the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure of every method."""

    label: Text
    cells: tuple[Text, ...]
    """In the order of the methods."""


_CORRECTIONS = Text("Corrections replied / requested", "補正の回答 / 依頼")
_WRONG = Text("Wrong records nobody noticed, yen", "見逃し誤りの損失")
_INCIDENTS = Text("Incidents: cases / longest until found", "事故:件数 / 発覚までの最長")
_HELD = Text("Quarantined / file sent again", "隔離 / ファイル再提出")
_LAPSED = Text("Lapsed at the portal / recovered", "保存期間経過 / 復旧")
_DUTY = Text("Counter and telephone duty, hours", "窓口・電話当番(時間)")
_TEMPORARY = Text("Temporary staff, hours present", "会計年度任用職員等の在席(時間)")
_MOVED = Text("Ended because the applicant moved out", "転出による終了")
_ENDED = Text("Ended before registration", "登録前に終了")

_CLEARED = Text("Season cleared on", "滞留解消日")
_PEAK = Text("Peak backlog", "滞留の最大")
_STAFF = Text("Staff hours", "職員作業時間")
_OVERTIME = Text("Overtime hours", "時間外勤務")
_ERRORS = Text("Undetected errors", "見逃し誤り")
_COST = Text("Cost per year", "年間費用")
_MEANS: Mapping[Text, str] = MappingProxyType(
    {
        _PEAK: "backlog_peak",
        _CLEARED: "cleared_at",
        _STAFF: "staff_hours",
        _OVERTIME: "overtime_hours",
        _ERRORS: "undetected_errors",
        _COST: "cost_yen",
    }
)
"""Rows that are followed by their mean with its interval, with the key of the figure."""

Cell = Callable[[MethodFindings], Text]


def comparison(season: Findings, outlook: Outlook | None = None) -> list[Row]:
    """The rows in the order in which they are read; below the main figures their means over other seasons."""
    rows: Sequence[tuple[Text, Cell]] = (
        (Text("Accepted online", "オンライン受付"), lambda one: _count(one.accepted)),
        (Text("Registered", "基幹登録"), lambda one: _count(one.registered)),
        (Text("Decided", "決定"), lambda one: _count(one.decided)),
        (Text("Paper cases keyed", "紙申請の入力"), lambda one: _count(one.office.paper_registered)),
        (_CORRECTIONS, lambda one: both(f"{one.corrections.replied:,} / {one.corrections.requested:,}")),
        (_HELD, lambda one: both(f"{one.intake.quarantined:,} / {one.intake.clean_files:,}")),
        (_LAPSED, lambda one: both(f"{one.intake.lapsed:,} / {one.intake.recovered:,}")),
        (_ENDED, lambda one: _count(one.corrections.ended)),
        (_MOVED, lambda one: _count(one.office.moved_out)),
        (_PEAK, lambda one: _count(one.backlog_peak)),
        (Text("… on", "… その日"), lambda one: _moment(one.backlog_peak_at)),
        (_CLEARED, lambda one: _moment(one.cleared_at)),
        (Text("Lead time, working days", "登録まで(開庁日)"), lambda one: _triple(one.lead_time_working_days)),
        (Text("… in hours", "… 時間"), lambda one: _triple(one.lead_time_h)),
        (Text("Result seen after, hours", "結果の表示まで(時間)"), _seen),
        (Text("Decided by the cut-off", "期日までの決定率"), lambda one: _share(one.decided_by_cutoff_share)),
        (_STAFF, lambda one: _count(one.office.staff_hours)),
        (_OVERTIME, lambda one: _count(one.office.overtime_hours)),
        (_TEMPORARY, lambda one: _count(one.office.temporary_hours + one.office.temporary_duty_hours)),
        (_DUTY, lambda one: _count(one.office.duty_hours)),
        (Text("Robot hours", "ロボット稼働"), lambda one: _count(one.office.robot_hours)),
        (_ERRORS, lambda one: _count(one.office.undetected_errors)),
        (_WRONG, lambda one: yen(one.wrong_records_yen)),
        (_INCIDENTS, _incidents),
        (_COST, lambda one: yen(one.cost.total_yen)),
        (Text("Saturated first", "最初の飽和"), _saturated),
    )
    made = [Row(label=label, cells=tuple(cell(one) for one in season.methods)) for label, cell in rows]
    figures = [one.corrections for one in season.methods]
    shown = {_CORRECTIONS: any(one.requested for one in figures), _ENDED: any(one.ended for one in figures)}
    shown[_HELD] = any(one.intake.quarantined for one in season.methods)
    shown[_LAPSED] = any(one.intake.lapsed for one in season.methods)
    shown[_MOVED] = any(one.office.moved_out for one in season.methods)
    shown[_WRONG] = any(one.wrong_records_yen for one in season.methods)
    shown[_DUTY] = any(one.office.duty_hours for one in season.methods)
    shown[_TEMPORARY] = any(one.office.temporary_hours for one in season.methods)
    shown[_INCIDENTS] = any(one.office.incidents for one in season.methods)
    made = [row for row in made if shown.get(row.label, True)]
    compares = any(one.is_compared for one in season.methods)
    shown_rows = [row for row in made if compares or any(cell != NOT_REACHED for cell in row.cells)]
    return [each for row in shown_rows for each in (row, *_mean_of(row, season, outlook))]


def _mean_of(row: Row, season: Findings, outlook: Outlook | None) -> list[Row]:
    key = _MEANS.get(row.label)
    if outlook is None or key is None or outlook.methods != tuple(one.method for one in season.methods):
        return []
    n = outlook.replications
    return [Row(label=Text(f"  mean of {n} season{'' if n == 1 else 's'}", f" {n}回の平均"), cells=outlook.means[key])]


def _incidents(one: MethodFindings) -> Text:
    """Cases concerned, and the longest time until one of the incidents was found."""
    incidents = one.office.incidents
    if not incidents:
        return both("0")
    if any(incident.found_at is None for incident in incidents):
        longest = NOT_REACHED.en
    else:
        longest = f"{max((i.found_at or 0) - i.began_at for i in incidents) / HOUR_MS:,.0f} h"
    return both(f"{sum(incident.records for incident in incidents):,} / {longest}")


def _seen(one: MethodFindings) -> Text:
    """From the result in the core system until the applicant can see it: the return leg and the push."""
    delay = one.staleness.result
    return both(" / ".join(_figure(value) for value in (delay.p50, delay.p90)))


def _count(value: float) -> Text:
    return both(f"{value:,.0f}")


def _moment(at: SimTime | None) -> Text:
    if at is None:
        return NOT_REACHED
    return Text(f"{short_day(at).en} {clock(at)}", f"{short_day(at).ja} {clock(at)}")


def _triple(values: Percentiles) -> Text:
    return both(" / ".join(_figure(value) for value in (values.p50, values.p90, values.p99)))


def _figure(value: float | None) -> str:
    """Three digits would claim more than one seed says."""
    if value is None:
        return NOT_REACHED.en
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"  # noqa: PLR2004 - digits shown


def _share(value: float | None) -> Text:
    return NOT_REACHED if value is None else both(f"{value:.0%}")


def _saturated(one: MethodFindings) -> Text:
    resource = one.office.first_saturated_resource
    return RESOURCE_NAMES.get(resource, both(resource)) if resource else Text("none", "なし")
