"""SELECT: from sources to rows, with groups, order, limits and locks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from shinsei.testing.sql.evaluation import Call, Env, Expression, Row, argument
from shinsei.testing.sql.expressions import expression
from shinsei.testing.sql.lexer import Cursor
from shinsei.testing.sql.locks import Mode
from shinsei.testing.sql.sources import Join, joined, sources


@dataclass(frozen=True, slots=True)
class Item:
    """A column of the answer; without an expression, all columns of one source or of all."""

    name: str
    value: Expression | None
    of: str | None = None
    """The source whose columns are meant."""


@dataclass(frozen=True, slots=True)
class Order:
    """One key of the order."""

    value: Expression | int
    """An expression, or the place of a column."""
    descends: bool


@dataclass(slots=True, kw_only=True)
class Query:
    """A SELECT that has been read."""

    items: list[Item]
    joins: list[Join] = field(default_factory=list)
    where: Expression | None = None
    groups: list[Expression | int] = field(default_factory=list)
    grouped: bool = False
    order: list[Order] = field(default_factory=list)
    limit: Expression | None = None
    with_ties: bool = False
    lock: Mode | None = None
    also: "Query | None" = None
    """The other side of a UNION."""
    keeps_equal: bool = False
    """Whether it is a UNION ALL."""

    @property
    def names(self) -> list[str]:
        """Names of its columns, where they can be told without its rows."""
        return [item.name for item in self.items]

    def rows(self, call: Call, env: Env) -> list[list[Any]]:
        """Its answer, as values."""
        return [values for _, values in self.answer(call, env)]

    def named_rows(self, call: Call, env: Env) -> list[Row]:
        """The same by name."""
        return [dict(zip(names, values, strict=True)) for names, values in self.answer(call, env)]

    def answer(self, call: Call, env: Env) -> list[tuple[list[str], list[Any]]]:
        """Names and values of every row."""
        envs = joined(call, env, self.joins)
        if self.where is not None:
            where = self.where
            envs = [one for one in envs if where(call, one) is True]
        self._lock(call, envs)
        found = self._grouped(call, env, envs) if self.grouped else [(one, self._values(call, one)) for one in envs]
        found = self._ordered(call, found)
        answer = [row for _, row in self._limited(call, env, found)]
        if self.also is not None:
            answer += self.also.answer(call, env)
            answer = answer if self.keeps_equal else _distinct(answer)
        return answer

    def _values(self, call: Call, env: Env) -> tuple[list[str], list[Any]]:
        names, values = [], []
        for item in self.items:
            if item.value is not None:
                names.append(item.name)
                values.append(item.value(call, env))
                continue
            for join in self.joins:
                if item.of in {None, join.source.alias}:
                    row = env[join.source.alias]
                    names += row.keys()
                    values += row.values()
        return names, values

    def _grouped(self, call: Call, outer: Env, envs: Sequence[Env]) -> list[tuple[Env, tuple[list[str], list[Any]]]]:
        keys = [self.items[one - 1].value if isinstance(one, int) else one for one in self.groups]
        groups: dict[tuple[Any, ...], list[Env]] = {} if keys else {(): []}
        for env in envs:
            groups.setdefault(tuple(key(call, env) for key in keys if key is not None), []).append(env)
        found = []
        before = call.group
        for members in groups.values():
            call.group = members
            first = members[0] if members else outer
            found.append((first, self._values(call, first)))
        call.group = before
        return found

    def _ordered(
        self, call: Call, found: list[tuple[Env, tuple[list[str], list[Any]]]]
    ) -> list[tuple[Env, tuple[list[str], list[Any]]]]:
        for order in reversed(self.order):
            found = sorted(found, key=partial(_key, call, order), reverse=order.descends)
        return found

    def _limited(
        self, call: Call, env: Env, found: list[tuple[Env, tuple[list[str], list[Any]]]]
    ) -> list[tuple[Env, tuple[list[str], list[Any]]]]:
        if self.limit is None:
            return found
        count = self.limit(call, env)
        kept = found[:count]
        if self.with_ties and kept:
            last = [_key(call, order, kept[-1]) for order in self.order]
            for row in found[count:]:
                if [_key(call, order, row) for order in self.order] != last:
                    break
                kept.append(row)
        return kept

    def _lock(self, call: Call, envs: Iterable[Env]) -> None:
        if self.lock is None:
            return
        for env in envs:
            for join in self.joins:
                if join.source.table is not None:
                    call.transaction.lock_row(join.source.table, env[join.source.alias], self.lock)


def _key(call: Call, order: Order, row: tuple[Env, tuple[list[str], list[Any]]]) -> tuple[bool, Any]:
    env, (_, values) = row
    value = values[order.value - 1] if isinstance(order.value, int) else order.value(call, env)
    return (value is None, value)


def _distinct(rows: Iterable[tuple[list[str], list[Any]]]) -> list[tuple[list[str], list[Any]]]:
    names: list[str] = []
    found: dict[tuple[Any, ...], tuple[list[str], list[Any]]] = {}
    for row_names, values in rows:
        names = names or row_names
        found.setdefault(tuple(values), (names, values))
    return list(found.values())


def query(at: Cursor) -> Query:
    """Reads a SELECT."""
    at.expect("select")
    at.aggregates = False
    found = Query(items=items(at))
    found.grouped = at.aggregates
    if at.take("from"):
        found.joins = sources(at)
    if at.take("where"):
        found.where = expression(at)
    if at.take("group", "by"):
        found.grouped = True
        found.groups = [_key_or_place(at)]
        while at.take(","):
            found.groups.append(_key_or_place(at))
    if at.take("union"):
        found.keeps_equal = at.take("all")
        found.also = query(at)
        return found
    _ending(at, found)
    return found


def _ending(at: Cursor, found: Query) -> None:
    if at.take("order", "by"):
        found.order = [_order(at)]
        while at.take(","):
            found.order.append(_order(at))
    if at.take("limit"):
        found.limit = expression(at)
    if at.take("fetch", "first"):
        found.limit = argument(int(at.step().text))
        at.expect("rows")
        found.with_ties = at.take("with", "ties")
        if not found.with_ties:
            at.expect("only")
    if at.take("for"):
        found.lock = Mode.UPDATE if at.take("update") else Mode.SHARE
        if found.lock is Mode.SHARE:
            at.expect("share")
        if at.take("of"):
            wanted = at.name()
            found.joins = [_unlocked(join) if join.source.alias != wanted else join for join in found.joins]


def _unlocked(join: Join) -> Join:
    return replace(join, source=replace(join.source, table=None))


def items(at: Cursor) -> list[Item]:
    """Reads the columns of an answer; there may be none."""
    if at.at("from"):
        return []
    found = [_item(at)]
    while at.take(","):
        found.append(_item(at))
    return found


def returned(call: Call, wanted: Sequence[Item], env: Env) -> tuple[list[str], list[Any]]:
    """Names and values of one row of a RETURNING."""
    named = [(item.name, item.value(call, env)) for item in wanted if item.value is not None]
    return [name for name, _ in named], [value for _, value in named]


def _item(at: Cursor) -> Item:
    if at.take("*"):
        return Item("*", None)
    if at.after().text == "." and at.after(2).text == "*":
        of = at.name()
        at.expect(".", "*")
        return Item("*", None, of)
    at.hint = None
    value = expression(at)
    name = at.name() if at.take("as") else at.hint
    return Item(name or "?column?", value)


def _key_or_place(at: Cursor) -> Expression | int:
    if at.next.kind == "number":
        return int(at.step().text)
    return expression(at)


def _order(at: Cursor) -> Order:
    value = _key_or_place(at)
    descends = at.take("desc")
    if not descends:
        at.take("asc")
    return Order(value, descends)
