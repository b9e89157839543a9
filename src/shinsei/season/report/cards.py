"""One card a method: when it is through, and what that takes."""

from shinsei.season.findings import Findings, MethodFindings
from shinsei.season.report.markup import method_key
from shinsei.season.text import Text, both, html
from shinsei.season.words import METHOD_NAMES, METHOD_ORDINALS, after_deadline, short_day, yen


def card(season: Findings, one: MethodFindings) -> str:
    """A method's card."""
    when, then = _headline(season, one)
    facts = (
        (Text("staff hours", "職員作業時間"), both(f"{one.office.staff_hours:,.0f}")),
        (Text("peak backlog", "滞留の最大"), both(f"{one.backlog_peak:,}")),
        (Text("cost per year", "年間費用"), yen(one.cost.total_yen)),
    )
    rows = "".join(f"<div><dt>{html(name)}</dt><dd>{html(value)}</dd></div>" for name, value in facts)
    ordinal = f"<small>{html(_ordinal(one))}</small>" if one.is_compared else ""
    return (
        f'<div class="card">{method_key(one)}{ordinal}'
        f"<strong>{html(when)}</strong><em>{html(then)}</em><dl>{rows}</dl></div>"
    )


def _ordinal(one: MethodFindings) -> Text:
    """The number of the method; of a group its method and how many municipalities have it."""
    if one.group is None:
        return METHOD_ORDINALS[one.method]
    method, count = METHOD_NAMES[one.method], one.group.count
    return Text(f"{count} × {method.en}", f"{method.ja}・{count}団体")


def _headline(season: Findings, one: MethodFindings) -> tuple[Text, Text]:
    """What stands large on a card, and what is said about it."""
    if not one.is_compared:
        return both(f"{one.registered:,}"), Text("online cases registered", "オンライン申請の登録件数")
    if one.cleared_at is None:
        left = Text(f"{one.backlog_at_end:,} waiting at the end", f"終了時の残り {one.backlog_at_end:,}件")
        return Text("not cleared", "未解消"), left
    return short_day(one.cleared_at), after_deadline(season.deadline, one.cleared_at, has_deadline=season.has_deadline)
