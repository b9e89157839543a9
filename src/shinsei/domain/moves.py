"""Applicants who move out of the municipality (転出) while their case is under way, and what becomes of it.

What follows depends on the procedure: some rights end with residence and are claimed anew elsewhere, some files go to
the new municipality, and what was done or suffered while living here stays here. The certificate that signed the
filing is revoked with the old address (F: town.ikeda.fukui), so its serial number leads to nobody from the next
refresh on.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType

from shinsei.domain.draws import draw
from shinsei.domain.lifecycle import Action
from shinsei.domain.run import Filing, RunSpec
from shinsei.domain.simtime import DAY_MS, SimTime


class OnMoving(StrEnum):
    """What becomes of a case that is not registered yet."""

    STAYS = "stays"
    """It is decided here all the same."""
    WITHDRAWN = "withdrawn"
    """The applicant has no more use for it."""
    NOT_ACCEPTED = "not_accepted"
    """The right ends with residence; it is claimed anew at the new municipality."""
    TRANSFERRED = "transferred"
    """The file goes to the new municipality (移管・引継ぎ)."""


ON_MOVING: Mapping[int, OnMoving] = MappingProxyType(
    {
        **dict.fromkeys((1, 2, 3, 8, 9, 10), OnMoving.NOT_ACCEPTED),
        **dict.fromkeys((6, 7, 11, 12), OnMoving.WITHDRAWN),
        13: OnMoving.NOT_ACCEPTED,
        14: OnMoving.TRANSFERRED,
        **dict.fromkeys((16, 17, 18), OnMoving.TRANSFERRED),
        **dict.fromkeys((19, 20, 21, 23, 26), OnMoving.NOT_ACCEPTED),
    }
)
"""By catalogue number, from memory (M); all others stay: refunds for what was spent here, an end of entitlement, what
was unpaid, a pregnancy notified, damage suffered here, and what is a prefecture's."""

ACTION_ON_MOVING: Mapping[OnMoving, Action] = MappingProxyType(
    {
        OnMoving.WITHDRAWN: Action.WITHDRAW,
        OnMoving.NOT_ACCEPTED: Action.NOT_ACCEPT,
        OnMoving.TRANSFERRED: Action.TRANSFER,
    }
)
"""How a case ends that does not stay."""


def on_moving(procedure: int) -> OnMoving:
    """What becomes of a case of a procedure."""
    return ON_MOVING.get(procedure, OnMoving.STAYS)


def moves_out(spec: RunSpec, filing: Filing) -> SimTime | None:
    """When the person of an online filing moves out; None for not at all. A double's person moves once."""
    moves = spec.moves_out
    if moves is None or not filing.online or draw(spec.seed, filing.subject, "moves-out") >= moves.share:
        return None
    delay_ms = round(moves.delay_days.sample(draw(spec.seed, filing.subject, "moving-delay")) * DAY_MS)
    return SimTime((filing.original or filing).at + max(1, delay_ms))


def departures(spec: RunSpec, filings: Iterable[Filing]) -> Iterator[tuple[SimTime, str]]:
    """(moment, case id) of each move that the registry tells the office; of cases that stay it need not know."""
    if spec.moves_out is None:
        return
    for filing in filings:
        at = moves_out(spec, filing)
        if at is not None and on_moving(filing.procedure) is not OnMoving.STAYS:
            yield at, filing.case_id
