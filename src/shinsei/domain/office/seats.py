"""Core-system login seats (端末・ログイン数): held while working, shared by clerks and machines."""

from collections.abc import Callable

from shinsei.domain.office.agenda import Agenda


class Seats:
    """The seats, and the minutes in which they were taken.

    They can limit an office only while more clerks are there than seats; the offered minutes of a day count
    that time alone: seats times office hours with the core systems on-line and more clerks present than seats.
    """

    def __init__(self, agenda: Agenda, seats: int) -> None:
        self._agenda = agenda
        self._seats = seats
        self.free = seats
        self.wishes: list[Callable[[], None]] = []
        """Machines that wait for a seat."""
        self.contended_ms = 0
        self.contended_busy_ms = 0
        self._busy_ms = 0
        self._present = 0
        self._since = agenda.now

    def take(self) -> bool:
        """Takes a seat if one is free."""
        if self.free <= 0:
            return False
        if self._since != self._agenda.now:
            self.settle()
        self.free -= 1
        return True

    def give(self) -> None:
        """Gives a seat back."""
        if self._since != self._agenda.now:
            self.settle()
        self.free += 1

    def set_present(self, clerks: int) -> None:
        """How many clerks could use a seat from now on; 0 outside office or on-line hours."""
        self.settle()
        self._present = clerks

    def when_free(self, action: Callable[[], None]) -> None:
        """Calls ``action`` when a seat is free."""
        self.wishes.append(action)

    def serve_wishes(self) -> None:
        """Gives free seats to the machines that wait for one, in the order in which they asked."""
        while self.wishes and self.free > 0:
            self.wishes.pop(0)()

    def busy_ms_at(self, now: int) -> int:
        """Seat-milliseconds from the beginning up to a moment that is not past."""
        return self._busy_ms + (now - self._since) * (self._seats - self.free)

    def settle(self) -> None:
        """Books the time up to now."""
        now = self._agenda.now
        elapsed = now - self._since
        busy_ms = elapsed * (self._seats - self.free)
        self._busy_ms += busy_ms
        if self._present > self._seats:
            self.contended_ms += elapsed * self._seats
            self.contended_busy_ms += busy_ms
        self._since = now
