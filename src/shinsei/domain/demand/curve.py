"""On which days the season's filers come: one named curve a wave.

The shapes are assumptions (no hourly or daily distribution was published); their shares and lengths are
scenario parameters. A curve is a table of day weights, from which one draw picks a day.
"""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import accumulate
from math import ceil, exp

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.run import CurveKind, DemandSpec, FilersOf, PolicyYear, WaveSpec
from shinsei.domain.simtime import day_of

_MONTHS = 12
_LATE_TAIL = 0.999
"""Quantile of the late delay at which the curve is cut, so that a run can end."""


class WeightedChoice:
    """Picks an item by weight from one number in (0, 1) and says how far into the item it fell."""

    def __init__(self, weights: Mapping[int, float]) -> None:
        kept = [(item, weight) for item, weight in sorted(weights.items()) if weight > 0]
        self._items = [item for item, _ in kept]
        self._edges = [0.0, *accumulate(weight for _, weight in kept)]

    @property
    def total(self) -> float:
        """Sum of the weights."""
        return self._edges[-1]

    def pick(self, u: float) -> tuple[int, float]:
        """The item at ``u`` and the position within it, in [0, 1)."""
        point = u * self.total
        index = min(bisect_right(self._edges, point), len(self._items)) - 1
        low, high = self._edges[index], self._edges[index + 1]
        return self._items[index], min(max((point - low) / (high - low), 0.0), 1.0 - 1e-12)


def seasonal_filers(demand: DemandSpec) -> int:
    """How many file in the season, both channels: recipients, or the exceptional few of them from 2022.

    The rules of 2022 are those of the status report; they say nothing about a season of waves.
    """
    recipients = demand.population * demand.recipients_share
    if demand.filers_of is FilersOf.HOUSEHOLDS:
        recipients *= demand.households_per_person
    if not demand.waves and demand.policy_year is PolicyYear.POST2022:
        recipients *= demand.post2022_filers_share
    return round_half_up(recipients)


def wave_weights(demand: DemandSpec, wave: WaveSpec, calendar: BusinessCalendar) -> dict[int, float]:
    """Share of a wave's filers who come on each day (by day number); they sum to 1."""
    return CURVES[wave.curve](demand, wave, calendar)


def day_weights(demand: DemandSpec, calendar: BusinessCalendar) -> dict[int, float]:
    """The same for a season without waves, which is one filing period with its deadline."""
    first, last = day_of(demand.mailing_day), day_of(demand.deadline_day)
    days = range(first, last + 1)
    weekday = [1.0 if calendar.is_open_day(day) else demand.weekend_weight for day in days]
    wave = demand.mailing_wave_days
    spike_from = max(first, last + 1 - demand.deadline_spike_days)
    parts = (
        (demand.mailing_wave_share, [wave.cdf(n + 1.0) - wave.cdf(float(n)) for n in range(len(days))]),
        (demand.flat_share, [1.0] * len(days)),
        (
            demand.deadline_share,
            [exp((day - last) / demand.deadline_growth_days) if day >= spike_from else 0.0 for day in days],
        ),
    )
    weights = dict.fromkeys(days, 0.0)
    for share, raw in parts:
        shaped = _normalised([weight * factor for weight, factor in zip(raw, weekday, strict=True)])
        for day, weight in zip(days, shaped, strict=True):
            weights[day] += weight * share * (1.0 - demand.late_share)
    for day, weight in _late_weights(demand, last).items():
        weights[day] = weights.get(day, 0.0) + weight * demand.late_share
    return weights


def hour_choice(demand: DemandSpec, *, deadline: bool) -> WeightedChoice:
    """The hours of a day for online filings; on the deadline day the last hour is several times as busy."""
    weights = dict(enumerate(demand.hour_weights))
    if deadline:
        last = len(weights) - 1
        weights[last] *= demand.deadline_last_hour_factor
    return WeightedChoice(weights)


def round_half_up(value: float) -> int:
    """Nearest whole number; a half goes up."""
    return int(value + 0.5)


def _late_weights(demand: DemandSpec, last: int) -> dict[int, float]:
    """Shares of the late filers by day: a delay of up to one day is the day after the deadline."""
    if demand.late_share == 0:
        return {}
    late = demand.late_days
    tail = max(1, ceil(late.sample(_LATE_TAIL)))
    shares = _normalised([late.cdf(n) - late.cdf(n - 1.0) for n in range(1, tail + 1)])
    return {last + n: share for n, share in enumerate(shares, start=1)}


def _normalised(weights: Sequence[float]) -> list[float]:
    total = sum(weights)
    return [weight / total for weight in weights] if total > 0 else list(weights)


def _deadline(demand: DemandSpec, wave: WaveSpec, calendar: BusinessCalendar) -> dict[int, float]:
    period = replace(
        demand,
        mailing_day=wave.first_day,
        deadline_day=wave.last_day,
        mailing_wave_share=1.0 - wave.flat_share - wave.deadline_share,
        flat_share=wave.flat_share,
        deadline_share=wave.deadline_share,
        late_share=wave.late_share,
        mailing_wave_days=wave.delay_days,
    )
    return day_weights(period, calendar)


def _burst(demand: DemandSpec, wave: WaveSpec, calendar: BusinessCalendar) -> dict[int, float]:
    """Proportional to t·exp(-t / scale): people come as they get to it, most of them ``scale_days`` after the event."""

    def until(t: float) -> float:
        return 1.0 - exp(-t / wave.scale_days) * (1.0 + t / wave.scale_days)

    return _on_days(demand, wave, calendar, lambda n: until(n + 1.0) - until(n))


def _decay(demand: DemandSpec, wave: WaveSpec, calendar: BusinessCalendar) -> dict[int, float]:
    """Proportional to exp(-t / scale)."""
    return _on_days(demand, wave, calendar, lambda n: exp(-n / wave.scale_days) - exp(-(n + 1.0) / wave.scale_days))


def _monthly_wave(demand: DemandSpec, wave: WaveSpec, calendar: BusinessCalendar) -> dict[int, float]:
    """A wave of equal size for each month's end, those included that opened before the first day."""
    first, delay = day_of(wave.first_day), wave.delay_days
    openings = [day_of(day) - first for day in _openings(wave)]
    return _on_days(
        demand, wave, calendar, lambda n: sum(delay.cdf(n + 1.0 - at) - delay.cdf(n - at) for at in openings)
    )


CURVES: Mapping[CurveKind, Callable[[DemandSpec, WaveSpec, BusinessCalendar], dict[int, float]]] = {
    CurveKind.DEADLINE: _deadline,
    CurveKind.BURST: _burst,
    CurveKind.MONTHLY_WAVE: _monthly_wave,
    CurveKind.DECAY: _decay,
}


def _on_days(
    demand: DemandSpec, wave: WaveSpec, calendar: BusinessCalendar, shape: Callable[[float], float]
) -> dict[int, float]:
    """The shape over the days since the first, bent by the weekdays, as shares."""
    days = range(day_of(wave.first_day), day_of(wave.last_day) + 1)
    raw = [
        shape(float(n)) * (1.0 if calendar.is_open_day(day) else demand.weekend_weight) for n, day in enumerate(days)
    ]
    return dict(zip(days, _normalised(raw), strict=True))


def _openings(wave: WaveSpec) -> list[date]:
    """Days on which renewal opens for what expires at a month's end, from where a wave still reaches the first day."""
    reach = timedelta(days=ceil(wave.delay_days.sample(_LATE_TAIL)))
    before = timedelta(days=wave.opens_before_days)
    year, month = (wave.first_day - reach).year, 1
    found: list[date] = []
    while True:
        opens = date(year, month, monthrange(year, month)[1]) - before
        if opens > wave.last_day:
            return found
        if opens >= wave.first_day - reach:
            found.append(opens)
        year, month = (year, month + 1) if month < _MONTHS else (year + 1, 1)
