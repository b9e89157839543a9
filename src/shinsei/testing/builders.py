"""Builders of domain values with sane defaults: a test names only what it is about.

The numbers are those of a small invented city in June 2021; what real ones look like, and where they come from, stands
in the scenario files.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from shinsei.domain.distributions import Distribution, Shape
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import (
    KERNEL_VERSION,
    AttachmentSpec,
    BatchImportSpec,
    CalendarSpec,
    Change,
    ChangeKind,
    DemandSpec,
    LineSpec,
    MethodsSpec,
    OfficeSpec,
    OneStopSpec,
    OvertimeSpec,
    Pacing,
    PolicySpec,
    PolicyYear,
    PollSpec,
    RegistrySpec,
    RpaSpec,
    RunSpec,
    ScreenImportSpec,
    StandardApiSpec,
    TranscriptionSpec,
)
from shinsei.domain.simtime import DAY_MS, HOUR_MS, MINUTE_MS, SimTime, from_datetime

A_MUNICIPALITY: Final = "482013"
"""An invented city: prefecture 48 is not assigned."""

JUNE_FIRST: Final = from_datetime(datetime(2021, 6, 1))  # noqa: DTZ001 - from_datetime reads it as Tokyo time

_HOURS: Final = (2, 1, 1, 1, 1, 1, 2, 3, 4, 6, 6, 6, 6, 5, 5, 5, 5, 4, 5, 5, 7, 9, 9, 6)


def a_run_spec(**changes: Any) -> RunSpec:
    """A run of one small city; any field of the run or of one of its parts can be changed by keyword.

    A part takes a whole value (``poll=PollSpec(…)``) or a mapping of what differs (``poll={"interval_ms": 60_000}``);
    a dotted key reaches deeper (``**{"office.methods.rpa.robots": 2}``).
    """
    spec: RunSpec = with_changes(_DEFAULT_RUN, **changes)
    return spec


def with_changes(value: Any, **changes: Any) -> Any:
    """A copy of a frozen value that differs in these fields; keys and mappings as in ``a_run_spec``."""
    plain: dict[str, Any] = {}
    deeper: dict[str, dict[str, Any]] = {}
    for key, new in changes.items():
        head, _, rest = key.partition(".")
        if rest:
            deeper.setdefault(head, {})[rest] = new
        elif isinstance(new, dict):
            deeper.setdefault(head, {}).update(new)
        else:
            plain[head] = new
    changed = replace(value, **plain)
    return replace(changed, **{head: with_changes(getattr(changed, head), **inner) for head, inner in deeper.items()})


def a_change(**changes: Any) -> Change:
    """A control change: one clerk more, a day into the run."""
    default = Change(at=SimTime(JUNE_FIRST + DAY_MS), kind=ChangeKind.STAFF, n=0, value=3)
    return replace(default, **changes)


def minutes(mean: float, cv: float = 0.5) -> Distribution:
    """A service time."""
    return Distribution(mean=mean, cv=cv)


_CALENDAR: Final = CalendarSpec(
    holidays=(date(2021, 7, 22), date(2021, 7, 23)),
    office_opens_ms=8 * HOUR_MS + 30 * MINUTE_MS,
    office_closes_ms=17 * HOUR_MS + 15 * MINUTE_MS,
    lunch_starts_ms=12 * HOUR_MS,
    lunch_ends_ms=13 * HOUR_MS,
    lunch_duty_share=0.25,
    core_online_from_ms=8 * HOUR_MS,
    core_online_until_ms=20 * HOUR_MS,
)

_DEMAND: Final = DemandSpec(
    population=10_000,
    procedure=10,
    policy_year=PolicyYear.PRE2022,
    recipients_share=0.07,
    post2022_filers_share=0.03,
    online_share=0.6,
    background_online_share=0.137,
    background_scale=0.0,
    background_volumes=(),
    mailing_day=date(2021, 6, 1),
    deadline_day=date(2021, 6, 30),
    mailing_wave_share=0.35,
    flat_share=0.35,
    deadline_share=0.30,
    late_share=0.05,
    late_days=Distribution(mean=5.0, cv=1.0, shape=Shape.EXPONENTIAL),
    hour_weights=tuple(map(float, _HOURS)),
    weekend_weight=0.95,
    attachments=AttachmentSpec(p_any=0.6, mean_files=1.8, mean_mb=1.2, max_files=10, max_file_mb=10.0),
)

_METHODS: Final = MethodsSpec(
    transcription=TranscriptionSpec(
        keying_min=minutes(10.0),
        check_min=minutes(2.0),
        second_check=True,
        p_undetected_single=0.0075,
        p_undetected_double=0.00075,
    ),
    rpa=RpaSpec(
        robots=1,
        machine_s=Distribution(mean=60.0, cv=0.4),
        review_min=minutes(1.5),
        p_exception=0.08,
        stops_per_h=0.005,
        restart_min=minutes(30.0),
        run_every_ms=HOUR_MS,
        run_first_ms=9 * HOUR_MS,
        run_last_ms=19 * HOUR_MS,
        p_undetected=0.0005,
    ),
    screen_import=ScreenImportSpec(
        machine_s=Distribution(mean=3.5, cv=0.3), staff_min=minutes(3.5), p_exception=0.03, p_undetected=0.001
    ),
    batch_import=BatchImportSpec(
        windows_ms=(19 * HOUR_MS,),
        overhead_min=minutes(3.0, 0.4),
        per_record_s=Distribution(mean=0.3, cv=0.5),
        max_records=10_000,
        p_abort_per_run=0.005,
        rerun_delay_min=30.0,
        p_reject=0.03,
        review_min_per_record=minutes(0.75),
        p_undetected=0.0002,
    ),
    standard_api=StandardApiSpec(
        interval_ms=5 * MINUTE_MS, machine_s=Distribution(mean=1.0, cv=0.5), p_exception=0.005, p_undetected=0.0001
    ),
    one_stop=OneStopSpec(handling_h=Distribution(mean=24.0, cv=0.5)),
)

_OFFICE: Final = OfficeSpec(
    clerks=2,
    productive_share=0.84,
    login_seats=6,
    overtime=OvertimeSpec(until_ms=20 * HOUR_MS, trigger_backlog_h=8.0, monthly_cap_h=45.0),
    manual_identification_min=minutes(5.0),
    content_check_min=minutes(2.0),
    result_entry_min=minutes(1.0),
    notice_min=minutes(0.5),
    paper_keying_min=minutes(10.0),
    paper_check_min=minutes(2.0),
    keying_factors=((10, 0.4), (12, 2.0)),
    examination_days=(
        ("child_allowance", minutes(5.0)),
        ("childcare_support", minutes(30.0, 0.3)),
        ("child_rearing_allowance", minutes(20.0, 0.3)),
        ("health", minutes(1.0)),
        ("long_term_care", minutes(38.0, 0.3)),
        ("disaster_victims", minutes(14.0)),
    ),
    p_denied=0.01,
    methods=_METHODS,
)

_DEFAULT_RUN: Final = RunSpec(
    run_id="run-1",
    scenario="test",
    seed=1,
    kernel_version=KERNEL_VERSION,
    municipality=A_MUNICIPALITY,
    partition=0,
    twin_method=None,
    pacing=Pacing.DRIVER,
    start=JUNE_FIRST,
    end=SimTime(JUNE_FIRST + 14 * DAY_MS),
    lookahead_ms=12 * HOUR_MS,
    demand=_DEMAND,
    calendar=_CALENDAR,
    poll=PollSpec(interval_ms=15 * MINUTE_MS, list_page=100),
    line=LineSpec(bandwidth_mbps=30.0, call_latency_ms=200, form_kb=300.0, scan=Distribution(mean=1.0, cv=0.5)),
    registry=RegistrySpec(
        refresh_every_ms=DAY_MS,
        refresh_at_ms=3 * HOUR_MS,
        p_fresh_certificate=0.02,
        fresh_within_ms=DAY_MS,
        standing_residents=5,
    ),
    policy=PolicySpec(default=LinkageMethod.TRANSCRIPTION, by_procedure=()),
    office=_OFFICE,
)
