"""What an office offers to the linkage methods on its floor: clerks, login seats, the calendar, the clock.

The methods know this class and nothing else of the office; the office knows the methods by their
registry. Whatever a method does to a case goes through here, so that no illegal step can leave the office.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.linkage.activity import Activity
from shinsei.domain.linkage.case import Case
from shinsei.domain.linkage.incident import Incident
from shinsei.domain.linkage.task import CANCELLED, NOBODY, Task
from shinsei.domain.run import OfficeSpec
from shinsei.domain.simtime import SimTime

__all__ = ["CANCELLED", "NOBODY", "Floor", "Task"]


class Floor(ABC):
    """The office as a linkage method sees it."""

    spec: OfficeSpec
    calendar: BusinessCalendar

    @property
    @abstractmethod
    def now(self) -> SimTime:
        """The moment that is being simulated."""
        raise NotImplementedError

    @property
    @abstractmethod
    def clerks(self) -> int:
        """Clerks on the staff today."""
        raise NotImplementedError

    @property
    @abstractmethod
    def core_online_until(self) -> SimTime | None:
        """When the core systems go off-line today; None while they are off-line."""
        raise NotImplementedError

    @abstractmethod
    def draw(self, subject: str, purpose: str, n: int = 0) -> float:
        """A keyed number in (0, 1) for a subject that is not a case: a robot-hour, a batch run."""
        raise NotImplementedError

    @abstractmethod
    def call_at(self, at: SimTime, action: Callable[[Any], None], argument: Any = None) -> None:
        """Calls ``action`` at a moment that is not past."""

    @abstractmethod
    def ask_clerk(self, task: Task) -> None:
        """Puts work into the clerks' queues."""

    @abstractmethod
    def take_seat(self) -> bool:
        """Takes a core-system login for a machine, if one is free."""
        raise NotImplementedError

    @abstractmethod
    def give_seat(self) -> None:
        """Gives the login back."""

    @abstractmethod
    def when_seat_free(self, action: Callable[[], None]) -> None:
        """Calls ``action`` once, as soon as a seat is free; machines go before clerks [A]."""

    @abstractmethod
    def take_in(self, case: Case) -> None:
        """Lets the case go the office's common way: identification, content check, then its method's queue."""

    @abstractmethod
    def queue_for_linkage(self, case: Case) -> None:
        """Puts the case, as it is, into its method's queue."""

    @abstractmethod
    def start_linkage(self, case: Case, detail: str = "") -> None:
        """Its entry into the core system begins."""

    @abstractmethod
    def return_to_queue(self, case: Case, then: Callable[[Case], None], detail: str = "") -> None:
        """Its entry failed; ``then`` has it a millisecond later, unless it has ended."""

    @abstractmethod
    def key(self, case: Case, activity: Activity = Activity.EXCEPTION_KEYING) -> None:
        """Hands the case to the clerks for transcription."""

    @abstractmethod
    def register(self, case: Case, *, is_wrong: bool, detail: str = "") -> None:
        """The case is in the core system; the examination and the return leg follow by themselves."""

    @abstractmethod
    def finish_elsewhere(self, case: Case) -> None:
        """Registered, examined, granted and notified by somebody else, all at this moment."""

    @abstractmethod
    def count_robot(self, busy_ms: int) -> None:
        """Books the time of a robot."""

    @abstractmethod
    def count_machine(self, busy_ms: int) -> None:
        """Books the time of an import job or an interface."""

    @abstractmethod
    def count_batch(self, *, records: int, rejects: int, aborts: int) -> None:
        """Books a batch run that has come to its end."""

    @abstractmethod
    def note_incident(self, incident: Incident) -> None:
        """Enters an incident into the books, once; what happens to it later is read from it."""

    @abstractmethod
    def window_overflowed(self) -> None:
        """A batch window's file was full and records were left over."""
