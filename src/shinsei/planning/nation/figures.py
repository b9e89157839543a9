"""The figures of some municipalities together, one table: sums, what all their cases had, percentiles over them."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, inf

from shinsei.planning.figures import Kind
from shinsei.planning.nation.municipality import MunicipalitySeason
from shinsei.season.cases import percentile
from shinsei.season.text import Text

Members = Sequence[MunicipalitySeason]
Value = Callable[[Members], float | None]

PEOPLE = 10_000
"""A queue is compared by this many people."""
_MINUTES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class NationFigure:
    """One figure of a group of municipalities."""

    key: str
    label: Text
    kind: Kind
    value: Value
    short: Text | None = None
    """Its head in the table with a row for each method of each class; None where that has it not."""


def total(key: str) -> Value:
    """The sum of a figure."""
    return lambda members: sum(one.value(key) for one in members)


def over(share: float, value: Callable[[MunicipalitySeason], float | None]) -> Value:
    """A percentile over the municipalities; None where it falls on one that did not get there."""
    return lambda members: percentile([value(one) for one in members], share)


def waited(share: float) -> Value:
    """Working days within which this share of all their cases was registered; None for not by the end."""

    def value(members: Members) -> float | None:
        cases: Counter[float] = Counter()
        for one in members:
            for wait in one.waits:
                cases[wait.working_days] += wait.cases
        rank, seen = max(1, ceil(share * cases.total())), 0
        for days in sorted(cases):
            seen += cases[days]
            if seen >= rank:
                return None if days == inf else days
        return None

    return value


def queue(one: MunicipalitySeason) -> float:
    """Its longest queue for 10,000 people."""
    return one.value("backlog_peak") / one.population * PEOPLE


def _handled(members: Members) -> float:
    return sum(one.value("registered") + one.value("paper_registered") for one in members)


def _minutes_a_case(members: Members) -> float | None:
    handled = _handled(members)
    return sum(one.value("staff_hours") for one in members) * _MINUTES / handled if handled else None


def _yen_a_case(members: Members) -> float | None:
    handled = _handled(members)
    return sum(one.value("cost_yen") for one in members) / handled if handled else None


def _through(members: Members) -> float:
    return sum(one.is_through for one in members) / len(members)


def _count(text: Text, key: str, value: Value, short: Text | None = None) -> NationFigure:
    return NationFigure(key=key, label=text, kind=Kind.COUNT, value=value, short=short)


def _sum(en: str, ja: str, key: str) -> NationFigure:
    return _count(Text(en, ja), key, total(key))


def _cleared(text: Text, name: str, share: float, short: Text | None = None) -> NationFigure:
    def value(members: Members) -> float | None:
        return percentile([one.cleared_at for one in members if one.cleared_at or not one.is_through], share)

    return NationFigure(key=f"cleared_at.{name}", label=text, kind=Kind.MOMENT, value=value, short=short)


def _waited(text: Text, name: str, share: float, short: Text | None = None) -> NationFigure:
    return _count(text, f"lead_time_working_days.{name}", waited(share), short)


_MUNICIPALITIES = Text("Municipalities", "市区町村")
_THROUGH = Text("Through by the end", "期間内に解消")
_MINUTES_A_CASE = Text("Minutes of staff a case", "1件あたり職員作業(分)")
_YEN_A_CASE = Text("Yen a case", "1件あたり費用(円)")

NATION_FIGURES: tuple[NationFigure, ...] = (
    _count(_MUNICIPALITIES, "municipalities", len, _MUNICIPALITIES),
    _count(Text("People", "人口"), "people", lambda members: sum(one.population for one in members)),
    _count(Text("Clerks", "職員"), "clerks", lambda members: sum(one.clerks for one in members)),
    _sum("Accepted online", "オンライン受付", "accepted"),
    _sum("Registered", "基幹登録", "registered"),
    _sum("Paper cases keyed", "紙申請の入力", "paper_registered"),
    _sum("Backlog at the end", "終了時の滞留", "backlog_at_end"),
    NationFigure(key="through_share", label=_THROUGH, kind=Kind.SHARE, value=_through, short=_THROUGH),
    _cleared(Text("Municipalities cleared: a tenth by", "団体の滞留解消日: 早い1割"), "p10", 0.1),
    _cleared(Text("… half by", "… 半数"), "p50", 0.5, Text("Half cleared by", "半数の解消日")),
    _cleared(Text("… nine of ten by", "… 9割"), "p90", 0.9, Text("Nine of ten by", "9割の解消日")),
    _cleared(Text("… the last", "… 最後"), "last", 1.0),
    _waited(Text("Cases registered within, working days: half", "登録まで(開庁日): 半数の申請"), "p50", 0.5),
    _waited(Text("… nine of ten", "… 9割の申請"), "p90", 0.9, Text("Working days, p90", "開庁日 p90")),
    _waited(Text("… 99 of 100", "… 99%の申請"), "p99", 0.99),
    _count(
        Text("Longest queue for 10,000 people: half below", "滞留の最大(人口1万人あたり): 半数の団体"),
        "queue.p50",
        over(0.5, queue),
    ),
    _count(Text("… nine of ten below", "… 9割の団体"), "queue.p90", over(0.9, queue), Text("Queue, p90", "滞留 p90")),
    _count(Text("… the longest", "… 最大"), "queue.most", over(1.0, queue)),
    _sum("Staff hours", "職員作業時間", "staff_hours"),
    _sum("Overtime hours", "時間外勤務", "overtime_hours"),
    _count(_MINUTES_A_CASE, "minutes_a_case", _minutes_a_case, Text("Minutes a case", "分/件")),
    _sum("Undetected errors", "見逃し誤り", "undetected_errors"),
    NationFigure(key="cost_yen", label=Text("Cost per year", "年間費用"), kind=Kind.YEN, value=total("cost_yen")),
    _count(_YEN_A_CASE, "yen_a_case", _yen_a_case, Text("Yen a case", "円/件")),
)
