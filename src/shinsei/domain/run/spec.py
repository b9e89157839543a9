"""The whole of a run, of one municipality."""

from dataclasses import dataclass, field
from enum import StrEnum

from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run.applicants import CorrectionSpec, DefectSpec, DoubleSpec, MoveOutSpec, WithdrawalSpec
from shinsei.domain.run.intake import AttachmentFaultSpec, RetentionSpec
from shinsei.domain.run.office import OfficeSpec
from shinsei.domain.run.surroundings import (
    CalendarSpec,
    DemandSpec,
    IdentificationSpec,
    LineSpec,
    PollSpec,
    RegistrySpec,
)
from shinsei.domain.run.workforce import WorkforceSpec
from shinsei.domain.simtime import SimTime

KERNEL_VERSION = "4"
"""Raised whenever the same run would decide differently; services refuse a run of another version."""


class Pacing(StrEnum):
    """Who raises the root watermark."""

    DRIVER = "driver"
    """A season: the driver files the demand and raises the portal's watermark."""
    CLOCK = "clock"
    """A standing run: the portal's clock raises it; submissions are stamped when they arrive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySpec:
    """Which linkage method a procedure takes (付録2's choice, made by the municipality)."""

    default: LinkageMethod
    by_procedure: tuple[tuple[int, LinkageMethod], ...]

    def method_of(self, procedure: int) -> LinkageMethod:
        """The method for a procedure number."""
        return next((method for number, method in self.by_procedure if number == procedure), self.default)


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
    defects: DefectSpec | None = None
    """None: every filing is complete."""
    corrections: CorrectionSpec | None = None
    """There wherever there are defects, or files that a scanner holds back."""
    withdrawals: WithdrawalSpec | None = None
    """None: nobody withdraws."""
    identification: IdentificationSpec = field(default=IdentificationSpec())
    doubles: DoubleSpec = field(default=DoubleSpec())
    workforce: WorkforceSpec = field(default=WorkforceSpec())
    attachment_faults: AttachmentFaultSpec = field(default=AttachmentFaultSpec())
    moves_out: MoveOutSpec | None = None
    """None: nobody moves out."""
    retention: RetentionSpec | None = None
    """None: the portal keeps what is not fetched for as long as it takes."""
