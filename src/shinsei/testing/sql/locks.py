"""Row locks: four strengths, and which of them two transactions may hold on one row."""

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from shinsei.testing.sql.transactions import Transaction


class Mode(IntEnum):
    """From the weakest to the strongest."""

    KEY_SHARE = 1
    """A row that refers to this one is being written."""
    SHARE = 2
    """SELECT … FOR SHARE."""
    NO_KEY_UPDATE = 3
    """UPDATE of other columns than the key."""
    UPDATE = 4
    """DELETE, UPDATE of the key, SELECT … FOR UPDATE."""


CONFLICTS: Final[Mapping[Mode, frozenset[Mode]]] = MappingProxyType(
    {
        Mode.KEY_SHARE: frozenset({Mode.UPDATE}),
        Mode.SHARE: frozenset({Mode.NO_KEY_UPDATE, Mode.UPDATE}),
        Mode.NO_KEY_UPDATE: frozenset({Mode.SHARE, Mode.NO_KEY_UPDATE, Mode.UPDATE}),
        Mode.UPDATE: frozenset(Mode),
    }
)
"""What nobody else may hold beside each (PostgreSQL's manual, table of row-level locks)."""


class Blocked(Exception):  # noqa: N818 - no error: the statement is run again when the other transaction has ended
    """Another transaction holds what a statement needs."""

    def __init__(self, holder: "Transaction") -> None:
        self.holder = holder
        super().__init__("held by another transaction")
