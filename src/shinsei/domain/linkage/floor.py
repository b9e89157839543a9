"""What an office offers to the linkage methods on its floor: clerks, login seats, the calendar, the clock.

The methods know this protocol and nothing else of the office; the office knows the methods by their
registry. Whatever a method does to a case goes through here, so that no illegal step can leave the office.
"""

from collections.abc import Callable
from typing import Any, Final, Protocol

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.linkage.activity import Activity
from shinsei.domain.linkage.case import Case
from shinsei.domain.linkage.incident import Incident
from shinsei.domain.run import OfficeSpec
from shinsei.domain.simtime import SimTime

NOBODY: Final = -1
"""No clerk's number."""
CANCELLED: Final = -2
"""In the place of a clerk's number: nobody will ever do it."""


class Task:
    """A piece of work for one clerk, and what follows it."""

    __slots__ = (
        "activity",
        "case",
        "clerk",
        "finishes_at",
        "not_by",
        "on_start",
        "remaining_ms",
        "started_at",
        "then",
    )

    started_at: int
    """When the clerk who has it in hand took it up."""
    finishes_at: int
    """When he would finish it, if nothing comes between."""

    def __init__(
        self,
        activity: Activity,
        remaining_ms: int,
        then: "Callable[[Task], None]",
        case: Case | None = None,
        on_start: "Callable[[Task], None] | None" = None,
        not_by: int = NOBODY,
    ) -> None:
        self.activity = activity
        self.remaining_ms = remaining_ms
        self.then = then
        self.case = case
        self.on_start = on_start
        """Called once, when a clerk first takes it up."""
        self.not_by = not_by
        """A clerk who may not do it, because it is a check of his own work."""
        self.clerk = NOBODY
        """Who has it in hand, or had it at its end."""


class Floor(Protocol):
    """The office as a linkage method sees it."""

    spec: OfficeSpec
    calendar: BusinessCalendar

    @property
    def now(self) -> SimTime:
        """The moment that is being simulated."""

    @property
    def clerks(self) -> int:
        """Clerks on the staff today."""

    @property
    def core_online_until(self) -> SimTime | None:
        """When the core systems go off-line today; None while they are off-line."""

    def draw(self, subject: str, purpose: str, n: int = 0) -> float:
        """A keyed number in (0, 1) for a subject that is not a case: a robot-hour, a batch run."""

    def call_at(self, at: SimTime, action: Callable[[Any], None], argument: Any = None) -> None:
        """Calls ``action`` at a moment that is not past."""

    def ask_clerk(self, task: Task) -> None:
        """Puts work into the clerks' queues."""

    def take_seat(self) -> bool:
        """Takes a core-system login for a machine, if one is free."""

    def give_seat(self) -> None:
        """Gives the login back."""

    def when_seat_free(self, action: Callable[[], None]) -> None:
        """Calls ``action`` once, as soon as a seat is free; machines go before clerks [A]."""

    def take_in(self, case: Case) -> None:
        """Lets the case go the office's common way: identification, content check, then its method's queue."""

    def queue_for_linkage(self, case: Case) -> None:
        """Puts the case, as it is, into its method's queue."""

    def start_linkage(self, case: Case, detail: str = "") -> None:
        """Its entry into the core system begins."""

    def return_to_queue(self, case: Case, then: Callable[[Case], None], detail: str = "") -> None:
        """Its entry failed; ``then`` has it a millisecond later, unless it has ended."""

    def key(self, case: Case, activity: Activity = Activity.EXCEPTION_KEYING) -> None:
        """Hands the case to the clerks for transcription."""

    def register(self, case: Case, *, is_wrong: bool, detail: str = "") -> None:
        """The case is in the core system; the examination and the return leg follow by themselves."""

    def finish_elsewhere(self, case: Case) -> None:
        """Registered, examined, granted and notified by somebody else, all at this moment."""

    def count_robot(self, busy_ms: int) -> None:
        """Books the time of a robot."""

    def count_machine(self, busy_ms: int) -> None:
        """Books the time of an import job or an interface."""

    def count_batch(self, *, records: int, rejects: int, aborts: int) -> None:
        """Books a batch run that has come to its end."""

    def note_incident(self, incident: Incident) -> None:
        """Enters an incident into the books, once; what happens to it later is read from it."""

    def window_overflowed(self) -> None:
        """A batch window's file was full and records were left over."""
