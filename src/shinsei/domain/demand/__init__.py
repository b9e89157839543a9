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
from shinsei.domain.demand.channels import Arrival
from shinsei.domain.demand.curve import seasonal_filers
from shinsei.domain.demand.doubles import doubles, is_sent_again
from shinsei.domain.demand.echo import Echo, after_outages, echo
from shinsei.domain.demand.refusals import Refusals, is_test_file, refusals, with_faults
from shinsei.domain.demand.seasonal import seasonal, waves_with_filers
from shinsei.domain.draws import draw
from shinsei.domain.municipality import is_prefecture
from shinsei.domain.run import CalendarSpec, DemandSpec, Filing, RunSpec
from shinsei.domain.simtime import SimTime, day_of, day_start

__all__ = [
    "Echo",
    "Refusals",
    "echo_of",
    "filing_closes",
    "filings",
    "is_seasonal",
    "is_sent_again",
    "is_test_file",
    "last_seasonal",
    "refusals_of",
    "seasonal_filers",
    "waves_with_filers",
]


def filings(spec: RunSpec) -> list[Filing]:
    """Every filing of the run, online and paper, in order of (time, case id); equal in all twins."""
    found = tuple(with_faults(spec, _as_wanted(spec)))
    return sorted((*found, *doubles(spec, found)), key=lambda filing: (filing.at, filing.case_id))


def is_seasonal(spec: RunSpec, filing: Filing) -> bool:
    """Whether a filing belongs to the season under study rather than to the background."""
    return filing.procedure in spec.demand.seasonal_procedures


def last_seasonal(spec: RunSpec) -> SimTime | None:
    """When the last filing of the season comes; None if there is none."""
    return max((filing.at for filing in filings(spec) if is_seasonal(spec, filing)), default=None)


def filing_closes(spec: RunSpec) -> SimTime:
    """The midnight after the last day of filing: what the portal accepted before it is on time."""
    return day_start(day_of(spec.demand.last_day) + 1)


def echo_of(spec: RunSpec) -> Echo | None:
    """What the portal's outages did to the season's filings; None for a season without one."""
    if not spec.demand.portal_outages:
        return None
    arrivals = seasonal(spec.seed, spec.demand, BusinessCalendar(spec.calendar))
    everybody = [arrival for those in arrivals.values() for arrival in those]
    return echo(spec.seed, spec.demand.portal_outages, everybody, filing_closes(spec))


def refusals_of(spec: RunSpec) -> Refusals | None:
    """What the portal refused because of an attachment; None where nothing ever is."""
    return refusals(spec, _as_wanted(spec)) if spec.attachment_faults.p_refused else None


def _as_wanted(spec: RunSpec) -> tuple[Filing, ...]:
    """The first filings as applicants want to file them."""
    prefecture = is_prefecture(spec.municipality)
    return _filings(spec.seed, spec.demand, spec.calendar, (spec.start, spec.end), prefecture=prefecture)


@lru_cache(maxsize=8)
def _filings(
    seed: int, demand: DemandSpec, calendar_spec: CalendarSpec, span: tuple[SimTime, SimTime], *, prefecture: bool
) -> tuple[Filing, ...]:
    calendar = BusinessCalendar(calendar_spec)
    arrivals = background(seed, demand, calendar, span, prefecture=prefecture)
    if not prefecture:
        arrivals |= seasonal(seed, demand, calendar)
    start, end = span
    found = [
        _filing(seed, demand, number, ordinal, arrival)
        for number, unordered in arrivals.items()
        for ordinal, arrival in enumerate(_in_order(seed, demand, unordered), start=1)
        if start <= arrival.at < end
    ]
    return tuple(sorted(found, key=lambda filing: (filing.at, filing.case_id)))


def _in_order(seed: int, demand: DemandSpec, arrivals: list[Arrival]) -> list[Arrival]:
    return sorted(after_outages(seed, demand.portal_outages, arrivals), key=lambda item: (item.at, item.subject))


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
