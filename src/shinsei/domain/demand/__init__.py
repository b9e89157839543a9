"""Who files what, when and how: the demand that a run puts on its municipality.

Everything is derived from the run's scenario, seed, calendar and span by keyed draws; the municipality's code
and method play no part (beyond city or prefecture), so twin cities get the same filings. Counts are rounded
expectations (see ``curve`` and ``background``); days and moments are drawn independently.
"""

from functools import lru_cache

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.catalogue import Signature, procedure
from shinsei.domain.demand.attachments import declared
from shinsei.domain.demand.background import background
from shinsei.domain.demand.channels import Arrival, Clockwork
from shinsei.domain.demand.curve import WeightedChoice, day_weights, seasonal_filers
from shinsei.domain.draws import draw
from shinsei.domain.municipality import is_prefecture
from shinsei.domain.run import CalendarSpec, DemandSpec, Filing, RunSpec
from shinsei.domain.simtime import SimTime, day_of

__all__ = ["filings", "is_seasonal", "last_seasonal", "seasonal_filers"]


def filings(spec: RunSpec) -> list[Filing]:
    """Every filing of the run, online and paper, in order of (time, case id); equal in all twins."""
    prefecture = is_prefecture(spec.municipality)
    return list(_filings(spec.seed, spec.demand, spec.calendar, (spec.start, spec.end), prefecture=prefecture))


def is_seasonal(spec: RunSpec, filing: Filing) -> bool:
    """Whether a filing belongs to the season under study rather than to the background."""
    return filing.procedure == spec.demand.procedure


def last_seasonal(spec: RunSpec) -> SimTime | None:
    """When the last filing of the seasonal procedure comes; None if there is none."""
    return max((filing.at for filing in filings(spec) if is_seasonal(spec, filing)), default=None)


@lru_cache(maxsize=8)
def _filings(
    seed: int, demand: DemandSpec, calendar_spec: CalendarSpec, span: tuple[SimTime, SimTime], *, prefecture: bool
) -> tuple[Filing, ...]:
    calendar = BusinessCalendar(calendar_spec)
    arrivals = background(seed, demand, calendar, span, prefecture=prefecture)
    if not prefecture:
        arrivals[demand.procedure] = _seasonal(seed, demand, calendar)
    start, end = span
    found = [
        _filing(seed, demand, number, ordinal, arrival)
        for number, unordered in arrivals.items()
        for ordinal, arrival in enumerate(sorted(unordered, key=lambda item: (item.at, item.subject)), start=1)
        if start <= arrival.at < end
    ]
    return tuple(sorted(found, key=lambda filing: (filing.at, filing.case_id)))


def _seasonal(seed: int, demand: DemandSpec, calendar: BusinessCalendar) -> list[Arrival]:
    """Arrivals of the seasonal procedure, by the curve or by given daily counts."""
    clockwork = Clockwork(seed, demand, calendar)
    name = f"{demand.procedure:02d}/season"
    if demand.daily_counts:
        days = [day_of(day) for day, count in sorted(demand.daily_counts) for _ in range(count)]
        picked = [(f"{name}/{n}", day) for n, day in enumerate(days)]
        return clockwork.on_days(picked, demand.online_share, seasonal=True)
    subjects = [f"{name}/{n}" for n in range(seasonal_filers(demand))]
    if not subjects:
        return []
    days_of_curve = WeightedChoice(day_weights(demand, calendar))
    return clockwork.arrivals(subjects, days_of_curve, demand.online_share, seasonal=True)


def _filing(seed: int, demand: DemandSpec, number: int, ordinal: int, arrival: Arrival) -> Filing:
    subject = arrival.subject
    return Filing(
        case_id=f"{number:02d}-{ordinal:06d}",
        procedure=number,
        at=arrival.at,
        online=arrival.online,
        signed=arrival.online and _is_signed(seed, demand, number, subject),
        attachments=declared(seed, demand.attachments, procedure(number), subject) if arrival.online else (),
    )


def _is_signed(seed: int, demand: DemandSpec, number: int, subject: str) -> bool:
    match procedure(number).signature:
        case Signature.REQUIRED:
            return True
        case Signature.NONE:
            return False
        case Signature.VARIES:
            return draw(seed, subject, "signed") < demand.p_signed_where_varies
