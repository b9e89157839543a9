"""A database: its tables, who listens to it, and whether scans go backwards."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import asyncpg

from shinsei.testing.sql.tables import Sequence as NumberSequence
from shinsei.testing.sql.tables import Table

if TYPE_CHECKING:
    from shinsei.testing.sql.sessions import Session
    from shinsei.testing.sql.transactions import Transaction


class MemoryDatabase:
    """One database; empty at first.

    Args:
        backwards: gives rows without a promised order in the other one, as a real server may.
    """

    def __init__(self, *, backwards: bool = False) -> None:
        self.backwards = backwards
        self.tables: dict[str, Table] = {}
        self.sequences: dict[str, NumberSequence] = {}
        self.advisory: dict[int, Transaction | Session] = {}
        """Who holds which advisory lock."""
        self.listeners: list[tuple[Session, str, Callable[[str], Any]]] = []
        self.now: Callable[[], Any] = lambda: 0

    def table(self, name: str) -> Table:
        """A table.

        Raises:
            asyncpg.UndefinedTableError: there is none of this name.
        """
        if name not in self.tables:
            raise asyncpg.UndefinedTableError(f"there is no table {name}")
        return self.tables[name]

    def next_value(self, name: str) -> int:
        """The next number of a sequence."""
        sequence = self.sequences[name]
        value = sequence.next_value
        sequence.next_value += sequence.increment
        return value

    def tell(self, notices: Sequence[tuple[str, str]]) -> None:
        """Wakes those who listen."""
        for channel, payload in notices:
            for _, listens_to, callback in list(self.listeners):
                if listens_to == channel:
                    callback(payload)

    def count(self, name: str) -> int:
        """Committed rows of a table."""
        return len(self.table(name).rows)
