"""The answer to the question of a season as one sentence, in English and Japanese.

What the scenario asks for comes first (``answers``). Then the four methods are compared (the baseline is what they
are measured against, not a choice): by day, and where the calendar day does not separate them by what then does,
hours of work, or money.
"""

from collections.abc import Sequence
from dataclasses import replace

from shinsei.domain.linkage_method import FOUR_METHODS
from shinsei.domain.simtime import SimTime, day_number
from shinsei.scenario import Answer
from shinsei.season.against import Against, against_parts
from shinsei.season.answers import ABOUT_THE_SAME, answers
from shinsei.season.findings import Findings, MethodFindings
from shinsei.season.many import many_parts
from shinsei.season.text import Text
from shinsei.season.words import after_deadline, day, join, last_day, of_methods, yen


def verdict(season: Findings, other: Against | None = None) -> Text:
    """The answer, honest about ties, about cases left over and about a run that was cut short.

    Args:
        season: what was found.
        other: the season that it is held against, where the scenario names one.
    """
    four = [one for one in season.methods if one.method in FOUR_METHODS] or list(season.methods)
    if not four:
        return Text("No municipality was compared.", "比較した自治体はありません。")
    if not any(one.is_compared for one in season.methods):
        return _one_city(season, four[0])
    if season.partial and season.end < season.deadline:
        return _interrupted(season, four)
    return _sentence([*_partial(season), *_found(season, four, other)])


def asked_parts(season: Findings, other: Against | None = None) -> list[Text]:
    """What the scenario asks for, without the methods compared beside it; nothing where it asks for no more."""
    four = [one for one in season.methods if one.method in FOUR_METHODS] or list(season.methods)
    is_one_city = not any(one.is_compared for one in season.methods)
    return answers(season, four[:1]) if is_one_city else _asked(season, four, other)


def _asked(season: Findings, four: Sequence[MethodFindings], other: Against | None) -> list[Text]:
    if season.municipalities:
        many = against_parts(season, season.methods, other) if other else many_parts(season)
        return [*many, *answers(season, season.methods)]
    if other is not None:
        place = season.answers.index(Answer.AGAINST) if Answer.AGAINST in season.answers else len(season.answers)
        before, after = (
            replace(season, answers=part) for part in (season.answers[:place], season.answers[place + 1 :])
        )
        return [*answers(before, four), *against_parts(season, four, other), *answers(after, four)]
    return answers(season, four)


def _found(season: Findings, four: Sequence[MethodFindings], other: Against | None) -> list[Text]:
    """What was asked for; then the methods compared, unless the question is about something else."""
    asked = _asked(season, four, other)
    if season.municipalities or other is not None or Answer.INCIDENTS in season.answers:
        return asked
    parts = [*asked, *(_through(season, four) if _cleared(four) else _nobody(season, four))]
    if len(four) > 1:
        parts += _last(season, four)
        parts += [] if Answer.PAYS in season.answers else [_cheapest(four)]
    return parts


def winners(four: Sequence[MethodFindings]) -> list[MethodFindings]:
    """The methods that are through on the earliest day, least work first."""
    through = _cleared(four)
    first = min(day_number(one.cleared_at) for one in through if one.cleared_at is not None)
    return sorted(
        (one for one in through if one.cleared_at is not None and day_number(one.cleared_at) == first),
        key=lambda one: one.office.staff_hours,
    )


def _cleared(four: Sequence[MethodFindings]) -> list[MethodFindings]:
    return [one for one in four if one.cleared_at is not None]


def _partial(season: Findings) -> list[Text]:
    if not season.partial:
        return []
    until = day(season.end)
    return [Text(f"partial result, interrupted on {until.en}", f"途中経過({until.ja}で中断)")]


def _interrupted(season: Findings, four: Sequence[MethodFindings]) -> Text:
    """Before the deadline there is no answer yet."""
    until, last = day(season.end), last_day(has_deadline=season.has_deadline)
    waiting = Text(
        ", ".join(f"{one.name.en} {one.backlog_at_end:,}" for one in four),
        "、".join(f"{one.name.ja} {one.backlog_at_end:,}件" for one in four),
    )
    return Text(
        f"Interrupted on {until.en}, before {last.en}, so there is no answer yet; waiting then: {waiting.en}.",
        f"{last.ja}前の{until.ja}で中断したため、結論はまだ出ていません。その時点の滞留: {waiting.ja}。",
    )


def _one_city(season: Findings, one: MethodFindings) -> Text:
    """A city whose policy chooses the methods: nothing is compared, so its own figures are the answer."""
    parts = [*_partial(season), *answers(season, [one])]
    hours, overtime = one.office.staff_hours, one.office.overtime_hours
    peak = (
        Text(
            f"its backlog is highest on {day(one.backlog_peak_at).en} with {one.backlog_peak:,} cases",
            f"滞留は{day(one.backlog_peak_at).ja}の{one.backlog_peak:,}件が最大です",
        )
        if one.backlog_peak_at is not None
        else Text("it has no backlog", "滞留はありません")
    )
    parts += [
        Text(
            f"the city registers {one.registered:,} of {one.accepted:,} online applications and keys "
            f"{one.office.paper_registered:,} from paper",
            f"オンライン申請{one.accepted:,}件のうち{one.registered:,}件を登録し、紙の{one.office.paper_registered:,}件を入力します",
        ),
        peak,
        Text(
            f"half are registered within {_hours(one.lead_time_h.p50)} h, all but one in a hundred within "
            f"{_hours(one.lead_time_h.p99)} h",
            f"半数は{_hours(one.lead_time_h.p50)}時間、99%は{_hours(one.lead_time_h.p99)}時間以内に登録されます",
        ),
        Text(
            f"this takes {hours:,.0f} staff hours and {overtime:,.0f} hours of overtime",
            f"職員作業は{hours:,.0f}時間、時間外は{overtime:,.0f}時間です",
        ),
    ]
    return _sentence(parts)


def _hours(value: float | None) -> str:
    return "—" if value is None else f"{value:,.0f}"


def _sentence(parts: Sequence[Text]) -> Text:
    english = "; ".join(part.en for part in parts)
    return Text(f"{english[:1].upper()}{english[1:]}.", "。".join(part.ja for part in parts) + "。")


def _through(season: Findings, four: Sequence[MethodFindings]) -> list[Text]:
    best = winners(four)
    at = best[0].cleared_at or season.end
    when = day(at)
    if season.has_deadline:
        when += Text(", ", "、") + after_deadline(season.deadline, at)
    which = (
        Text("every case filed in time", "期限内に申請された全件")
        if season.has_deadline
        else Text("every case of the season", "期間中に申請された全件")
    )
    if len(best) == 1:
        name, hours = best[0].name, f"{best[0].office.staff_hours:,.0f}"
        first = Text(" is through first", "が最も早く") if len(four) > 1 else Text(" is through", "では")
        return [
            name
            + first
            + Text(
                f": {which.en} is in the core system by {when.en}, for {hours} staff hours",
                f"、{which.ja}が{when.ja}までに基幹システムに登録されます(職員作業 {hours} 時間)",
            )
        ]
    names = join([one.name for one in best])
    return [
        Text(
            f"{names.en} are {'both' if len(best) == 2 else 'all'} through on {when.en}, so the day does not decide "  # noqa: PLR2004 - both are two
            "between them",
            f"{names.ja}は同じ日({when.ja})に{which.ja}を登録し終え、日付では優劣がつきません",
        ),
        _separates(best),
    ]


def _separates(best: Sequence[MethodFindings]) -> Text:
    """What separates methods that are through on the same day."""
    least, most = best[0].office.staff_hours, best[-1].office.staff_hours
    hours = Text(
        ", ".join(f"{one.name.en} {one.office.staff_hours:,.0f}" for one in best),
        "、".join(f"{one.name.ja} {one.office.staff_hours:,.0f} 時間" for one in best),
    )
    if most - least <= ABOUT_THE_SAME * most:
        return Text(
            f"nor do staff hours ({hours.en}), which leaves the price",
            f"職員作業もほぼ同じ({hours.ja})で、差は費用です",
        )
    return Text(f"the work does, in staff hours: {hours.en}", f"差は職員の作業時間です({hours.ja})")


def _nobody(season: Findings, four: Sequence[MethodFindings]) -> list[Text]:
    fewest = min(four, key=lambda one: one.backlog_at_end)
    end, name = day(season.end), fewest.name
    return [
        Text(
            f"no method is through when the run ends on {end.en}; {name.en} has the fewest cases left "
            f"({fewest.backlog_at_end:,})",
            f"計算期間の終わり({end.ja})までに処理し終える方式はありません。残りが最も少ないのは{name.ja}"
            f"({fewest.backlog_at_end:,}件)です",
        )
    ]


def _last(season: Findings, four: Sequence[MethodFindings]) -> list[Text]:
    """Who is through last, or not at all."""
    behind = [one for one in four if one.cleared_at is None]
    if behind and len(behind) < len(four):
        left = Text(
            ", ".join(f"{one.name.en} ({one.backlog_at_end:,})" for one in behind),
            "、".join(f"{one.name.ja}({one.backlog_at_end:,}件)" for one in behind),
        )
        end = day(season.end)
        return [
            Text(
                f"cases are still waiting when the run ends on {end.en} under {left.en}",
                f"計算期間の終わり({end.ja})にまだ残っているのは{left.ja}です",
            )
        ]
    if behind:
        return []
    slowest = max(four, key=lambda one: one.cleared_at or SimTime(0))
    best = winners(four)
    if slowest in best or slowest.cleared_at is None or best[0].cleared_at is None:
        return []
    later = day_number(slowest.cleared_at) - day_number(best[0].cleared_at)
    name, until = slowest.name, day(slowest.cleared_at)
    hours = f"{slowest.office.staff_hours:,.0f}"
    days = "1 day" if later == 1 else f"{later} days"
    return [
        Text(
            f"{name.en} needs until {until.en}, {days} longer, and {hours} staff hours",
            f"{name.ja}は{until.ja}まで、さらに{later}日かかります(職員作業 {hours} 時間)",
        )
    ]


def _cheapest(four: Sequence[MethodFindings]) -> Text:
    ordered = sorted(four, key=lambda one: one.cost.total_yen)
    low = ordered[0].cost.total_yen
    same = [one for one in ordered if one.cost.total_yen - low <= ABOUT_THE_SAME * max(1, low)]
    among, names, price = of_methods(len(four)), join([one.name for one in same]), yen(low)
    if len(same) > 1:
        return Text(
            f"{among.en} methods, {names.en} cost about the same and least over a year (about {price.en})",
            f"{among.ja}、{names.ja}の年間費用がほぼ同額で最も小さくなります(約{price.ja})",
        )
    return Text(
        f"{among.en} methods, the cheapest over a year is {names.en} ({price.en})",
        f"{among.ja}年間費用が最も小さいのは{names.ja}({price.ja})です",
    )
