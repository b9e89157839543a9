"""Tables: columns, committed rows, and the keys that may stand in them once."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shinsei.testing.sql.evaluation import Call, Env, Expression

if TYPE_CHECKING:
    from shinsei.testing.sql.locks import Mode
    from shinsei.testing.sql.transactions import Transaction


class StoredRow(dict[str, Any]):
    """One version of a row; never changed, only replaced."""

    __slots__ = ("place",)

    def __init__(self, values: dict[str, Any], place: int) -> None:
        super().__init__(values)
        self.place = place
        """Which row of its table it is, over all its versions."""


@dataclass(slots=True, kw_only=True)
class Column:
    """A column as it was declared."""

    name: str
    not_null: bool = False
    default: Expression | None = None
    is_identity: bool = False
    refers_to: str | None = None
    """Table whose primary key it names."""


@dataclass(slots=True, kw_only=True)
class Unique:
    """A key that may stand once among the rows for which a condition holds."""

    name: str
    columns: tuple[str, ...]
    where: Expression | None = None
    is_primary: bool = False
    places: dict[tuple[Any, ...], int] = field(default_factory=dict)
    """Committed rows by their keys."""
    pending: "dict[tuple[Any, ...], tuple[Transaction, int]]" = field(default_factory=dict)
    """Keys that a transaction has written and not yet committed."""

    def key(self, call: Call, row: StoredRow) -> tuple[Any, ...] | None:
        """The key of a row; None if it may stand as often as it likes."""
        if self.where is not None and self.where(call, {"": row}) is not True:
            return None
        key = tuple(row[name] for name in self.columns)
        return None if None in key else key


@dataclass(slots=True, kw_only=True)
class Table:
    """A table, as committed, with the locks on its rows."""

    name: str
    columns: dict[str, Column] = field(default_factory=dict)
    uniques: list[Unique] = field(default_factory=list)
    rows: dict[int, StoredRow] = field(default_factory=dict)
    locks: "dict[int, list[tuple[Transaction, Mode]]]" = field(default_factory=dict)
    last_place: int = 0
    last_identity: int = 0

    @property
    def primary(self) -> Unique:
        """Its primary key."""
        return next(one for one in self.uniques if one.is_primary)

    def next_place(self) -> int:
        """A place for a new row."""
        self.last_place += 1
        return self.last_place

    def next_identity(self) -> int:
        """The next number of its identity column; gone for good, whatever becomes of the transaction."""
        self.last_identity += 1
        return self.last_identity

    def completed(self, call: Call, given: dict[str, Any]) -> dict[str, Any]:
        """A new row's values, with what was not given."""
        return {name: given[name] if name in given else self._default(call, one) for name, one in self.columns.items()}

    def _default(self, call: Call, column: Column) -> Any:
        if column.is_identity:
            return self.next_identity()
        return None if column.default is None else column.default(call, _NOTHING)


_NOTHING: Env = {}


@dataclass(slots=True, kw_only=True)
class Sequence:
    """A sequence; its numbers are gone for good, whatever becomes of the transaction."""

    next_value: int
    increment: int
