"""What a run is: everything that the pure stages read, for one municipality, as frozen values.

``RunStarted`` carries this whole value at the head of the municipality's log, so that every stage (and a
planner without services) decides from the same numbers. Durations end in their unit; all of them are
simulated time. The source and mark of each number stand in the scenario file.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from shinsei.domain.distributions import Distribution
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.simtime import SimTime

KERNEL_VERSION = "1"
"""Raised whenever the same run would decide differently; services refuse a run of another version."""


class Pacing(StrEnum):
    """Who raises the root watermark."""

    DRIVER = "driver"
    """A season: the driver files the demand and raises the portal's watermark."""
    CLOCK = "clock"
    """A standing run: the portal's clock raises it; submissions are stamped when they arrive."""


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
    """Recipients as a share of the population."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class PollSpec:
    """How the linkage server pulls."""

    interval_ms: int
    list_page: int
    """Receipt numbers listed per call; sets the number of calls on the line."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class OvertimeSpec:
    """When clerks stay, and how much they may."""

    until_ms: int
    """Time of day until which they stay at most."""
    trigger_backlog_h: float
    """Hours of work waiting per clerk at closing time from which overtime is ordered."""
    monthly_cap_h: float
    """Cap per clerk and calendar month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionSpec:
    """Method 1."""

    keying_min: Distribution
    check_min: Distribution
    second_check: bool
    p_undetected_single: float
    p_undetected_double: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RpaSpec:
    """Method 2."""

    robots: int
    machine_s: Distribution
    review_min: Distribution
    p_exception: float
    stops_per_h: float
    """Whole-run stops per robot-hour."""
    restart_min: Distribution
    """Clerk's time to get a stopped robot going again."""
    run_every_ms: int
    run_first_ms: int
    run_last_ms: int
    """Robots look for work at these times of day: first, first + every, ... up to last."""
    ui_changes: tuple[date, ...] = ()
    """Days on which the core screen changes and the robot breaks."""
    ui_repair_days: int = 3
    """Working days until the scenario is repaired; meanwhile method 1 takes the cases."""
    p_undetected: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenImportSpec:
    """Method 3."""

    machine_s: Distribution
    staff_min: Distribution
    p_exception: float
    p_undetected: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchImportSpec:
    """Method 4."""

    windows_ms: tuple[int, ...]
    """Times of day, on open days, at which the import job runs."""
    overhead_min: Distribution
    per_record_s: Distribution
    max_records: int
    p_abort_per_run: float
    """Whole-file aborts; what was imported before stays, the same batch id is run again."""
    rerun_delay_min: float
    p_reject: float
    review_min_per_record: Distribution
    """Clerk's share of the list review."""
    p_undetected: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardApiSpec:
    """Baseline: the standard interface."""

    interval_ms: int
    machine_s: Distribution
    p_exception: float
    p_undetected: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OneStopSpec:
    """The stub of the national one-stop service behind a prefecture."""

    handling_h: Distribution


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodsSpec:
    """Parameters of every way into a core system."""

    transcription: TranscriptionSpec
    rpa: RpaSpec
    screen_import: ScreenImportSpec
    batch_import: BatchImportSpec
    standard_api: StandardApiSpec
    one_stop: OneStopSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeSpec:
    """One municipality's division: people, seats and the steps that every method shares."""

    clerks: int
    productive_share: float
    """Share of a clerk's presence left for cases (telephone, counter and meetings take the rest)."""
    login_seats: int
    """Concurrent core-system logins, shared by clerks and robots."""
    overtime: OvertimeSpec
    manual_identification_min: Distribution
    content_check_min: Distribution
    result_entry_min: Distribution
    """The return leg: the examination result keyed into application management, per case."""
    notice_min: Distribution
    """Sending the notice, per case."""
    paper_keying_min: Distribution
    paper_check_min: Distribution
    keying_factors: tuple[tuple[int, float], ...]
    """(procedure number, factor on keying times); 1 where not listed."""
    examination_days: tuple[tuple[str, Distribution], ...]
    """(core system, elapsed days of examination), which takes no time of these clerks."""
    p_denied: float
    methods: MethodsSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySpec:
    """Which linkage method a procedure takes (付録2's choice, made by the municipality)."""

    default: LinkageMethod
    by_procedure: tuple[tuple[int, LinkageMethod], ...]

    def method_of(self, procedure: int) -> LinkageMethod:
        """The method for a procedure number."""
        return dict(self.by_procedure).get(procedure, self.default)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSpec:
    """A run of one municipality. Same spec, same changes, same trace."""

    run_id: str
    scenario: str
    seed: int
    kernel_version: str
    municipality: str
    """6-digit code with check digit."""
    partition: int
    """Partition of every topic that carries this municipality."""
    twin_method: LinkageMethod | None
    """The method under comparison in this twin city; None where policy alone decides."""
    pacing: Pacing
    start: SimTime
    end: SimTime
    """No transition at or after this moment belongs to the trace."""
    lookahead_ms: int
    demand: DemandSpec
    calendar: CalendarSpec
    poll: PollSpec
    line: LineSpec
    registry: RegistrySpec
    policy: PolicySpec
    office: OfficeSpec


class ChangeKind(StrEnum):
    """What a control change alters."""

    POLICY = "policy"
    """The linkage method of a procedure, for cases that are stored from then on."""
    STAFF = "staff"
    """The number of clerks, from the next opening of the office."""
    LINE = "line"
    """Line outage: ``value`` is its length in minutes."""
    ROBOTS = "robots"
    """The number of robots, from the next robot run."""
    REGISTRY_FEED = "registry_feed"
    """1: the registry's refreshes run as scheduled; 0: they are suppressed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A control change with its effective simulated time; kept for good in ``changes.toml``."""

    at: SimTime
    kind: ChangeKind
    n: int
    """Ordinal among the changes of the run, for order within one moment."""
    procedure: int = 0
    method: LinkageMethod | None = None
    value: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A synthetic applicant. Invented; any likeness to a real person is chance."""

    subject: str
    """Key of the draws about this person: the case id, or ``resident-0001`` for a standing resident."""
    name: str
    birth_date: date
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredAttachment:
    """An attachment by its description; its bytes travel beside the case, where a test asks for them."""

    name: str
    media_type: str
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """One filing that the demand model produces, equal in all twin cities."""

    case_id: str
    """``10-000123``: procedure number and ordinal; the submission id is municipality + '-' + case id."""
    procedure: int
    at: SimTime
    online: bool
    signed: bool
    """False where the procedure needs no signature: there is no serial number then."""
    attachments: tuple[DeclaredAttachment, ...] = field(default=())

    @property
    def size(self) -> int:
        """Bytes of all attachments."""
        return sum(attachment.size for attachment in self.attachments)


def submission_id(municipality: str, case_id: str) -> str:
    """The id that a client gives a submission; the same id always gets the same receipt number."""
    return f"{municipality}-{case_id}"


def case_id(submission: str) -> str:
    """The case id in a submission id."""
    return submission.partition("-")[2]
