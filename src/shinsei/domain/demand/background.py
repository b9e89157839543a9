"""The load of all other procedures: yearly volume by catalogue or scenario, spread over the year's season.

A procedure's count in a run is its expected number, rounded up or down by one keyed draw, so that the mean is
kept and the rare ones come now and then. Spread over the days it follows the month weights, the wave within
the month where there is one, and working days against weekends.
"""

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.catalogue import MUNICIPAL, PREFECTURAL, MonthShape, Procedure
from shinsei.domain.demand.channels import Arrival, Clockwork
from shinsei.domain.demand.curve import WeightedChoice
from shinsei.domain.draws import draw
from shinsei.domain.run import DemandSpec
from shinsei.domain.simtime import SimTime, date_of, day_number

_PER_PEOPLE = 100_000
_DAYS_A_YEAR = 365
_EARLY_DAYS = 10
_EARLY_WEIGHT = 2.0
"""Procedures with an early wave: the month's first ten days weigh twice (an assumption)."""


def background(
    seed: int, demand: DemandSpec, calendar: BusinessCalendar, span: tuple[SimTime, SimTime], *, prefecture: bool
) -> dict[int, list[Arrival]]:
    """Arrivals of every other procedure that this body receives, by procedure number."""
    clockwork = Clockwork(seed, demand, calendar)
    volumes = dict(demand.background_volumes)
    found: dict[int, list[Arrival]] = {}
    for procedure in PREFECTURAL if prefecture else MUNICIPAL:
        if procedure.number in demand.seasonal_procedures and not prefecture:
            continue
        volume = volumes.get(procedure.number, procedure.volume_per_100k) * demand.background_scale
        weights = _day_weights(procedure, demand, calendar, span)
        expected = volume / _PER_PEOPLE * demand.population * sum(weights.values()) / _DAYS_A_YEAR
        count = int(expected + draw(seed, f"background-{procedure.number}", "count"))
        if count:
            subjects = [f"{procedure.number:02d}/background/{n}" for n in range(count)]
            found[procedure.number] = clockwork.arrivals(
                subjects, WeightedChoice(weights), demand.background_online_share, deadline=None
            )
    return found


def _day_weights(
    procedure: Procedure, demand: DemandSpec, calendar: BusinessCalendar, span: tuple[SimTime, SimTime]
) -> dict[int, float]:
    """Weight of each day of the run: 1 on an average day of the year, so that a year's weights sum to 365."""
    start, end = span
    days = range(day_number(start), day_number(SimTime(end - 1)) + 1)
    # 245 working days and 120 others make up a common year.
    mean_day = (245 + 120 * demand.weekend_weight) / _DAYS_A_YEAR
    weights: dict[int, float] = {}
    for day in days:
        when = date_of(day)
        weight = (1.0 if calendar.is_open_day(day) else demand.weekend_weight) / mean_day
        if procedure.season.shape is MonthShape.EARLY:
            mean_shape = (_EARLY_DAYS * _EARLY_WEIGHT + 365 / 12 - _EARLY_DAYS) / (365 / 12)
            weight *= (_EARLY_WEIGHT if when.day <= _EARLY_DAYS else 1.0) / mean_shape
        weights[day] = weight * procedure.season.month_weight(when.month)
    return weights
