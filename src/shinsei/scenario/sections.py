"""The tables of a scenario that say where, when and what comes in; each becomes a value of the domain."""

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.linkage_method import COMPARED_METHODS
from shinsei.domain.municipality import is_prefecture, validate_code
from shinsei.domain.run import (
    CalendarSpec,
    FetchMode,
    IdentificationSpec,
    LineSpec,
    Pacing,
    PolicySpec,
    PollSpec,
    RegistrySpec,
)
from shinsei.domain.simtime import DAY_MS, MINUTE_MS, SimTime, to_datetime
from shinsei.scenario.holidays import closed_days
from shinsei.scenario.quantities import (
    Amount,
    Count,
    Day,
    DurationDistribution,
    DurationMs,
    Method,
    Moment,
    Nation,
    Population,
    PositiveAmount,
    PositiveCount,
    PositiveDurationMs,
    ProcedureNumber,
    Section,
    Share,
    TimeOfDayMs,
)

_SHARE_TOLERANCE = 1e-6
_FIRST_YEAR, _LAST_YEAR = 1970, 2099
_LONGEST_YEARS = 20
"""Of a run; longer is a slip of the year."""


def _code(value: object) -> object:
    try:
        return validate_code(str(value))
    except InvalidInputError as error:
        raise ValueError(error.problem) from None


Code = Annotated[str, BeforeValidator(_code)]
"""A municipality code with a right check digit."""


class RunSection(Section):
    """When the run starts and ends, and who paces it."""

    pacing: Pacing = Pacing.DRIVER
    clock_speed: PositiveAmount = 1.0
    """Simulated over real seconds of a run with pacing "clock"."""
    start: Moment
    end: Moment
    until_clear: bool = False
    """End at the first midnight with nothing of the season open or to come, at ``end`` at the latest."""
    lookahead: PositiveDurationMs
    cutoff: Moment | None = None
    """Moment by which a case should be decided; for the share decided by the cut-off."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        self.check()
        return self

    def check(self) -> None:
        """Make sure that it can be, for whoever gives it another start too.

        Raises:
            ValueError: it cannot.
        """
        if self.end <= self.start:
            message = "end must be after start"
            raise ValueError(message)
        if self.start < 0:
            message = f"start must be in {_FIRST_YEAR} at the earliest: simulated time counts from there"
            raise ValueError(message)
        if to_datetime(SimTime(self.end)).year > _LAST_YEAR:
            message = f"end must be in {_LAST_YEAR} at the latest: nobody knows the public holidays after that"
            raise ValueError(message)
        if self.end - self.start > _LONGEST_YEARS * 366 * DAY_MS:
            message = f"end must be within {_LONGEST_YEARS} years of start"
            raise ValueError(message)
        if self.cutoff is not None and self.cutoff <= self.start:
            message = "cutoff must be after start"
            raise ValueError(message)


class TwinsSection(Section):
    """The twin cities: one per method, same filings, same staff."""

    methods: tuple[Method, ...] = COMPARED_METHODS
    procedures: tuple[ProcedureNumber, ...] = ()
    """The procedures under comparison; empty: the seasonal one. All others keep the policy."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.methods:
            message = "methods is empty; name at least one method"
            raise ValueError(message)
        if len(set(self.methods)) != len(self.methods):
            message = "methods names a method twice"
            raise ValueError(message)
        return self


class MunicipalitySection(Section):
    """The city."""

    name: str
    name_ja: str
    code: Code
    population: Nation
    """Of all municipalities where there are many."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if is_prefecture(self.code):
            message = f"code {self.code} is a prefecture's; it belongs in the table [prefecture]"
            raise ValueError(message)
        return self


class PrefectureSection(Section):
    """The prefecture, for the four vehicle procedures."""

    name: str
    name_ja: str
    code: Code
    population: Population

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not is_prefecture(self.code):
            message = f"code {self.code} is a municipality's; a prefecture's has 000 in the middle"
            raise ValueError(message)
        return self


class CalendarSection(Section):
    """Hours and closed days; national holidays and the year end are added."""

    office_opens: TimeOfDayMs
    office_closes: TimeOfDayMs
    lunch_starts: TimeOfDayMs
    lunch_ends: TimeOfDayMs
    lunch_duty_share: Share
    core_online_from: TimeOfDayMs
    core_online_until: TimeOfDayMs
    closed_days: tuple[Day, ...] = ()
    """Further days on which the office is closed."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.office_opens <= self.lunch_starts <= self.lunch_ends <= self.office_closes:
            message = "the office opens, has lunch and closes in this order"
            raise ValueError(message)
        if self.office_opens == self.office_closes:
            message = "office_closes must be after office_opens"
            raise ValueError(message)
        if self.core_online_from >= self.core_online_until:
            message = "core_online_until must be after core_online_from"
            raise ValueError(message)
        return self

    def spec(self, start: SimTime, end: SimTime) -> CalendarSpec:
        """The domain's value with the holidays of the years from ``start`` to the year after ``end``."""
        return CalendarSpec(
            holidays=tuple(sorted({*closed_days(start, end), *self.closed_days})),
            office_opens_ms=self.office_opens,
            office_closes_ms=self.office_closes,
            lunch_starts_ms=self.lunch_starts,
            lunch_ends_ms=self.lunch_ends,
            lunch_duty_share=self.lunch_duty_share,
            core_online_from_ms=self.core_online_from,
            core_online_until_ms=self.core_online_until,
        )


class PollSection(Section):
    """How the linkage server pulls."""

    interval: Annotated[DurationMs, Field(ge=MINUTE_MS)]
    """At least a minute."""
    list_page: PositiveCount
    fetch: FetchMode | None = None
    """Real calls with which cases are got; left out: as the linkage server is set."""

    def spec(self) -> PollSpec:
        """The domain's value."""
        return PollSpec(interval_ms=self.interval, list_page=self.list_page, fetch=self.fetch)


class OutageSection(Section):
    """A line outage."""

    start: Moment
    length: PositiveDurationMs


class LineSection(Section):
    """The LGWAN line and the check of files behind it."""

    bandwidth_mbps: PositiveAmount
    call_latency: DurationMs
    form_kb: Amount
    scan: DurationDistribution
    outages: tuple[OutageSection, ...] = ()

    def spec(self) -> LineSpec:
        """The domain's value."""
        return LineSpec(
            bandwidth_mbps=self.bandwidth_mbps,
            call_latency_ms=self.call_latency,
            form_kb=self.form_kb,
            scan=self.scan.seconds,
            outages=tuple((SimTime(gap.start), SimTime(gap.start + gap.length)) for gap in self.outages),
        )


class RegistrySection(Section):
    """The serial-number mapping and its copy."""

    refresh_every: PositiveDurationMs
    refresh_at: TimeOfDayMs
    p_fresh_certificate: Share
    fresh_within: DurationMs
    standing_residents: Count
    p_rsa_key: Share = 0.1

    def spec(self) -> RegistrySpec:
        """The domain's value."""
        return RegistrySpec(
            refresh_every_ms=self.refresh_every,
            refresh_at_ms=self.refresh_at,
            p_fresh_certificate=self.p_fresh_certificate,
            fresh_within_ms=self.fresh_within,
            standing_residents=self.standing_residents,
            p_rsa_key=self.p_rsa_key,
        )


class IdentificationSection(Section):
    """Whom the certificate's serial number does not lead to; without this table everybody signs for himself."""

    p_proxy: Share = 0.0
    p_care_proxy: Share = 0.0
    p_insured_number_wrong: Share = 0.0
    p_stranger: Share = 0.0
    p_variant: Share = 0.0
    variant_factor: PositiveAmount = 1.0
    p_two_serials: Share = 0.0
    renewed_within: DurationMs = 0

    @model_validator(mode="after")
    def _check(self) -> Self:
        if max(self.p_proxy, self.p_care_proxy) + self.p_stranger > 1:
            message = "p_proxy and p_stranger, or p_care_proxy and p_stranger, are more than 1 together"
            raise ValueError(message)
        if self.p_two_serials and not self.renewed_within:
            message = "p_two_serials needs renewed_within"
            raise ValueError(message)
        return self

    def spec(self) -> IdentificationSpec:
        """The domain's value."""
        return IdentificationSpec(
            **self.model_dump(exclude={"renewed_within"}),
            renewed_within_ms=self.renewed_within,
        )


class PolicySection(Section):
    """Which linkage method a procedure takes where no twin's method is under comparison."""

    default: Method
    by_procedure: dict[ProcedureNumber, Method] = Field(default_factory=dict)

    def spec(self) -> PolicySpec:
        """The domain's value."""
        return PolicySpec(default=self.default, by_procedure=tuple(sorted(self.by_procedure.items())))
