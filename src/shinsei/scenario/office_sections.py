"""The tables of a scenario about the office: its people and the five ways into a core system."""

from typing import Self

from pydantic import Field, model_validator

from shinsei.domain.run import (
    BatchImportSpec,
    MethodsSpec,
    OfficeSpec,
    OneStopSpec,
    OvertimeSpec,
    RpaSpec,
    ScreenImportSpec,
    StandardApiSpec,
    TranscriptionSpec,
)
from shinsei.domain.simtime import DAY_MS, HOUR_MS, MINUTE_MS
from shinsei.scenario.incident_sections import (
    CoreOfflineSection,
    HandedOverTwiceSection,
    MisalignedSection,
    OtherJobSection,
    OverCap,
    ScreenExceptionSection,
    UiDriftSection,
)
from shinsei.scenario.quantities import (
    Amount,
    Count,
    Day,
    DurationDistribution,
    DurationMs,
    Examined,
    PositiveAmount,
    PositiveCount,
    PositiveDurationMs,
    ProcedureNumber,
    Section,
    Share,
    TimeOfDayMs,
    Workforce,
)

_SHARE_TOLERANCE = 1e-6


class OvertimeSection(Section):
    """When clerks stay, and how much they may."""

    until: TimeOfDayMs
    trigger_backlog: DurationMs
    monthly_cap: DurationMs


class OfficeSection(Section):
    """One municipality's division."""

    clerks: Workforce
    productive_share: Share = Field(gt=0)
    login_seats: PositiveCount
    overtime: OvertimeSection
    manual_identification: DurationDistribution
    content_check: DurationDistribution
    result_entry: DurationDistribution
    notice: DurationDistribution
    paper_keying: DurationDistribution
    paper_check: DurationDistribution
    keying_factors: dict[ProcedureNumber, PositiveAmount] = Field(default_factory=dict)
    examination: dict[Examined, DurationDistribution]
    """By core system; a procedure's own time replaces that of its core system."""
    p_denied: Share
    core_offline: tuple[CoreOfflineSection, ...] = ()
    p_rule_overlooked: dict[ProcedureNumber, Share] = Field(default_factory=dict)

    def spec(self, methods: MethodsSpec) -> OfficeSpec:
        """The domain's value."""
        return OfficeSpec(
            clerks=self.clerks,
            productive_share=self.productive_share,
            login_seats=self.login_seats,
            overtime=OvertimeSpec(
                until_ms=self.overtime.until,
                trigger_backlog_h=self.overtime.trigger_backlog / HOUR_MS,
                monthly_cap_h=self.overtime.monthly_cap / HOUR_MS,
            ),
            manual_identification_min=self.manual_identification.minutes,
            content_check_min=self.content_check.minutes,
            result_entry_min=self.result_entry.minutes,
            notice_min=self.notice.minutes,
            paper_keying_min=self.paper_keying.minutes,
            paper_check_min=self.paper_check.minutes,
            keying_factors=tuple(sorted(self.keying_factors.items())),
            examination_days=tuple(sorted((key, time.days) for key, time in self.examination.items())),
            p_denied=self.p_denied,
            methods=methods,
            core_offline=tuple(sorted(gap.spec() for gap in self.core_offline)),
            rules_overlooked=tuple(sorted(self.p_rule_overlooked.items())),
        )


class TranscriptionSection(Section):
    """Method 1."""

    keying: DurationDistribution
    check: DurationDistribution
    second_check: bool
    p_undetected_single: Share
    p_undetected_double: Share

    def spec(self) -> TranscriptionSpec:
        """The domain's value."""
        return TranscriptionSpec(
            keying_min=self.keying.minutes,
            check_min=self.check.minutes,
            second_check=self.second_check,
            p_undetected_single=self.p_undetected_single,
            p_undetected_double=self.p_undetected_double,
        )


class RpaSection(Section):
    """Method 2."""

    robots: Workforce
    machine: DurationDistribution
    review: DurationDistribution
    p_exception: Share
    stops_per_h: Amount
    restart: DurationDistribution
    run_every: PositiveDurationMs
    run_first: TimeOfDayMs
    run_last: TimeOfDayMs
    ui_changes: tuple[Day, ...] = ()
    ui_repair_days: Count
    p_undetected: Share
    ui_drift: UiDriftSection | None = None
    licences: PositiveCount | None = None
    occupies_terminal: bool = False

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.run_last < self.run_first:
            message = "run_last must not be before run_first"
            raise ValueError(message)
        return self

    def spec(self) -> RpaSpec:
        """The domain's value."""
        return RpaSpec(
            robots=self.robots,
            machine_s=self.machine.seconds,
            review_min=self.review.minutes,
            p_exception=self.p_exception,
            stops_per_h=self.stops_per_h,
            restart_min=self.restart.minutes,
            run_every_ms=self.run_every,
            run_first_ms=self.run_first,
            run_last_ms=self.run_last,
            ui_changes=self.ui_changes,
            ui_repair_days=self.ui_repair_days,
            p_undetected=self.p_undetected,
            ui_drift=self.ui_drift.spec() if self.ui_drift else None,
            licences=self.licences,
            occupies_terminal=self.occupies_terminal,
        )


class ScreenImportSection(Section):
    """Method 3."""

    machine: DurationDistribution
    staff: DurationDistribution
    p_exception: Share
    p_undetected: Share
    exceptions: tuple[ScreenExceptionSection, ...] = ()
    check: DurationDistribution | None = None
    p_undetected_double: Share | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.check is None) != (self.p_undetected_double is None):
            message = "check and p_undetected_double go together"
            raise ValueError(message)
        if sum(kind.share for kind in self.exceptions) > 1 + _SHARE_TOLERANCE:
            message = "the shares of exceptions are more than 1 together"
            raise ValueError(message)
        return self

    def spec(self) -> ScreenImportSpec:
        """The domain's value."""
        return ScreenImportSpec(
            machine_s=self.machine.seconds,
            staff_min=self.staff.minutes,
            p_exception=self.p_exception,
            p_undetected=self.p_undetected,
            exceptions=tuple(kind.spec() for kind in self.exceptions),
            check_min=self.check.minutes if self.check else None,
            p_undetected_double=self.p_undetected_double or 0.0,
        )


class BatchImportSection(Section):
    """Method 4."""

    windows: tuple[TimeOfDayMs, ...] = Field(min_length=1)
    overhead: DurationDistribution
    per_record: DurationDistribution
    max_records: PositiveCount
    p_abort_per_run: Share
    rerun_delay: DurationMs
    p_reject: Share
    review_per_record: DurationDistribution
    p_undetected: Share
    misaligned: MisalignedSection | None = None
    handed_over_twice: HandedOverTwiceSection | None = None
    over_cap: OverCap = OverCap.SPLIT
    noticed_after: PositiveDurationMs | None = None
    other_jobs: tuple[OtherJobSection, ...] = ()
    wait_at_most: DurationMs | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.over_cap is OverCap.STALL) != (self.noticed_after is not None):
            message = 'over_cap = "stall" and noticed_after go together'
            raise ValueError(message)
        if sum(job.duration for job in self.other_jobs if not job.dates) >= DAY_MS:
            message = "other_jobs of every day take the whole day; nothing is left of the window"
            raise ValueError(message)
        return self

    def spec(self) -> BatchImportSpec:
        """The domain's value."""
        return BatchImportSpec(
            windows_ms=tuple(sorted(set(self.windows))),
            overhead_min=self.overhead.minutes,
            per_record_s=self.per_record.seconds,
            max_records=self.max_records,
            p_abort_per_run=self.p_abort_per_run,
            rerun_delay_min=self.rerun_delay / MINUTE_MS,
            p_reject=self.p_reject,
            review_min_per_record=self.review_per_record.minutes,
            p_undetected=self.p_undetected,
            misaligned=self.misaligned.spec() if self.misaligned else None,
            handed_over_twice=self.handed_over_twice.spec() if self.handed_over_twice else None,
            stall_noticed_after_ms=self.noticed_after,
            other_jobs=tuple(job.spec() for job in self.other_jobs),
            wait_at_most_ms=self.wait_at_most,
        )


class StandardApiSection(Section):
    """The baseline."""

    interval: PositiveDurationMs
    machine: DurationDistribution
    p_exception: Share
    p_undetected: Share

    def spec(self) -> StandardApiSpec:
        """The domain's value."""
        return StandardApiSpec(
            interval_ms=self.interval,
            machine_s=self.machine.seconds,
            p_exception=self.p_exception,
            p_undetected=self.p_undetected,
        )


class OneStopSection(Section):
    """The stub of the national one-stop service."""

    handling: DurationDistribution

    def spec(self) -> OneStopSpec:
        """The domain's value."""
        return OneStopSpec(handling_h=self.handling.hours)


class MethodsSection(Section):
    """All ways into a core system."""

    transcription: TranscriptionSection
    rpa: RpaSection
    screen_import: ScreenImportSection
    batch_import: BatchImportSection
    standard_api: StandardApiSection
    one_stop: OneStopSection

    def spec(self) -> MethodsSpec:
        """The domain's value."""
        return MethodsSpec(
            transcription=self.transcription.spec(),
            rpa=self.rpa.spec(),
            screen_import=self.screen_import.spec(),
            batch_import=self.batch_import.spec(),
            standard_api=self.standard_api.spec(),
            one_stop=self.one_stop.spec(),
        )
