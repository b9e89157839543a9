"""Transactions: what each has written and holds, and what becomes of it in the moment of its commit.

A statement runs as a whole, on what is committed at its beginning and on what its own transaction has written. What it
needs and another transaction holds makes it fail with ``Blocked``; it is run again, on what is committed then, when the
other one has ended. That is READ COMMITTED as a client sees it. A commit changes everything at once.
"""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import asyncpg

from shinsei.testing.sql.evaluation import Call, Row
from shinsei.testing.sql.locks import CONFLICTS, Blocked, Mode
from shinsei.testing.sql.tables import StoredRow, Table, Unique

if TYPE_CHECKING:
    from shinsei.testing.sql.database import MemoryDatabase
    from shinsei.testing.sql.sessions import Session

_UNTOUCHED = object()


class Transaction:
    """One transaction of a session."""

    def __init__(self, database: "MemoryDatabase", session: "Session") -> None:
        self.database = database
        self.session = session
        self.notices: list[tuple[str, str]] = []
        """What others are told when it is committed."""
        self.has_failed = False
        self.ended = False
        self.waits_for: Transaction | None = None
        self.snapshot: dict[str, list[StoredRow]] | None = None
        """All rows as they were at its beginning, where it asked for that (REPEATABLE READ)."""
        self._written: dict[str, dict[int, StoredRow | None]] = {}
        self._undo: list[tuple[Any, ...]] = []
        self._held: list[tuple[Table, int]] = []
        self._waiting: list[asyncio.Future[None]] = []

    def rows(self, name: str) -> list[StoredRow]:
        """The rows of a table that it sees, in no promised order."""
        if self.snapshot is not None:
            return self.snapshot[name]
        table = self.database.table(name)
        written = self._written.get(name)
        seen: Iterable[StoredRow | None] = table.rows.values()
        if written:
            seen = [written.get(place, row) for place, row in table.rows.items()]
            seen += [row for place, row in written.items() if place not in table.rows]
        found = [row for row in seen if row is not None]
        return found[::-1] if self.database.backwards else found

    def take_snapshot(self) -> None:
        """From now on it sees the rows of this moment."""
        self.snapshot = {name: self.rows(name) for name in self.database.tables}

    def lock_row(self, name: str, row: Row, mode: Mode) -> None:
        """Holds a row until the end.

        Raises:
            Blocked: somebody else does.
        """
        if isinstance(row, StoredRow) and name in self.database.tables:
            self._lock(self.database.table(name), row.place, mode)

    def lock_advisory(self, key: int) -> None:
        """Holds an advisory lock until the end."""
        holder = self.database.advisory.setdefault(key, self)
        if holder is not self:
            assert isinstance(holder, Transaction), "a key is locked for transactions or for sessions"
            raise Blocked(holder)

    def insert(self, call: Call, table: Table, values: dict[str, Any]) -> StoredRow:
        """Writes a new row.

        Raises:
            Blocked: its key is being written by somebody else.
            asyncpg.UniqueViolationError: its key is there.
        """
        row = StoredRow(values, table.next_place())
        _check_nulls(table, row)
        self._refer(call, table, row)
        self._write(call, table, row.place, None, row)
        return row

    def update(self, call: Call, table: Table, old: StoredRow, values: dict[str, Any]) -> StoredRow:
        """Writes a new version of a row."""
        row = StoredRow(values, old.place)
        rekeyed = any(one.key(call, old) != one.key(call, row) for one in table.uniques if one.where is None)
        self._lock(table, old.place, Mode.UPDATE if rekeyed else Mode.NO_KEY_UPDATE)
        _check_nulls(table, row)
        self._write(call, table, old.place, old, row)
        return row

    def delete(self, call: Call, table: Table, old: StoredRow) -> None:
        """Takes a row away."""
        self._lock(table, old.place, Mode.UPDATE)
        self._write(call, table, old.place, old, None)

    def holder_of(self, call: Call, table: Table, unique: Unique, row: StoredRow) -> StoredRow | None:
        """The row that has this row's key, if one has.

        Raises:
            Blocked: whether one has shows when another transaction ends.
        """
        key = unique.key(call, row)
        if key is None:
            return None
        pending = unique.pending.get(key)
        if pending is not None and pending[0] is not self:
            raise Blocked(pending[0])
        place = pending[1] if pending is not None else unique.places.get(key)
        if place is None or place == row.place:
            return None
        written = self._written.get(table.name, {})
        if place in written:
            mine = written[place]
            return mine if mine is not None and unique.key(call, mine) == key else None
        for other, mode in table.locks.get(place, ()):
            if other is not self and mode is Mode.UPDATE and other.has_written(table.name, place):
                raise Blocked(other)
        return table.rows[place]

    def has_written(self, table: str, place: int) -> bool:
        """Whether it has changed a row."""
        return place in self._written.get(table, ())

    def mark(self) -> int:
        """A place to which a statement that fails goes back."""
        return len(self._undo)

    def back_to(self, mark: int) -> None:
        """Takes back what has been written since; locks stay."""
        while len(self._undo) > mark:
            name, place, before, keys = self._undo.pop()
            written = self._written[name]
            if before is _UNTOUCHED:
                del written[place]
            else:
                written[place] = before
            for unique, key in keys:
                unique.pending.pop(key, None)

    def commit(self) -> None:
        """Everything that it has written is there for everybody from now on."""
        call = Call(self, ())
        for name, written in self._written.items():
            table = self.database.table(name)
            for place, row in written.items():
                _publish(call, table, place, row)
        self._end()
        self.database.tell(self.notices)

    def roll_back(self) -> None:
        """Nothing of it has ever been."""
        if not self.ended:
            self.back_to(0)
            self._end()

    def until_ended(self) -> "asyncio.Future[None]":
        """Done when it has ended, one way or the other."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        return future

    def _lock(self, table: Table, place: int, mode: Mode) -> None:
        holders = table.locks.setdefault(place, [])
        for other, held in holders:
            if other is not self and held in CONFLICTS[mode]:
                raise Blocked(other)
        holders.append((self, mode))
        self._held.append((table, place))

    def _refer(self, call: Call, table: Table, row: StoredRow) -> None:
        for name, column in table.columns.items():
            if column.refers_to is None or row[name] is None:
                continue
            parent = self.database.table(column.refers_to)
            place = parent.primary.places.get((row[name],))
            if place is None:
                mine = self._written.get(parent.name, {}).values()
                if not any(one is not None and parent.primary.key(call, one) == (row[name],) for one in mine):
                    raise asyncpg.ForeignKeyViolationError(f"{table.name}.{name} names nothing in {parent.name}")
            else:
                self._lock(parent, place, Mode.KEY_SHARE)

    def _write(self, call: Call, table: Table, place: int, old: StoredRow | None, new: StoredRow | None) -> None:
        keys = []
        for unique in table.uniques:
            key = None if new is None else unique.key(call, new)
            if new is None or key is None or (old is not None and unique.key(call, old) == key):
                continue
            if self.holder_of(call, table, unique, new) is not None:
                raise asyncpg.UniqueViolationError(f"{key} is in {unique.name} of {table.name}")
            keys.append((unique, key))
        written = self._written.setdefault(table.name, {})
        self._undo.append((table.name, place, written.get(place, _UNTOUCHED), keys))
        written[place] = new
        for unique, key in keys:
            unique.pending[key] = (self, place)

    def _end(self) -> None:
        self.ended = True
        for table, place in self._held:
            left = [held for held in table.locks.get(place, ()) if held[0] is not self]
            if left:
                table.locks[place] = left
            else:
                table.locks.pop(place, None)
        for key in [key for key, holder in self.database.advisory.items() if holder is self]:
            del self.database.advisory[key]
        for future in self._waiting:
            if not future.done():
                future.set_result(None)


def _publish(call: Call, table: Table, place: int, row: StoredRow | None) -> None:
    old = table.rows.get(place)
    for unique in table.uniques:
        before = None if old is None else unique.key(call, old)
        after = None if row is None else unique.key(call, row)
        if before is not None and before != after and unique.places.get(before) == place:
            del unique.places[before]
        if after is not None:
            unique.places[after] = place
            unique.pending.pop(after, None)
    if row is not None:
        table.rows[place] = row
    else:
        table.rows.pop(place, None)


def _check_nulls(table: Table, row: StoredRow) -> None:
    for name, column in table.columns.items():
        if column.not_null and row[name] is None:
            raise asyncpg.NotNullViolationError(f"{table.name}.{name} must not be null")
