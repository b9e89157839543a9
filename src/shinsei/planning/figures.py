"""The figures of a plan, one table: what each is called, how it is read from a season, and how it is written.

The keys are those of a season's ``summary.json``, so that runs of either kind can be put side by side.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from shinsei.planning.measuring import Measured
from shinsei.season.text import Text


class Kind(StrEnum):
    """How a figure is written."""

    COUNT = "count"
    """Cases, records, hours: whole numbers where they are large."""
    MOMENT = "moment"
    """Simulated time in milliseconds; differences are in days."""
    SHARE = "share"
    YEN = "yen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of a method."""

    key: str
    """Dotted path in a method's summary."""
    label: Text
    kind: Kind
    value: Callable[[Measured], float | None]
    headline: bool = False
    """Whether ``--precision`` waits for its interval, and charts show it."""


_DAYS = Text("Lead time, working days, {}", "登録まで(開庁日){}")
_HOURS = Text("Lead time, hours, {}", "登録まで(時間){}")


def _working_days(share: float) -> Callable[[Measured], float | None]:
    return lambda one: one.lead_working_days(share)


def _lead_h(share: float) -> Callable[[Measured], float | None]:
    return lambda one: one.lead_h(share)


def _share_of(text: Text, share: str) -> Text:
    return Text(text.en.format(share), text.ja.format(f" {share}"))


FIGURES: tuple[Figure, ...] = (
    Figure(
        key="accepted", label=Text("Accepted online", "オンライン受付"), kind=Kind.COUNT, value=lambda one: one.accepted
    ),
    Figure(key="registered", label=Text("Registered", "基幹登録"), kind=Kind.COUNT, value=lambda one: one.registered),
    Figure(key="decided", label=Text("Decided", "決定"), kind=Kind.COUNT, value=lambda one: one.decided),
    Figure(
        key="paper_registered",
        label=Text("Paper cases keyed", "紙申請の入力"),
        kind=Kind.COUNT,
        value=lambda one: one.office.paper_registered,
    ),
    Figure(
        key="corrections.requested",
        label=Text("Corrections requested", "補正の依頼"),
        kind=Kind.COUNT,
        value=lambda one: one.corrections.requested,
    ),
    Figure(
        key="corrections.ended",
        label=Text("Ended before registration", "登録前に終了"),
        kind=Kind.COUNT,
        value=lambda one: one.corrections.ended,
    ),
    Figure(
        key="backlog_peak",
        label=Text("Peak backlog", "滞留の最大"),
        kind=Kind.COUNT,
        value=lambda one: one.backlog_peak,
        headline=True,
    ),
    Figure(
        key="backlog_peak_at",
        label=Text("… on", "… その日"),
        kind=Kind.MOMENT,
        value=lambda one: one.backlog_peak_at,
    ),
    Figure(
        key="backlog_at_end",
        label=Text("Backlog at the end", "終了時の滞留"),
        kind=Kind.COUNT,
        value=lambda one: one.backlog_at_end,
    ),
    Figure(
        key="not_fetched_at_end",
        label=Text("Not fetched by the end", "終了時の未取得"),
        kind=Kind.COUNT,
        value=lambda one: one.not_fetched_at_end,
    ),
    Figure(
        key="cleared_at",
        label=Text("Season cleared on", "滞留解消日"),
        kind=Kind.MOMENT,
        value=lambda one: one.cleared_at,
        headline=True,
    ),
    *(
        Figure(
            key=f"lead_time_working_days.{name}",
            label=_share_of(_DAYS, name),
            kind=Kind.COUNT,
            value=_working_days(share),
        )
        for name, share in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99))
    ),
    *(
        Figure(
            key=f"lead_time_h.{name}",
            label=_share_of(_HOURS, name),
            kind=Kind.COUNT,
            value=_lead_h(share),
            headline=name == "p90",
        )
        for name, share in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99))
    ),
    Figure(
        key="decided_by_cutoff_share",
        label=Text("Decided by the cut-off", "期日までの決定率"),
        kind=Kind.SHARE,
        value=lambda one: one.decided_by_cutoff_share,
    ),
    Figure(
        key="staff_hours",
        label=Text("Staff hours", "職員作業時間"),
        kind=Kind.COUNT,
        value=lambda one: one.office.staff_hours,
        headline=True,
    ),
    Figure(
        key="overtime_hours",
        label=Text("Overtime hours", "時間外勤務"),
        kind=Kind.COUNT,
        value=lambda one: one.office.overtime_hours,
    ),
    Figure(
        key="temporary_hours",
        label=Text("Temporary staff, hours", "臨時職員"),
        kind=Kind.COUNT,
        value=lambda one: one.office.temporary_hours,
    ),
    Figure(
        key="robot_hours",
        label=Text("Robot hours", "ロボット稼働"),
        kind=Kind.COUNT,
        value=lambda one: one.office.robot_hours,
    ),
    Figure(
        key="undetected_errors",
        label=Text("Undetected errors", "見逃し誤り"),
        kind=Kind.COUNT,
        value=lambda one: one.office.undetected_errors,
    ),
    Figure(
        key="wrong_records_yen",
        label=Text("Wrong records nobody noticed, yen", "見逃し誤りの損失"),
        kind=Kind.YEN,
        value=lambda one: one.wrong_records_yen,
    ),
    Figure(
        key="incident_records",
        label=Text("Cases in incidents", "事故の件数"),
        kind=Kind.COUNT,
        value=lambda one: sum(incident.records for incident in one.office.incidents),
    ),
    Figure(
        key="incident_yen",
        label=Text("Lost in incidents", "事故による損失"),
        kind=Kind.YEN,
        value=lambda one: sum(incident.yen for incident in one.office.incidents),
    ),
    Figure(
        key="cost_yen",
        label=Text("Cost per year", "年間費用"),
        kind=Kind.YEN,
        value=lambda one: one.cost_yen,
        headline=True,
    ),
)
BY_KEY: MappingProxyType[str, Figure] = MappingProxyType({figure.key: figure for figure in FIGURES})
HEADLINES = tuple(figure for figure in FIGURES if figure.headline)


def values_of(one: Measured) -> Mapping[str, float | None]:
    """Every figure of one method in one season, by its key."""
    return {figure.key: figure.value(one) for figure in FIGURES}
