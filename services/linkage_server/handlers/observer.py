"""What the linkage server tells about its work; metrics and log lines stand behind it."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from shinsei.domain.polling import EntryKind
from shinsei.domain.run import TakenAs


class Observer(Protocol):
    """Hears what happens; decides nothing."""

    def polled(self, count: int, failed: int) -> None:
        """Polls have been committed, some of them in an outage."""

    def struck(self, count: int) -> None:
        """Entries were listed again though taken."""

    def getting(self) -> AbstractContextManager[None]:
        """Applications are being got."""

    def handing_on(self, cases: int) -> AbstractContextManager[None]:
        """So many cases of committed polls are being got and published."""

    def published(self, entries: Mapping[EntryKind, int]) -> None:
        """Entries have been handed on."""

    def taken(self, states: Mapping[TakenAs, int]) -> None:
        """So many cases have been taken over in each state."""

    def stored(self, case: dict[str, str], name: str, size: int, problem: str) -> None:
        """An attachment of a case has been stored, or held back for a reason."""

    def pushed(self, updates: int) -> None:
        """A push has been taken by the portal."""

    def serving(self, runs: int) -> None:
        """How many runs this process serves."""

    def failed(self, part: str, run: dict[str, str], error: BaseException) -> None:
        """Work on a run failed and begins anew from the database."""

    def refused(self, run: dict[str, str], error: BaseException) -> None:
        """A run cannot be served here."""
