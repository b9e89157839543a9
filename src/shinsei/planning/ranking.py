"""Which method a season recommends, by the rule of a season's answer: the day first, then the hours, then the money.

Through on the earliest calendar day; among those, the fewest staff hours; among hours that are about the same, the
lowest cost. Where the scenario asks what pays, the choice is by money, as in the season's answer: the lowest cost,
unless it is that of transcription within what one seed separates. Only the four methods are a choice; the baseline is
what they are measured against.
"""

from collections.abc import Mapping, Sequence
from math import inf

from shinsei.domain.linkage_method import FOUR_METHODS, LinkageMethod
from shinsei.domain.simtime import SimTime, day_number
from shinsei.planning.seasons import PlannedSeason
from shinsei.season.answers import ABOUT_THE_SAME

Values = Mapping[str, float | None]


def best_of(season: PlannedSeason, *, by_money: bool = False) -> int | None:
    """Index of the method that a season recommends; None where no method is under comparison."""
    choices = [index for index, one in enumerate(season.methods) if one.is_compared and one.method in FOUR_METHODS]
    if by_money and choices:
        costs = {season.methods[index].method: _figure(season.methods[index].values, "cost_yen") for index in choices}
        paying = what_pays(costs)
        return next(index for index in choices if season.methods[index].method is paying)
    return best([season.methods[index].values for index in choices], choices)


def what_pays(costs: Mapping[LinkageMethod, float]) -> LinkageMethod:
    """The cheapest method; transcription, if that costs about the same."""
    least, keyed = min(costs, key=lambda method: costs[method]), LinkageMethod.TRANSCRIPTION
    pays = keyed not in costs or costs[least] < costs[keyed] * (1 - ABOUT_THE_SAME)
    return least if pays else keyed


def best(values: Sequence[Values], names: Sequence[int]) -> int | None:
    """The name of the best of several; None of none."""
    if not names:
        return None
    days = [_day(one) for one in values]
    through = [index for index, day in enumerate(days) if day == min(days)]
    if min(days) == inf:
        fewest = min(_figure(values[index], "backlog_at_end") for index in through)
        through = [index for index in through if _figure(values[index], "backlog_at_end") == fewest]
    hours = {index: _figure(values[index], "staff_hours") for index in through}
    least, most = min(hours.values()), max(hours.values())
    key = "cost_yen" if most - least <= ABOUT_THE_SAME * most else "staff_hours"
    return names[min(through, key=lambda index: _figure(values[index], key))]


def _day(values: Values) -> float:
    at = values["cleared_at"]
    return inf if at is None else day_number(SimTime(int(at)))


def _figure(values: Values, key: str) -> float:
    value = values[key]
    return inf if value is None else value
