"""The arrivals of a season: its filing period, its waves, or daily counts given by the user."""

from collections.abc import Iterator

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.demand.channels import Arrival, Clockwork
from shinsei.domain.demand.curve import WeightedChoice, day_weights, round_half_up, seasonal_filers, wave_weights
from shinsei.domain.run import DemandSpec, WaveSpec
from shinsei.domain.simtime import day_of


def seasonal(seed: int, demand: DemandSpec, calendar: BusinessCalendar) -> dict[int, list[Arrival]]:
    """Arrivals of the procedures of the season, by procedure number."""
    clockwork = Clockwork(seed, demand, calendar)
    if not demand.waves:
        return {demand.procedure: _period(demand, calendar, clockwork)}
    found: dict[int, list[Arrival]] = {number: [] for number in demand.seasonal_procedures}
    for wave, numbers in waves_with_filers(demand):
        subjects = [_subject(wave.procedure, n) for n in numbers]
        if subjects:
            days = WeightedChoice(wave_weights(demand, wave, calendar))
            deadline = day_of(wave.last_day) if wave.has_deadline else None
            found[wave.procedure] += clockwork.arrivals(subjects, days, wave.online_share, deadline=deadline)
    return found


def waves_with_filers(demand: DemandSpec) -> Iterator[tuple[WaveSpec, range]]:
    """The waves, each with the numbers of its filers; together they are all filers of the season."""
    total, done, share = seasonal_filers(demand), 0, 0.0
    for wave in demand.waves:
        share += wave.share
        until = min(total, round_half_up(total * share))
        yield wave, range(done, until)
        done = until


def _period(demand: DemandSpec, calendar: BusinessCalendar, clockwork: Clockwork) -> list[Arrival]:
    """One filing period with its deadline, by the curve or by given daily counts."""
    deadline = day_of(demand.deadline_day)
    if demand.daily_counts:
        days = [day_of(day) for day, count in sorted(demand.daily_counts) for _ in range(count)]
        picked = [(_subject(demand.procedure, n), day) for n, day in enumerate(days)]
        return clockwork.on_days(picked, demand.online_share, deadline=deadline)
    subjects = [_subject(demand.procedure, n) for n in range(seasonal_filers(demand))]
    if not subjects:
        return []
    days_of_curve = WeightedChoice(day_weights(demand, calendar))
    return clockwork.arrivals(subjects, days_of_curve, demand.online_share, deadline=deadline)


def _subject(procedure: int, n: int) -> str:
    return f"{procedure:02d}/season/{n}"
