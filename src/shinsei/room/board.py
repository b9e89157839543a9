"""The newest look at the stack, and whoever waits for the next one: written by the loop, read by a thread a page."""

import threading
from typing import Final

from shinsei.room import metrics

MOST_READERS: Final = 64


class ClosedError(Exception):
    """The room closes."""


class Board:
    """Holds one look and no more, however many pages are open and however slow they are."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._text = "{}"
        self._number = 0
        self._closed = False
        self._readers = 0

    @property
    def newest(self) -> str:
        """The newest look."""
        return self._text

    @property
    def readers(self) -> int:
        """Pages that are open."""
        return self._readers

    def put(self, text: str) -> None:
        """Show a new look."""
        with self._changed:
            self._text, self._number = text, self._number + 1
            self._changed.notify_all()

    def close(self) -> None:
        """Send every reader away."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def after(self, number: int, within_s: float) -> tuple[int, str] | None:
        """The newest look if it is not the one of this number; None if no other came in time.

        Raises:
            ClosedError: the room closes.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._number != number, within_s)
            if self._closed:
                raise ClosedError
            return (self._number, self._text) if self._number != number else None

    def enter(self) -> bool:
        """A reader comes; False if there are too many."""
        with self._changed:
            if self._readers >= MOST_READERS:
                return False
            self._readers += 1
            metrics.READERS.set(self._readers)
            return True

    def leave(self) -> None:
        """A reader has gone."""
        with self._changed:
            self._readers -= 1
            metrics.READERS.set(self._readers)
