"""One run of one municipality as the derived views know it."""

from dataclasses import dataclass, field
from functools import lru_cache

from app_mgmt.streams.backlog import Backlog
from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.horizon import horizon
from shinsei.domain.lifecycle import Action
from shinsei.domain.office.undoing import AFTER_REGISTRATION
from shinsei.domain.run import CalendarSpec, Pacing, RunSpec
from shinsei.domain.simtime import SECOND_MS, SimTime
from shinsei.runtime.levels import NO_METHOD

LEAVING = frozenset({Action.REGISTER, Action.NOT_ACCEPT, Action.WITHDRAW, Action.EXPIRE, Action.TRANSFER})
"""What ends the wait of a case. A dead letter on this way is a case that was never given to an office."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is told of a city."""

    method: str
    waiting: int = 0
    age_s: float = 0.0
    """Simulated seconds."""
    at_risk: int = 0


@dataclass(slots=True, kw_only=True)
class City:
    """Counts of a run; its records may come before its specification, which is on the other topic."""

    spec: RunSpec | None = None
    watermark: SimTime = SimTime(0)
    """Of the office."""
    backlog: Backlog = field(default_factory=Backlog)
    _told: Told | None = field(default=None, init=False)

    @property
    def method(self) -> str:
        """The method under comparison, else the default of the policy."""
        return str(self.spec.twin_method or self.spec.policy.default) if self.spec else NO_METHOD

    def begin(self, spec: RunSpec) -> None:
        """The run's specification has come."""
        self.spec, self._told = spec, None

    def come(self, submitted_at: SimTime) -> None:
        """A case was given to the office."""
        self.backlog.come(submitted_at)
        self._told = None

    def happened(self, action: Action, at: SimTime, detail: str) -> None:
        """Something was done to a case; most of it does not end its wait."""
        if action in LEAVING and detail != AFTER_REGISTRATION:
            self.backlog.leave(at)
            self._told = None

    def advance(self, watermark: SimTime) -> None:
        """The office has come so far."""
        self.watermark, self._told = max(self.watermark, watermark), None

    def tell(self, working_days: int) -> Told:
        """What is to be told, worked out anew only where something has happened."""
        if self._told is None:
            self._told = self._work_out(working_days)
        return self._told

    def _work_out(self, working_days: int) -> Told:
        spec, now = self.spec, self.watermark
        if spec is None:
            return Told(method=self.method)
        self.backlog.forget(now)
        oldest = self.backlog.oldest()
        at_risk = 0
        if spec.pacing is Pacing.DRIVER:
            at_risk = self.backlog.at_risk(_calendar(spec.calendar), horizon(spec, now, working_days), spec.start, now)
        return Told(
            method=self.method,
            waiting=self.backlog.waiting(),
            age_s=0.0 if oldest is None else max(0.0, (now - oldest) / SECOND_MS),
            at_risk=at_risk,
        )


@lru_cache(maxsize=16)
def _calendar(spec: CalendarSpec) -> BusinessCalendar:
    """Municipalities have few calendars between them."""
    return BusinessCalendar(spec)
