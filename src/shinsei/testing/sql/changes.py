"""INSERT, UPDATE and DELETE."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from shinsei.testing.sql.evaluation import Call, Env, Expression, Row
from shinsei.testing.sql.expressions import expression
from shinsei.testing.sql.lexer import Cursor, SqlError
from shinsei.testing.sql.locks import Mode
from shinsei.testing.sql.queries import Item, Query, items, query, returned
from shinsei.testing.sql.sources import Join, Source, alias, joined, sources, table
from shinsei.testing.sql.tables import StoredRow, Table

Answer = list[tuple[list[str], list[Any]]]
Assignment = tuple[str, Expression]


@dataclass(slots=True, kw_only=True)
class Done:
    """What a change has done."""

    count: int
    answer: Answer
    """Of its RETURNING."""


@dataclass(slots=True, kw_only=True)
class Insertion:
    """INSERT."""

    table: str
    alias: str
    columns: list[str]
    given: Query | list[list[Expression]]
    conflict: "Conflict | None"
    returning: list[Item]

    def run(self, call: Call) -> Done:
        """Writes the rows; those in the way of which something stands by its ON CONFLICT."""
        into = call.transaction.database.table(self.table)
        count, answer = 0, []
        for values in self._values(call):
            new = into.completed(call, dict(zip(self.columns, values, strict=True)))
            row = self._write(call, into, new)
            if row is not None:
                count += 1
                answer.append(returned(call, self.returning, {self.alias: row}))
        return Done(count=count, answer=answer if self.returning else [])

    def _values(self, call: Call) -> Sequence[Sequence[Any]]:
        if isinstance(self.given, Query):
            return self.given.rows(call, {})
        return [[one(call, {}) for one in row] for row in self.given]

    def _write(self, call: Call, into: Table, new: dict[str, Any]) -> StoredRow | None:
        if self.conflict is None:
            return call.transaction.insert(call, into, new)
        standing = self._standing(call, into, new)
        if standing is None:
            return call.transaction.insert(call, into, new)
        conflict = self.conflict
        if not conflict.assignments:
            return None
        call.transaction.lock_row(self.table, standing, Mode.NO_KEY_UPDATE)
        env: Env = {"excluded": new, self.alias: standing}
        if conflict.where is not None and conflict.where(call, env) is not True:
            return None
        changed = {name: value(call, env) for name, value in conflict.assignments}
        return call.transaction.update(call, into, standing, {**standing, **changed})

    def _standing(self, call: Call, into: Table, new: dict[str, Any]) -> StoredRow | None:
        assert self.conflict is not None, "asked for only where something is done about it"
        probe = StoredRow(new, 0)
        for unique in into.uniques:
            if self.conflict.columns and unique.columns != self.conflict.columns:
                continue
            found = call.transaction.holder_of(call, into, unique, probe)
            if found is not None:
                return found
        return None


@dataclass(slots=True, kw_only=True)
class Conflict:
    """ON CONFLICT; without assignments the new row is left out."""

    columns: tuple[str, ...]
    assignments: list[Assignment]
    where: Expression | None


@dataclass(slots=True, kw_only=True)
class Alteration:
    """UPDATE, or DELETE if nothing is assigned."""

    target: Source
    joins: list[Join]
    where: Expression | None
    assignments: list[Assignment]
    returning: list[Item]

    def run(self, call: Call) -> Done:
        """Changes each row once, whatever it is joined to."""
        assert self.target.table is not None, "a table"
        of = call.transaction.database.table(self.target.table)
        count, answer = 0, []
        done: set[int] = set()
        for env in self._found(call):
            old = env[self.target.alias]
            assert isinstance(old, StoredRow), "a row of a table"
            if old.place in done:
                continue
            done.add(old.place)
            answer.append(returned(call, self.returning, {**env, self.target.alias: self._change(call, of, env, old)}))
            count += 1
        return Done(count=count, answer=answer if self.returning else [])

    def _found(self, call: Call) -> list[Env]:
        found = joined(call, {}, [Join(source=self.target), *self.joins])
        where = self.where
        return found if where is None else [env for env in found if where(call, env) is True]

    def _change(self, call: Call, of: Table, env: Env, old: StoredRow) -> Row:
        if not self.assignments:
            call.transaction.delete(call, of, old)
            return old
        # What is assigned sees the table's own columns before all others.
        seen = {**{name: row for name, row in env.items() if name != self.target.alias}, self.target.alias: old}
        changed = {name: value(call, seen) for name, value in self.assignments}
        return call.transaction.update(call, of, old, {**old, **changed})


def insertion(at: Cursor) -> Insertion:
    """Reads an INSERT."""
    at.expect("insert", "into")
    name = at.name()
    called = alias(at, name)
    columns = at.names()
    given: Query | list[list[Expression]] = _rows(at) if at.take("values") else query(at)
    conflict = _conflict(at) if at.take("on", "conflict") else None
    return Insertion(
        table=name, alias=called, columns=columns, given=given, conflict=conflict, returning=_returning(at)
    )


def update(at: Cursor) -> Alteration:
    """Reads an UPDATE."""
    at.expect("update")
    name = at.name()
    target = table(name, alias(at, name))
    at.expect("set")
    assignments = _assignments(at)
    joins = sources(at) if at.take("from") else []
    return _altering(at, target, joins, assignments)


def deletion(at: Cursor) -> Alteration:
    """Reads a DELETE."""
    at.expect("delete", "from")
    name = at.name()
    target = table(name, alias(at, name))
    joins = sources(at) if at.take("using") else []
    return _altering(at, target, joins, [])


def _altering(at: Cursor, target: Source, joins: list[Join], assignments: list[Assignment]) -> Alteration:
    where = expression(at) if at.take("where") else None
    return Alteration(target=target, joins=joins, where=where, assignments=assignments, returning=_returning(at))


def _rows(at: Cursor) -> list[list[Expression]]:
    rows = [_row(at)]
    while at.take(","):
        rows.append(_row(at))
    return rows


def _row(at: Cursor) -> list[Expression]:
    at.expect("(")
    values = [expression(at)]
    while at.take(","):
        values.append(expression(at))
    at.expect(")")
    return values


def _conflict(at: Cursor) -> Conflict:
    columns = tuple(at.names()) if at.at("(") else ()
    at.expect("do")
    if at.take("nothing"):
        return Conflict(columns=columns, assignments=[], where=None)
    at.expect("update", "set")
    assignments = _assignments(at)
    return Conflict(columns=columns, assignments=assignments, where=expression(at) if at.take("where") else None)


def _assignments(at: Cursor) -> list[Assignment]:
    found = [_assignment(at)]
    while at.take(","):
        found.append(_assignment(at))
    return found


def _assignment(at: Cursor) -> Assignment:
    name = at.name()
    at.expect("=")
    return name, expression(at)


def _returning(at: Cursor) -> list[Item]:
    return items(at) if at.take("returning") else []


CHANGES: dict[str, Callable[[Cursor], Insertion | Alteration]] = {
    "insert": insertion,
    "update": update,
    "delete": deletion,
}


def change(at: Cursor) -> Insertion | Alteration:
    """Reads whichever comes.

    Raises:
        SqlError: none of them.
    """
    reader = CHANGES.get(at.next.text)
    if reader is None:
        raise SqlError(f"{at.next.text!r} changes nothing")
    return reader(at)
