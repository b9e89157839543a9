"""What an outage of the portal makes of the filings that meet it: an echo after its end, and some that never come.

Pure in the demand: each filer decides by his own draws, so a shorter outage meets fewer of the same people.
Paper does not pass through the portal. Nobody hears of an outage and stays away, and the peak of those who
come back does not slow the portal down (assumptions).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from shinsei.domain.demand.channels import Arrival
from shinsei.domain.draws import draw
from shinsei.domain.run import PortalOutageSpec
from shinsei.domain.simtime import HOUR_MS, SimTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """What outages of the portal did to the filings that met them."""

    failed: int
    """Filings that failed."""
    given_up: int
    late: int
    """Came back after the last day of filing, and would have been in time."""


def echo(seed: int, outages: Sequence[PortalOutageSpec], arrivals: Iterable[Arrival], closes: SimTime) -> Echo:
    """Counts what became of the arrivals; ``closes`` is the midnight after the last day of filing."""
    failed = given_up = late = 0
    for arrival in arrivals:
        after = after_outages(seed, outages, [arrival])
        failed += after != [arrival]
        given_up += not after
        late += bool(after) and arrival.at < closes <= after[0].at
    return Echo(failed=failed, given_up=given_up, late=late)


def after_outages(seed: int, outages: Sequence[PortalOutageSpec], arrivals: Iterable[Arrival]) -> list[Arrival]:
    """The arrivals as the portal's outages leave them; one outage after the other, in order of their starts."""
    if not outages:
        return list(arrivals)
    return list(_after(seed, outages, arrivals))


def _after(seed: int, outages: Sequence[PortalOutageSpec], arrivals: Iterable[Arrival]) -> Iterator[Arrival]:
    for arrival in arrivals:
        kept: Arrival | None = arrival
        for n, outage in enumerate(outages):
            if kept is not None and kept.online and outage.start <= kept.at < outage.end:
                kept = _met(seed, n, outage, kept)
        if kept is not None:
            yield kept


def _met(seed: int, n: int, outage: PortalOutageSpec, arrival: Arrival) -> Arrival | None:
    """What becomes of one filing in an outage; None if it is given up."""
    if draw(seed, arrival.subject, "outage-fails", n) >= outage.affected_share:
        return arrival
    if draw(seed, arrival.subject, "outage-gives-up", n) < outage.give_up_share:
        return None
    delay = outage.return_hours.sample(draw(seed, arrival.subject, "outage-returns", n))
    return replace(arrival, at=SimTime(outage.end + int(delay * HOUR_MS)))
