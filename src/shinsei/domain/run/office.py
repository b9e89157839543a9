"""What an office has, and what every way into a core system takes; durations are simulated time."""

from dataclasses import dataclass
from datetime import date

from shinsei.domain.catalogue import Procedure
from shinsei.domain.distributions import Distribution
from shinsei.domain.run.incidents import (
    HandedOverTwiceSpec,
    MisalignedSpec,
    OtherJobSpec,
    ScreenExceptionSpec,
    UiDriftSpec,
)
from shinsei.domain.simtime import SimTime


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
    ui_drift: UiDriftSpec | None = None
    """None: a robot whose screen has changed stops by itself."""
    licences: int | None = None
    """Robots that may run at a time, of those installed; None: all."""
    occupies_terminal: bool = False
    """Whether a robot keeps its terminal, and with it a login, from its first run on, working or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenImportSpec:
    """Method 3."""

    machine_s: Distribution
    staff_min: Distribution
    p_exception: float
    p_undetected: float
    """With one look, by the clerk who imports."""
    exceptions: tuple[ScreenExceptionSpec, ...] = ()
    check_min: Distribution | None = None
    """A second clerk's check; None: there is none."""
    p_undetected_double: float = 0.0
    """With it."""


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
    misaligned: MisalignedSpec | None = None
    handed_over_twice: HandedOverTwiceSpec | None = None
    stall_noticed_after_ms: int | None = None
    """None: what is over the cap waits for the next window. Else the whole file is refused until somebody notices."""
    other_jobs: tuple[OtherJobSpec, ...] = ()
    """Jobs of other businesses that may have the window."""
    wait_at_most_ms: int | None = None
    """How long the own job waits for its window; None: as long as it takes."""


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
    """(core system or key of a procedure, elapsed days of examination), which takes no time of these clerks."""
    p_denied: float
    methods: MethodsSpec
    core_offline: tuple[tuple[SimTime, SimTime], ...] = ()
    """Maintenance of the core systems within their on-line hours: from, until."""
    rules_overlooked: tuple[tuple[int, float], ...] = ()
    """(procedure number, share of its cases under a rule that nobody in the office knows); none where not listed."""

    def examination_of(self, procedure: Procedure) -> Distribution | None:
        """Elapsed days of a procedure's examination: its own, else those of its core system; None without any."""
        known = dict(self.examination_days)
        return known.get(procedure.key) or known.get(procedure.core_system)
