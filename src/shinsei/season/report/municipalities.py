"""Each municipality of a season with many: one row, gathered by group."""

from itertools import groupby

from shinsei.season.figures import Findings, MethodFindings
from shinsei.season.report.markup import method_key, paragraph, section, table
from shinsei.season.text import Text, both, html
from shinsei.season.words import METHOD_NAMES, RESOURCE_NAMES, short_day

_HEAD = (
    Text("Municipality", "自治体"),
    Text("Accepted", "受付"),
    Text("Registered", "基幹登録"),
    Text("Ended before", "登録前に終了"),
    Text("In flight", "処理中"),
    Text("Unaccounted", "所在不明"),
    Text("Peak backlog", "滞留の最大"),
    Text("… on", "… その日"),
    Text("p50 / p90, days", "登録まで p50 / p90(日)"),
    Text("Cleared on", "滞留解消日"),
    Text("Staff hours", "職員作業時間"),
    Text("Saturated first", "最初の飽和"),
)
_HOURS_A_DAY = 24
_MOST_ROWS = 60
"""Municipalities that the page lists; of more, each group shows those with the highest backlogs."""


def municipalities(season: Findings) -> str:
    """One table a group; nothing where a season has twin cities or one city alone."""
    if not season.municipalities:
        return ""
    head = [html(name) for name in _HEAD]
    shown = max(1, _MOST_ROWS // max(1, len(season.methods)))
    tables = []
    for group, members in groupby(season.municipalities, key=lambda one: one.group):
        rows = list(members)
        if group is None:
            continue
        listed = (
            sorted(rows, key=lambda one: -one.backlog_peak)[:shown] if len(season.municipalities) > _MOST_ROWS else rows
        )
        method = METHOD_NAMES[rows[0].method]
        mean = Text("", "") if group.are_alike else Text(" on average", "(平均)")
        about = Text(
            f"{method.en}, {group.count} × {group.population:,} people, {group.clerks} clerks each{mean.en}"
            + (f"; the {len(listed)} with the highest backlogs" if len(listed) < len(rows) else ""),
            f"{method.ja}・人口{group.population:,}人×{group.count}団体・職員各{group.clerks}人{mean.ja}"
            + (f"(滞留の多い{len(listed)}団体)" if len(listed) < len(rows) else ""),
        )
        tables.append(f"<h3>{method_key(rows[0])}</h3>")
        tables.append(paragraph(about, "note"))
        tables.append(table(head, map(_cells, listed), "procedures members"))
    about = Text(
        "Every municipality with its ledger: accepted = registered + ended before + in flight. Each has people and "
        "clerks of its own; they share nothing but the portal.",
        "自治体ごとの台帳(受付=基幹登録+登録前に終了+処理中)。住民と職員はそれぞれ別で、共有するのはポータルだけである。",
    )
    return section("municipalities", Text("By municipality", "自治体別"), paragraph(about), *tables)


def _cells(one: MethodFindings) -> tuple[Text, ...]:
    ledger = one.ledger
    days = " / ".join(
        "—" if hours is None else f"{hours / _HOURS_A_DAY:,.1f}" for hours in (one.lead_time_h.p50, one.lead_time_h.p90)
    )
    resource = one.office.first_saturated_resource
    return (
        both(one.municipality),
        both(f"{ledger.accepted:,}"),
        both(f"{ledger.registered:,}"),
        both(f"{ledger.accepted - ledger.registered - ledger.in_flight:,}"),
        both(f"{ledger.in_flight:,}"),
        both(f"{ledger.unaccounted:,}"),
        both(f"{one.backlog_peak:,}"),
        short_day(one.backlog_peak_at) if one.backlog_peak_at is not None else both("—"),
        both(days),
        short_day(one.cleared_at) if one.cleared_at is not None else both("—"),
        both(f"{one.office.staff_hours:,.0f}"),
        RESOURCE_NAMES.get(resource, both(resource)) if resource else Text("none", "なし"),
    )
