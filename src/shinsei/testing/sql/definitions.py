"""CREATE and ALTER: the schema of a service, taken from its own ``schema.sql``.

What a definition changes is changed at once, inside a transaction or not: a service applies its schema before anything
else, idempotently, under a lock.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from shinsei.testing.sql.evaluation import Expression
from shinsei.testing.sql.expressions import expression
from shinsei.testing.sql.lexer import Cursor, SqlError
from shinsei.testing.sql.tables import Column, Sequence, Table, Unique

if TYPE_CHECKING:
    from shinsei.testing.sql.database import MemoryDatabase

Definition = Callable[["MemoryDatabase"], None]

_ENDS_TYPE: Final = frozenset(
    {"not", "null", "default", "primary", "unique", "references", "generated", "collate", "check", ",", ")", ";", ""}
)


def create(at: Cursor) -> Definition:
    """Reads a CREATE."""
    at.expect("create")
    is_unique = at.take("unique")
    kind = at.name()
    at.take("if", "not", "exists")
    name = at.name()
    match kind:
        case "table":
            return _table(at, name)
        case "index":
            return _index(at, name, is_unique=is_unique)
        case "sequence":
            return _sequence(at, name)
        case _:
            raise SqlError(f"no {kind} can be created")


def alter(at: Cursor) -> Definition:
    """Reads an ALTER TABLE … ADD COLUMN; how a column is stored matters to nobody here."""
    at.expect("alter", "table")
    name = at.name()
    if not at.take("add", "column"):
        _skip(at)
        return _nothing
    at.take("if", "not", "exists")
    column, _ = _column(at)

    def apply(database: "MemoryDatabase") -> None:
        table = database.table(name)
        if column.name not in table.columns:
            assert not table.rows, "columns are added to tables that are still empty"
            table.columns[column.name] = column

    return apply


def _nothing(_: "MemoryDatabase") -> None:
    """Changes nothing."""


def _table(at: Cursor, name: str) -> Definition:
    columns: dict[str, Column] = {}
    uniques: list[tuple[tuple[str, ...], bool]] = []
    at.expect("(")
    while not at.take(")"):
        if at.take("primary", "key"):
            uniques.append((tuple(at.names()), True))
        elif at.at("unique", "("):
            at.expect("unique")
            uniques.append((tuple(at.names()), False))
        else:
            column, key = _column(at)
            columns[column.name] = column
            if key is not None:
                uniques.append(((column.name,), key))
        at.take(",")
    _skip(at)

    def apply(database: "MemoryDatabase") -> None:
        if name in database.tables:
            return
        database.tables[name] = Table(
            name=name,
            columns=dict(columns),
            uniques=[
                Unique(name=f"{name}_{'_'.join(keys)}_key", columns=keys, is_primary=is_primary)
                for keys, is_primary in uniques
            ],
        )

    return apply


def _column(at: Cursor) -> tuple[Column, bool | None]:
    """A column, and whether it is a key: True of the table's primary one, None of none."""
    column = Column(name=at.name())
    while at.next.text not in _ENDS_TYPE:
        at.step()
    key: bool | None = None
    while at.next.text in _ENDS_TYPE - {",", ")", ";", ""}:
        if at.take("not", "null"):
            column.not_null = True
        elif at.take("primary", "key"):
            key = column.not_null = True
        elif at.take("unique"):
            key = False
        else:
            _detail(at, column)
    return column, key


def _detail(at: Cursor, column: Column) -> None:
    if at.take("default"):
        column.default = expression(at)
    elif at.take("generated", "always", "as", "identity"):
        column.is_identity = True
    elif at.take("references"):
        column.refers_to = at.name()
        at.take("on", "delete", "cascade")
    elif at.take("collate"):
        at.name()
    elif at.take("check", "("):
        expression(at)
        at.expect(")")
    else:
        at.expect("null")


def _index(at: Cursor, name: str, *, is_unique: bool) -> Definition:
    at.expect("on")
    table = at.name()
    columns = tuple(at.names())
    where: Expression | None = expression(at) if at.take("where") else None
    if not is_unique:
        return _nothing

    def apply(database: "MemoryDatabase") -> None:
        uniques = database.table(table).uniques
        if not any(one.name == name for one in uniques):
            uniques.append(Unique(name=name, columns=columns, where=where))

    return apply


def _sequence(at: Cursor, name: str) -> Definition:
    first = increment = 1
    while at.next.text not in {";", ""}:
        if at.take("start"):
            first = int(at.step().text)
        elif at.take("increment"):
            increment = int(at.step().text)
        else:
            at.step()

    def apply(database: "MemoryDatabase") -> None:
        database.sequences.setdefault(name, Sequence(next_value=first, increment=increment))

    return apply


def _skip(at: Cursor) -> None:
    """Steps over the rest of the statement, which says how it is stored."""
    while at.next.text not in {";", ""}:
        at.step()
