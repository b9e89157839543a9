"""What stands behind FROM: tables, queries and functions that give rows, joined one after the other."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from shinsei.testing.sql.evaluation import Call, Env, Expression, Row
from shinsei.testing.sql.expressions import expression
from shinsei.testing.sql.lexer import Cursor, SqlError

_NO_ALIAS = frozenset(
    {
        *("where", "on", "using", "join", "left", "cross", "group", "order", "limit", "fetch", "for", "set", "union"),
        *("values", "select", "returning", "overriding", "default"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One of them."""

    alias: str
    rows: Callable[[Call, Env], Iterable[Row]]
    columns: Callable[[Call], Iterable[str]]
    """For the row of nulls of a LEFT JOIN."""
    table: str | None = None
    """Its table, if it is one: its rows can be locked."""
    depends: bool = False
    """Whether its rows depend on those before it (LATERAL)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """How a source is joined to those before it."""

    source: Source
    on: Expression | None = None
    using: Sequence[str] = ()
    keeps_left: bool = False


def sources(at: Cursor) -> list[Join]:
    """What follows FROM or USING."""
    joins = [Join(source=source(at))]
    while True:
        if at.take(",") or at.take("cross", "join"):
            joins.append(Join(source=source(at)))
        elif at.take("join"):
            joins.append(_conditional(at, keeps_left=False))
        elif at.take("left", "join"):
            joins.append(_conditional(at, keeps_left=True))
        else:
            return joins


def _conditional(at: Cursor, *, keeps_left: bool) -> Join:
    joined = source(at)
    if at.take("using"):
        return Join(source=joined, using=at.names(), keeps_left=keeps_left)
    at.expect("on")
    return Join(source=joined, on=expression(at), keeps_left=keeps_left)


def source(at: Cursor) -> Source:
    """One source with its name."""
    depends = at.take("lateral")
    if at.at("(", "select"):
        return _subquery(at, depends=depends)
    name = at.name()
    if at.take("("):
        return _function(at, name)
    return table(name, alias(at, name))


def table(name: str, called: str) -> Source:
    """A table, or a query of WITH of this name, which goes before it."""

    def rows(call: Call, _: Env) -> Iterable[Row]:
        return call.rows_of[name] if name in call.rows_of else call.transaction.rows(name)

    def columns(call: Call) -> Iterable[str]:
        return call.transaction.database.table(name).columns

    return Source(alias=called, rows=rows, columns=columns, table=name)


def alias(at: Cursor, otherwise: str) -> str:
    """The name that follows, if one does."""
    if at.take("as"):
        return at.name()
    if at.next.kind == "name" and at.next.text not in _NO_ALIAS:
        return at.name()
    return otherwise


def _subquery(at: Cursor, *, depends: bool) -> Source:
    from shinsei.testing.sql.queries import query  # noqa: PLC0415 - queries have sources, and these may be queries

    at.expect("(")
    inner = query(at)
    at.expect(")")
    called = alias(at, "subquery")
    return Source(alias=called, rows=inner.named_rows, columns=lambda _: inner.names, depends=depends)


def _function(at: Cursor, name: str) -> Source:
    """``unnest`` of several arrays side by side, or ``generate_series``."""
    inner = [expression(at)]
    while at.take(","):
        inner.append(expression(at))
    at.expect(")")
    numbered = at.take("with", "ordinality")
    called = alias(at, name)
    one = name == "generate_series" or len(inner) == 1
    names = at.names() if at.at("(") else [name] if one else [f"{name}_{n}" for n in range(len(inner))]
    give = _series if name == "generate_series" else _unnested
    if name not in {"generate_series", "unnest"}:
        raise SqlError(f"no function {name} gives rows")

    def rows(call: Call, env: Env) -> list[Row]:
        found = give([one(call, env) for one in inner])
        if numbered:
            found = [(*values, place) for place, values in enumerate(found, start=1)]
        return [dict(zip(names, values, strict=True)) for values in found]

    return Source(alias=called, rows=rows, columns=lambda _: names)


def _unnested(arrays: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    return list(zip(*arrays, strict=True))


def _series(bounds: Sequence[int]) -> list[tuple[Any, ...]]:
    first, last = bounds
    return [(number,) for number in range(first, last + 1)]


def joined(call: Call, env: Env, joins: Sequence[Join]) -> list[Env]:
    """The rows of all sources together, each as what is in sight of it."""
    found = [env]
    for join in joins:
        one = join.source
        fixed = None if one.depends else list(one.rows(call, env))
        found = [
            {**before, one.alias: row}
            for before in found
            for row in _matching(call, before, join, list(one.rows(call, before)) if fixed is None else fixed)
        ]
    return found


def _matching(call: Call, before: Env, join: Join, rows: Sequence[Row]) -> Sequence[Row]:
    called = join.source.alias
    if join.on is not None:
        condition = join.on
        rows = [row for row in rows if condition(call, {**before, called: row}) is True]
    elif join.using:
        last = next(reversed(before.values()))
        rows = [row for row in rows if all(row[name] == last[name] for name in join.using)]
    if not rows and join.keeps_left:
        return [dict.fromkeys(join.source.columns(call))]
    return rows
