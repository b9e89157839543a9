"""How an expression is evaluated: closures over a call and the rows that are in sight, with SQL's third truth value."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shinsei.testing.sql.transactions import Transaction

Row = Mapping[str, Any]
Env = dict[str, Row]
"""Rows in sight by the names of their tables, outer ones first."""


@dataclass(slots=True)
class Call:
    """One execution of a statement."""

    transaction: "Transaction"
    arguments: Sequence[Any]
    rows_of: dict[str, list[Row]] = field(default_factory=dict)
    """What the queries of its WITH have found, by their names."""
    group: Sequence[Env] = ()
    """Rows over which an aggregate goes."""


Expression = Callable[[Call, Env], Any]


def column(name: str) -> Expression:
    """A column by its bare name: of the innermost table that has it."""

    def look(_: Call, env: Env) -> Any:
        for row in reversed(env.values()):
            if name in row:
                return row[name]
        raise KeyError(f"no column {name} in sight of {list(env)}")

    return look


def qualified(table: str, name: str) -> Expression:
    """A column of a named table."""
    return lambda _, env: env[table][name]


def constant(value: Any) -> Expression:
    """A value."""
    return lambda _, __: value


def argument(place: int) -> Expression:
    """The n-th argument, counted from 1."""
    return lambda call, _: call.arguments[place - 1]


def both(left: Expression, right: Expression) -> Expression:
    """AND."""

    def judge(call: Call, env: Env) -> bool | None:
        first = left(call, env)
        if first is False:
            return False
        second = right(call, env)
        if second is False:
            return False
        return None if first is None or second is None else True

    return judge


def either(left: Expression, right: Expression) -> Expression:
    """OR."""

    def judge(call: Call, env: Env) -> bool | None:
        first = left(call, env)
        if first is True:
            return True
        second = right(call, env)
        if second is True:
            return True
        return None if first is None or second is None else False

    return judge


def negated(inner: Expression) -> Expression:
    """NOT."""

    def judge(call: Call, env: Env) -> bool | None:
        found = inner(call, env)
        return None if found is None else not found

    return judge


def strict(apply: Callable[[Any, Any], Any], left: Expression, right: Expression) -> Expression:
    """An operator that knows nothing where one side is unknown."""

    def calculate(call: Call, env: Env) -> Any:
        first, second = left(call, env), right(call, env)
        return None if first is None or second is None else apply(first, second)

    return calculate
