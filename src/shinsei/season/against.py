"""What an outage, half the staff or other rules do: the season held against the same one without it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shinsei.domain.simtime import SimTime, day_number
from shinsei.scenario import Answer, Scenario, counterpart
from shinsei.season.against_incidents import incidents_against
from shinsei.season.figures import Findings, MethodFindings
from shinsei.season.text import Text
from shinsei.season.words import join

_FEW_HOURS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """The other season, and how it is called."""

    name: Text
    season: Findings


def against(scenario: Scenario, plan: Callable[[Scenario], Findings]) -> Against | None:
    """The counterpart of a scenario worked out by ``plan``; None where it names none."""
    other = counterpart(scenario)
    if other is None or scenario.report.against is None:
        return None
    texts = scenario.report.against
    return Against(name=Text(texts.name, texts.name_ja), season=plan(other))


def against_parts(season: Findings, four: Sequence[MethodFindings], other: Against) -> list[Text]:
    """What became of the incidents where they are asked about, of the highest backlog, of the day and of the hours."""
    before = {one.name: one for one in other.season.methods}
    pairs = [(before[one.name], one) for one in four if one.name in before]
    if not pairs:
        return []
    incidents = incidents_against(other.name, pairs) if Answer.INCIDENTS in season.answers else []
    days = _holds(season, other, pairs) if Answer.HOLDS in season.answers else []
    if days:
        return [*days, *incidents, _peaks(other.name, pairs), _hours(pairs)]
    return [*incidents, _peaks(other.name, pairs), *_days(season, other.season, pairs), _hours(pairs)]


Pairs = Sequence[tuple[MethodFindings, MethodFindings]]
"""Without, and with, what is asked about."""


def _holds(season: Findings, other: Against, pairs: Pairs) -> list[Text]:
    """Who is through on the same day all the same; nothing where somebody is not through at all."""
    shifts = _shifts(season, other.season, pairs)
    if not shifts:
        return []
    holding = [name for days, names in shifts.items() if days <= 0 for name in names]
    falling = [name + _in_brackets(_shift(days)) for days, names in shifts.items() if days > 0 for name in names]
    if not holding:
        late = join(falling)
        nobody = f"no method is through as soon as in {other.name.en}: {late.en}"
        return [Text(nobody, f"{other.name.ja}と同じ日までに処理し終える方式はありません({late.ja})")]
    names = join(holding)
    told = Text(
        f"{names.en} hold{'s' if len(holding) == 1 else ''}: through no later than in {other.name.en}",
        f"持ちこたえるのは{names.ja}で、解消日は{other.name.ja}より遅れません",
    )
    if not falling:
        return [told]
    late = join(falling)
    return [told + Text(f", which {late.en} {'does' if len(falling) == 1 else 'do'} not", f"(遅れるのは{late.ja})")]


def _in_brackets(text: Text) -> Text:
    return Text(f" ({text.en})", f"({text.ja})")


def _peaks(name: Text, pairs: Pairs) -> Text:
    if all(one.backlog_peak == before.backlog_peak for before, one in pairs):
        return Text(
            f"against {name.en}, no highest backlog is another", f"{name.ja}と、滞留の最大はどの方式でも変わりません"
        )
    told = [
        Text(
            f"{one.backlog_peak:,} instead of {before.backlog_peak:,} {'in' if one.group else 'under'} {one.name.en}",
            f"{one.name.ja} {before.backlog_peak:,}→{one.backlog_peak:,}件",
        )
        for before, one in pairs
    ]
    listed = join(told)
    return Text(f"against {name.en}, the highest backlog is {listed.en}", f"{name.ja}に比べ、滞留の最大は{listed.ja}")


def _days(season: Findings, other: Findings, pairs: Pairs) -> list[Text]:
    """Days from the deadline to the last registration, with and without."""
    later = _shifts(season, other, pairs)
    if not later:
        return []
    if set(later) == {0}:
        return [Text("no method is through on another day", "解消日はどの方式でも変わりません")]
    told = [
        Text(f"{join(names).en} {_shift(days).en}", f"{join(names).ja}は{_shift(days).ja}")
        for days, names in later.items()
    ]
    return [Text(f"through: {', '.join(one.en for one in told)}", f"解消日は{'、'.join(one.ja for one in told)}です")]


def _shifts(season: Findings, other: Findings, pairs: Pairs) -> dict[int, list[Text]]:
    """Names by how many days later they are through; empty where one is not through at all."""
    later: dict[int, list[Text]] = {}
    for before, one in pairs:
        if before.cleared_at is None or one.cleared_at is None:
            return {}
        days = _after(season, one.cleared_at) - _after(other, before.cleared_at)
        later.setdefault(days, []).append(one.name)
    return dict(sorted(later.items()))


def _after(season: Findings, at: SimTime) -> int:
    return day_number(at) - day_number(season.deadline)


def _shift(days: int) -> Text:
    if days == 0:
        return Text("on the same day", "同日")
    count = f"{abs(days)} day{'' if abs(days) == 1 else 's'}"
    return Text(f"{count} {'later' if days > 0 else 'sooner'}", f"{abs(days)}日{'後' if days > 0 else '前'}")


def _hours(pairs: Pairs) -> Text:
    changes = [one.office.staff_hours - before.office.staff_hours for before, one in pairs]
    overtime = [one.office.overtime_hours - before.office.overtime_hours for before, one in pairs]
    staff, extra = _span(changes), _span(overtime)
    return Text(
        f"staff hours change by {staff.en}, overtime by {extra.en}",
        f"職員作業時間の変化は{staff.ja}、時間外勤務の変化は{extra.ja}です",
    )


def _span(values: Sequence[float]) -> Text:
    low, high = min(values), max(values)
    if high - low < _FEW_HOURS:
        return Text(
            f"{high:+,.0f} h" if abs(high) >= _FEW_HOURS else "0 h",
            f"{high:+,.0f}時間" if abs(high) >= _FEW_HOURS else "0時間",
        )
    return Text(f"{low:+,.0f} to {high:+,.0f} h", f"{low:+,.0f}〜{high:+,.0f}時間")
