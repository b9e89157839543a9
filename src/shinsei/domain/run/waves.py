"""What a season's demand may be made of beyond one filing period: waves of filers, and outages of the portal."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shinsei.domain.distributions import Distribution
from shinsei.domain.simtime import SimTime


class CurveKind(StrEnum):
    """How the filers of a wave lie over its days."""

    DEADLINE = "deadline"
    """Mailing wave, flat middle, spike before the deadline, late tail."""
    BURST = "burst"
    """After an event: rising to a peak, then falling off."""
    MONTHLY_WAVE = "monthly_wave"
    """One equal wave a month, from the day on which renewal of what expires at a month's end opens."""
    DECAY = "decay"
    """Everybody at once: highest on the first day, falling exponentially."""


class FilersOf(StrEnum):
    """What the share of the filers is a share of."""

    PEOPLE = "people"
    HOUSEHOLDS = "households"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveSpec:
    """A part of the season's filers: which procedure, on which days."""

    procedure: int
    """Catalogue number."""
    share: float
    """Share of the season's filers; those of all waves sum to 1."""
    curve: CurveKind
    first_day: date
    """First day of filing."""
    last_day: date
    """Last day of filing; the deadline of a deadline curve, whose late filers come after it."""
    online_share: float
    flat_share: float
    deadline_share: float
    """Deadline curve: shares of the flat middle and the spike; the mailing wave has the rest."""
    late_share: float
    """Deadline curve: share of the wave who come after the deadline."""
    delay_days: Distribution
    """Delay of a filing after the mailing (deadline) or after the opening (monthly wave), in days."""
    scale_days: float
    """Burst: days until the peak. Decay: days in which arrivals fall to 1/e."""
    opens_before_days: int
    """Monthly wave: days before the end of a month on which renewal opens."""

    @property
    def has_deadline(self) -> bool:
        """Whether a filing after the last day is late."""
        return self.curve is CurveKind.DEADLINE


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalOutageSpec:
    """A time in which the portal, or what an applicant needs to sign, does not work; people come back later."""

    start: SimTime
    end: SimTime
    affected_share: float
    """Share of the online filings in it that fail; below 1 it is slow rather than down."""
    give_up_share: float
    """Share of the failed filings that are never filed online."""
    return_hours: Distribution
    """From the end of the outage until an applicant who comes back files, in hours."""
