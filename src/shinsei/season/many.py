"""The answer of a season with many municipalities: how long cases wait where, and who is through when."""

from collections.abc import Sequence

from shinsei.domain.simtime import day_number
from shinsei.season.figures import Findings, MethodFindings
from shinsei.season.text import Text
from shinsei.season.words import METHOD_NAMES, day

_HOURS_A_DAY = 24
_PEOPLE = 10_000


def many_parts(season: Findings) -> list[Text]:
    """What is said first: waiting by group, queues by people, and the last to be through."""
    return [*_waiting(season.methods), *_queues(season.methods), _through(season)]


def _waiting(groups: Sequence[MethodFindings]) -> list[Text]:
    """Least and most of the days within which nine of ten are registered."""
    known = [(one.lead_time_h.p50, one.lead_time_h.p90, one) for one in groups if one.compared_registered]
    reached = [(half, nine, one) for half, nine, one in known if half is not None and nine is not None]
    if not reached:
        return []
    (half, nine, least), (more, most, worst) = (
        min(reached, key=lambda each: each[0]),
        max(reached, key=lambda each: each[0]),
    )
    low, high = called(least), called(worst)
    return [
        Text(
            f"half of the applications are in the core system within {_days(half)} days in {low.en} (nine of ten "
            f"within {_days(nine)}), and within {_days(more)} days in {high.en} (nine of ten within {_days(most)})",
            f"半数が基幹システムに登録されるまで、最短は{low.ja}の{_days(half)}日(9割は{_days(nine)}日)、"
            f"最長は{high.ja}の{_days(more)}日(9割は{_days(most)}日)です",
        )
    ]


def _queues(groups: Sequence[MethodFindings]) -> list[Text]:
    """The highest backlog by people: what makes small and large comparable."""
    ranked = [
        (one.backlog_peak / (one.group.count * one.group.population) * _PEOPLE, one)
        for one in groups
        if one.group is not None
    ]
    if not ranked:
        return []
    (low, least), (high, most) = min(ranked, key=lambda each: each[0]), max(ranked, key=lambda each: each[0])
    return [
        Text(
            f"the longest queues are {high:.0f} cases for 10,000 people in {called(most).en} and {low:.0f} in "
            f"{called(least).en}",
            f"滞留の最大は人口1万人あたり{called(most).ja}で{high:.0f}件、{called(least).ja}で{low:.0f}件です",
        )
    ]


def _through(season: Findings) -> Text:
    each = season.municipalities
    through = [one for one in each if one.cleared_at is not None]
    if len(through) < len(each):
        left = sum(one.backlog_at_end for one in each if one.cleared_at is None)
        end = day(season.end)
        return Text(
            f"{len(through)} of {len(each)} municipalities are through when the run ends on {end.en}, and {left:,} "
            "cases are left in the others",
            f"計算期間の終わり({end.ja})までに処理し終えるのは{len(each)}団体中{len(through)}団体で、ほかに{left:,}件が残ります",
        )
    last = max(through, key=lambda one: one.cleared_at or 0)
    first = min(through, key=lambda one: one.cleared_at or 0)
    sooner, later = day(first.cleared_at or season.end), day(last.cleared_at or season.end)
    if day_number(first.cleared_at or season.end) == day_number(last.cleared_at or season.end):
        return Text(
            f"all {len(each)} municipalities are through on {later.en}",
            f"全{len(each)}団体が{later.ja}に処理し終えます",
        )
    return Text(
        f"the first of the {len(each)} municipalities is through on {sooner.en} ({first.name.en}), the last on "
        f"{later.en} ({last.name.en})",
        f"{len(each)}団体のうち最初に処理し終えるのは{sooner.ja}({first.name.ja})、最後は{later.ja}({last.name.ja})です",
    )


def called(one: MethodFindings) -> Text:
    """A group with its method."""
    method = METHOD_NAMES[one.method]
    return Text(f"{one.name.en} ({method.en})", f"{one.name.ja}({method.ja})")


def _days(hours: float) -> str:
    return f"{hours / _HOURS_A_DAY:,.1f}"
