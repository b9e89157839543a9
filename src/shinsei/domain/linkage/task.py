"""Work for the clerks, and the lines in which it waits for them."""

from collections.abc import Callable
from typing import Final

from shinsei.domain.linkage.activity import Activity
from shinsei.domain.linkage.case import Case
from shinsei.domain.native import mypyc_attr

NOBODY: Final = -1
"""No clerk's number."""
CANCELLED: Final = -2
"""In the place of a clerk's number: nobody will ever do it."""


@mypyc_attr(free_list_len=1)
class Task:
    """A piece of work for one clerk, and what follows it."""

    __slots__ = (
        "activity",
        "behind",
        "case",
        "clerk",
        "kind",
        "not_by",
        "on_start",
        "remaining_ms",
        "started_at",
        "then",
    )

    kind: "Kind"
    """How it competes; known once it is asked of the clerks."""
    started_at: int
    """When the clerk who has it in hand took it up."""

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
        self.behind: Task | None = None
        """What waits next behind it."""


class Line:
    """Tasks that wait, first come, first served: each knows the one behind it."""

    __slots__ = ("first", "last", "needs_seat")

    def __init__(self, *, needs_seat: bool) -> None:
        self.first: Task | None = None
        self.last: Task | None = None
        self.needs_seat = needs_seat
        """Whether none of them can be done without a core-system login."""

    def append(self, task: Task) -> None:
        """Lets a task wait at the end."""
        if self.last is None:
            self.first = task
        else:
            self.last.behind = task
        self.last = task

    def take(self, task: Task, before: Task | None) -> None:
        """Takes a task out, which waits behind another one or is the first."""
        behind = task.behind
        if before is None:
            self.first = behind
        else:
            before.behind = behind
        if behind is None:
            self.last = before
        else:
            task.behind = None

    def tasks(self) -> list[Task]:
        """All that wait, in order."""
        found: list[Task] = []
        task = self.first
        while task is not None:
            found.append(task)
            task = task.behind
        return found


class Kind:
    """An activity as the clerks of an office have it."""

    __slots__ = ("line", "needs_seat", "number")

    def __init__(self, number: int, line: Line, *, needs_seat: bool) -> None:
        self.number = number
        """Its place among all activities, under which time is booked."""
        self.line = line
        self.needs_seat = needs_seat
