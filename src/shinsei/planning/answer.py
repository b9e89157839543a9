"""The answer of a plan as one sentence: what to choose, in how many seasons, and by how much."""

from collections.abc import Sequence

from shinsei.domain.linkage_method import FOUR_METHODS
from shinsei.planning.figures import BY_KEY, Figure
from shinsei.planning.money import cheapest, dearer, lost, priced, worked
from shinsei.planning.statistics import Estimate, estimate
from shinsei.planning.study import Study
from shinsei.planning.words import cell, counted, spread_cell, value
from shinsei.season.text import Text


def answer(found: Study) -> Text:
    """The answer, honest about seasons that disagree and about cases left over."""
    if choice(found) is not None:
        parts = _compared(found)
    else:
        parts = _one_city(found) if len(found.methods) == 1 else _groups(found)
    english = "; ".join(part.en for part in parts)
    return Text(f"{english[:1].upper()}{english[1:]}.", "。".join(part.ja for part in parts) + "。")


def choice(found: Study) -> int | None:
    """The method that most seasons recommend; None where no methods are compared."""
    most = max(found.first_counts, default=0)
    return found.first_counts.index(most) if most else None


def rivals(found: Study) -> list[int]:
    """The other choices, those that most seasons recommend first."""
    best = choice(found)
    four = [index for index, one in enumerate(found.methods) if one.method in FOUR_METHODS and index != best]
    if found.by_money:
        four.sort(key=lambda index: found.estimate(index, "cost_yen").mean or 0)
    return sorted(four, key=lambda index: -found.first_counts[index])


def _compared(found: Study) -> list[Text]:
    best = choice(found) or 0
    name, n, often = found.methods[best].name, len(found.seasons), _how_often(found, choice(found) or 0)
    how = Text(" by cost", "費用で") if found.by_money else Text("", "")
    parts = [
        Text(
            f"over {counted(n, 'season')} the choice{how.en} is {name.en}{often.en}",
            f"{n}回のシーズンの計算で、{how.ja}選ぶべき方式は{name.ja}{often.ja}です",
        ),
        *lost(found),
        *([priced(found, best)] if found.by_money else []),
        _cleared(found, best),
    ]
    work = cell(BY_KEY["staff_hours"], found.estimate(best, "staff_hours"))
    parts.append(Text(f"it takes {work.en} staff hours", f"職員作業は{work.ja}時間です"))
    others = rivals(found)
    if others:
        parts.append((dearer if found.by_money else worked)(found, best, others[0]))
    return parts if found.by_money else [*parts, cheapest(found)]


def _how_often(found: Study, best: int) -> Text:
    n = len(found.seasons)
    counts = found.first_counts
    if counts[best] == n:
        return Text(", in every one of them" if n > 1 else "", "(全回)" if n > 1 else "")
    others = [index for index in rivals(found) if counts[index]]
    english = ", ".join(f"{found.methods[index].name.en} in {counts[index]}" for index in others)
    japanese = "、".join(f"{found.methods[index].name.ja} {counts[index]}回" for index in others)
    return Text(f" in {counts[best]} of them ({english})", f"({counts[best]}回。ほかは{japanese})")


def _cleared(found: Study, best: int) -> Text:
    figure = BY_KEY["cleared_at"]
    one = found.estimate(best, figure.key)
    if not one.known:
        return _left(found, best)
    if one.known < one.n:
        return Text(
            f"it is through in {one.known} of {counted(one.n, 'season')} by the end of the run",
            f"計算期間内に処理し終えるのは{one.n}回中{one.known}回です",
        )
    middle, spread = value(figure, one.middle or 0), spread_cell(figure, one)
    if one.n == 1:
        return Text(f"it is through on {middle.en}", f"滞留の解消は{middle.ja}です")
    if spread == middle:
        return Text(
            f"it is through on {middle.en} in at least nine of ten seasons",
            f"滞留の解消は10回中9回以上が{middle.ja}です",
        )
    return Text(
        f"it is through on {middle.en} in the median season, nine of ten from {spread.en}",
        f"滞留の解消は中央値で{middle.ja}、10回中9回は{spread.ja}です",
    )


def _left(found: Study, best: int) -> Text:
    """What no season comes to the end of: cases in the office, and cases that wait at the portal."""
    stored, portal = (found.values(best, key) for key in ("backlog_at_end", "not_fetched_at_end"))
    both = [(one or 0) + (other or 0) for one, other in zip(stored, portal, strict=True)]
    left = cell(BY_KEY["backlog_at_end"], estimate(both))
    waiting = cell(BY_KEY["not_fetched_at_end"], found.estimate(best, "not_fetched_at_end"))
    some = any(portal)
    how_many = Text(waiting.en, f"うち{waiting.ja}件") if any(stored) else Text("all", "すべて")
    where = Text(f", {how_many.en} of them at the portal", f"({how_many.ja}未取得)") if some else Text("", "")
    return Text(
        f"no season is cleared by the end of the run; {left.en} cases are left then{where.en}",
        f"計算期間内に解消するシーズンはなく、終了時に{left.ja}件{where.ja}が残ります",
    )


def _one_city(found: Study) -> list[Text]:
    """A city whose policy chooses the methods: its own figures are the answer."""
    registered, peak, lead, hours = (
        cell(BY_KEY[key], found.estimate(0, key))
        for key in ("registered", "backlog_peak", "lead_time_h.p90", "staff_hours")
    )
    n = len(found.seasons)
    return [
        Text(
            f"over {counted(n, 'season')} the city registers {registered.en} online applications",
            f"{n}回のシーズンの計算で、オンライン申請の登録は{registered.ja}件です",
        ),
        Text(f"its backlog peaks at {peak.en} cases", f"滞留の最大は{peak.ja}件です"),
        Text(f"nine of ten are registered within {lead.en} h", f"9割は{lead.ja}時間以内に登録されます"),
        Text(f"this takes {hours.en} staff hours", f"職員作業は{hours.ja}時間です"),
    ]


def _groups(found: Study) -> list[Text]:
    """Several groups of municipalities: when the backlog of each is highest, and when it is gone."""
    n = len(found.seasons)
    parts = [Text(f"over {counted(n, 'season')}", f"{n}回のシーズンの計算の結果です")]
    for index, one in enumerate(found.methods):
        peak = cell(BY_KEY["backlog_peak"], found.estimate(index, "backlog_peak"))
        cleared = found.estimate(index, "cleared_at")
        gone = (
            Text("not cleared by the end in any season", "どのシーズンでも終了までに解消しない")
            if not cleared.known
            else Text(f"cleared on {_days(cleared).en}", f"解消は{_days(cleared).ja}")
        )
        parts.append(
            Text(
                f"{one.name.en}: backlog up to {peak.en}, {gone.en}", f"{one.name.ja}: 滞留の最大 {peak.ja}、{gone.ja}"
            )
        )
    return parts


def _days(cleared: Estimate) -> Text:
    return spread_cell(BY_KEY["cleared_at"], cleared)


def precision_line(found: Study) -> Text:
    """How many replications a precision took, where it was not reached, and what has no interval to judge it by."""
    wanted, n = found.wanted.precision, len(found.seasons)
    if wanted is None:
        return Text(counted(n, "replication"), f"反復{n}回")
    within = f"±{wanted * 100:g}%"
    told = Text(
        f"{counted(n, 'replication')}: every headline interval is within {within} of its mean",
        f"反復{n}回で、主要な値の95%信頼区間はすべて平均の{within}以内",
    )
    if found.wide:
        told = Text(
            f"{counted(n, 'replication')} were not enough for {within}; still wider: {_names(found, found.wide).en}",
            f"反復{n}回では{within}に達しない値が{len(found.wide)}個ある",
        )
    unknown = _names(found, found.unknown)
    if not found.unknown:
        return told
    return told + Text(
        f"; left out, not reached in every season: {unknown.en}", f"(全回では得られず除外した値: {unknown.ja})"
    )


def _names(found: Study, figures: Sequence[tuple[int, Figure]], most: int = 4) -> Text:
    named = [(found.methods[method].name, figure.label) for method, figure in figures[:most]]
    more, left = len(figures) > most, len(figures) - most
    return Text(
        ", ".join(f"{name.en}: {label.en.lower()}" for name, label in named) + (f" and {left} more" if more else ""),
        "、".join(f"{name.ja}の{label.ja}" for name, label in named) + (f"ほか{left}個" if more else ""),
    )
