"""What surrounds an office: its calendar, who files what, and the line and registry in between."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from shinsei.domain.distributions import Distribution
from shinsei.domain.run.waves import FilersOf, PortalOutageSpec, WaveSpec
from shinsei.domain.simtime import SimTime


class PolicyYear(StrEnum):
    """Whose rules of the annual status report apply."""

    PRE2022 = "pre2022"
    """Every recipient files (until May 2022)."""
    POST2022 = "post2022"
    """Only the exceptional few file (since June 2022)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSpec:
    """Hours and days; times of day in milliseconds since Tokyo midnight."""

    holidays: tuple[date, ...]
    """Closed days besides weekends: national holidays and the year end (12-29 to 01-03)."""
    office_opens_ms: int
    office_closes_ms: int
    lunch_starts_ms: int
    lunch_ends_ms: int
    lunch_duty_share: float
    """Share of the clerks who work through lunch in turns."""
    core_online_from_ms: int
    core_online_until_ms: int
    """Core systems can be entered on open days between these times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentSpec:
    """Attachments as applicants declare them."""

    p_any: float
    mean_files: float
    mean_mb: float
    max_files: int
    max_file_mb: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandSpec:
    """Who files what, when and through which channel."""

    population: int
    procedure: int
    """Catalogue number of the seasonal procedure (10: the annual status report)."""
    policy_year: PolicyYear
    recipients_share: float
    """Recipients as a share of the population, or of the households (``filers_of``)."""
    post2022_filers_share: float
    """Share of the recipients who still file under the rules from 2022."""
    online_share: float
    """Share of the seasonal procedure's filings that come online."""
    background_online_share: float
    background_scale: float
    """Multiplies the catalogue's yearly volumes of all other procedures; 0 switches them off."""
    background_volumes: tuple[tuple[int, float], ...]
    """(procedure number, filings per 100,000 people and year), replacing the catalogue's default."""
    mailing_day: date
    """Day on which the forms reach the households."""
    deadline_day: date
    """Last day of filing; on time is what the portal accepted before the following midnight."""
    mailing_wave_share: float
    flat_share: float
    deadline_share: float
    """Shares of the filers in time: mailing wave, flat, deadline spike; they sum to 1."""
    late_share: float
    """Share of all filers who come after the deadline."""
    late_days: Distribution
    """Delay of a late filing after the deadline, in days."""
    hour_weights: tuple[float, ...]
    """24 relative weights of the hours of a day for online filings."""
    weekend_weight: float
    """Weight of a weekend day or holiday relative to a working day, online."""
    daily_counts: tuple[tuple[date, int], ...] = ()
    """Where given, seasonal filings (both channels) per day, instead of the curve."""
    attachments: AttachmentSpec
    mailing_wave_days: Distribution = field(default=Distribution(mean=5.9, cv=0.38))
    """Delay of the mailing wave after the mailing day, in days."""
    deadline_spike_days: int = 5
    """Length of the deadline spike, up to and including the deadline day."""
    deadline_growth_days: float = 7.0
    """Days in which the spike grows e-fold."""
    deadline_last_hour_factor: float = 3.0
    """Weight of the last hour before the deadline relative to the same hour of another day."""
    p_signed_where_varies: float = 0.96
    """Share of online filings with a signature where the municipality may ask for one; proxies do not sign."""
    paper_mail_share: float = 0.6
    """Share of the paper filings that come by mail; the others come to the counter."""
    paper_mail_days: Distribution = field(default=Distribution(mean=1.5, cv=0.5))
    """Days that the mail takes."""
    filers_of: FilersOf = FilersOf.PEOPLE
    households_per_person: float = 0.44
    waves: tuple[WaveSpec, ...] = ()
    """Where given, the season's filers come in these waves instead of one filing period."""
    portal_outages: tuple[PortalOutageSpec, ...] = ()
    """In order of their starts."""

    @property
    def seasonal_procedures(self) -> tuple[int, ...]:
        """Catalogue numbers of the procedures of the season, in the order in which they are named."""
        return tuple(dict.fromkeys(wave.procedure for wave in self.waves)) or (self.procedure,)

    @property
    def deadlines(self) -> tuple[date, ...]:
        """Deadlines of the season in their order; empty where nobody can be late."""
        if not self.waves:
            return (self.deadline_day,)
        return tuple(sorted({wave.last_day for wave in self.waves if wave.has_deadline}))

    @property
    def last_day(self) -> date:
        """Last day of filing: the last deadline, or the last day of the last wave."""
        return max((wave.last_day for wave in self.waves), default=self.deadline_day)


class FetchMode(StrEnum):
    """How cases are got from the portal; simulated times are the same either way."""

    SINGLE = "single"
    """One call a case, as the real interface."""
    BATCH = "batch"
    """Up to 1,000 cases a call: for load tests and long seasons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollSpec:
    """How the linkage server pulls."""

    interval_ms: int
    list_page: int
    """Receipt numbers listed per call; sets the number of calls on the line."""
    fetch: FetchMode | None = None
    """How cases are got; None: as the linkage server is set. The same for simulated time, which knows the line's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSpec:
    """The LGWAN line between the portal and the linkage server, and the check behind it."""

    bandwidth_mbps: float
    call_latency_ms: int
    """Round trip of one call (list or get)."""
    form_kb: float
    """Size of the form data of a case beside its attachments."""
    scan: Distribution
    """Virus check, in seconds per file."""
    outages: tuple[tuple[SimTime, SimTime], ...] = ()
    """Half-open intervals in which every poll and push fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrySpec:
    """The resident registry's serial-number mapping (番号紐付情報) and its copy in application management."""

    refresh_every_ms: int
    refresh_at_ms: int
    """Time of day of the first refresh; refreshes are at this offset plus whole intervals."""
    p_fresh_certificate: float
    """Share of applicants whose certificate is newer than ``fresh_within_ms`` when they file."""
    fresh_within_ms: int
    standing_residents: int
    """Synthetic residents who exist without filing in the season, for single submissions by hand."""
    p_rsa_key: float = 0.1
    """Share of the cards with an RSA key, the others' being elliptic; decides about no case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentificationSpec:
    """Whom the certificate's serial number does not lead to. All zero: everybody signs for himself and lives here."""

    p_proxy: float = 0.0
    """Share of online filings that a declared proxy signs, outside long-term care."""
    p_care_proxy: float = 0.0
    """The same in long-term care, where the insured number (被保険者番号) and the date of birth identify instead."""
    p_insured_number_wrong: float = 0.0
    """Share of the proxies' forms in long-term care whose insured number the registry does not have."""
    p_stranger: float = 0.0
    """Share of online filings by people whom the registry does not have; a clerk's search finds nobody."""
    p_variant: float = 0.0
    """Share of forms on which name or address are written otherwise than in the registry (外字, 表記ゆれ)."""
    variant_factor: float = 1.0
    """How many times as long a clerk searches for such a person."""
    p_two_serials: float = 0.0
    """Share of the people who sign for themselves and renew their certificate after their first filing."""
    renewed_within_ms: int = 0
    """From the first filing to the renewal at most; evenly drawn."""
