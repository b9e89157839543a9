"""What a reception flow is made of."""

from dataclasses import dataclass
from enum import StrEnum

from shinsei.domain.catalogue import Procedure
from shinsei.domain.linkage_method import LinkageMethod


class Actor(StrEnum):
    """Who does a step."""

    APPLICANT = "applicant"
    """申請者."""
    COUNTER = "counter"
    """窓口の職員."""
    CLERK = "clerk"
    """担当課の職員."""
    SECOND_CLERK = "second clerk"
    """別の職員による確認."""
    ROBOT = "robot"
    SYSTEM = "system"
    """国のシステム、連携サーバ、申請管理、基幹システム."""
    EXAMINER = "examiner"
    """審査: outside the division's clerks."""


STAFF = frozenset({Actor.COUNTER, Actor.CLERK, Actor.SECOND_CLERK})
"""Whose minutes count as staff work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowStep:
    """One step of a reception flow."""

    name: str
    name_ja: str
    actor: Actor
    minutes: float | None = None
    """Mean handling minutes per case, where the model has one; days of an examination are not among them."""
    days: float | None = None
    """Mean days that pass, of an examination."""
    share: float = 1.0
    """Share of the cases that take this step."""
    mark: str = "M"
    """Of the step; the minutes have the mark of the scenario's parameter."""
    by_method: bool = False
    """Whether the step depends on the linkage method."""
    counters: bool = False
    """Whether the minutes are of ``CounterTimes``: staff work that no run does."""

    @property
    def staff_minutes(self) -> float:
        """Expected minutes of a clerk per case."""
        return (self.minutes or 0.0) * self.share if self.actor in STAFF else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterTimes:
    """Mean minutes of staff per case on paper before and after the keying, for the comparison of flows alone."""

    acceptance: float
    """Taking the form in at the counter or from an envelope, date stamp."""
    identity: float
    """Looking at an identity card."""
    content: float
    """Checking the form and what is attached, with the applicant where there is one."""
    notice: float
    """Sending the notice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A procedure's flow on one way: on paper, or online by one linkage method."""

    procedure: Procedure
    method: LinkageMethod | None
    """None: on paper, at the counter or by mail."""
    steps: tuple[FlowStep, ...]

    @property
    def staff_minutes(self) -> float:
        """Expected minutes per case of the clerks whom a run has."""
        return sum(step.staff_minutes for step in self.steps if not step.counters)

    @property
    def with_counter_minutes(self) -> float:
        """The same and the counter's, where the scenario has its times."""
        return sum(step.staff_minutes for step in self.steps)

    @property
    def linkage_minutes(self) -> float:
        """The part of them that depends on the linkage method."""
        return sum(step.staff_minutes for step in self.steps if step.by_method)
