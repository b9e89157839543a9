"""Parsing expressions to closures, from the weakest operator down."""

import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from shinsei.testing.sql import evaluation as made
from shinsei.testing.sql.evaluation import Call, Env, Expression
from shinsei.testing.sql.functions import EFFECTS, GROUPS, VALUES, aggregate, function
from shinsei.testing.sql.lexer import Cursor, SqlError

_COMPARED: Final[Mapping[str, Callable[[Any, Any], Any]]] = MappingProxyType(
    {
        "=": operator.eq,
        "<>": operator.ne,
        "!=": operator.ne,
        "<": operator.lt,
        "<=": operator.le,
        ">": operator.gt,
        ">=": operator.ge,
    }
)
_ADDED: Final[Mapping[str, Callable[[Any, Any], Any]]] = MappingProxyType(
    {"+": operator.add, "-": operator.sub, "||": operator.add}
)
_MULTIPLIED: Final[Mapping[str, Callable[[Any, Any], Any]]] = MappingProxyType(
    {"*": operator.mul, "/": operator.floordiv, "%": operator.mod}
)
_LITERALS: Final[Mapping[str, Callable[[str], Expression]]] = MappingProxyType(
    {
        "number": lambda text: made.constant(float(text) if "." in text else int(text)),
        "text": lambda text: made.constant(text.replace("''", "'")),
        "param": lambda text: made.argument(int(text)),
    }
)
_WORDS: Final = MappingProxyType({"true": True, "false": False, "null": None})


def expression(at: Cursor) -> Expression:
    """An expression, up to where none can go on."""
    found = _conjunction(at)
    while at.take("or"):
        found = made.either(found, _conjunction(at))
    return found


def _conjunction(at: Cursor) -> Expression:
    found = _negation(at)
    while at.take("and"):
        found = made.both(found, _negation(at))
    return found


def _negation(at: Cursor) -> Expression:
    return made.negated(_negation(at)) if at.take("not") else _comparison(at)


def _comparison(at: Cursor) -> Expression:
    found = _sum(at)
    while True:
        if at.next.kind == "sign" and at.next.text in _COMPARED:
            apply = _COMPARED[at.step().text]
            found = _any(at, found) if at.take("any") else made.strict(apply, found, _sum(at))
        elif at.take("is"):
            found = _is(at, found)
        elif at.take("in"):
            found = _contained(at, found)
        elif at.take("not", "in"):
            found = made.negated(_contained(at, found))
        else:
            return found


def _is(at: Cursor, left: Expression) -> Expression:
    is_not = at.take("not")
    if at.take("null"):
        return lambda call, env: (left(call, env) is None) is not is_not
    at.expect("distinct", "from")
    right = _sum(at)
    return lambda call, env: (left(call, env) != right(call, env)) is not is_not


def _any(at: Cursor, left: Expression) -> Expression:
    at.expect("(")
    right = expression(at)
    at.expect(")")
    return made.strict(lambda value, several: value in several, left, right)


def _contained(at: Cursor, left: Expression) -> Expression:
    at.expect("(")
    if at.at("select"):
        inner = _rows(at)

        def judge(call: Call, env: Env) -> bool:
            wanted = left(call, env)
            rows = inner(call, env)
            return any(row == wanted if isinstance(wanted, tuple) else row[0] == wanted for row in rows)

        return judge
    several = [expression(at)]
    while at.take(","):
        several.append(expression(at))
    at.expect(")")
    return lambda call, env: left(call, env) in [one(call, env) for one in several]


def _rows(at: Cursor) -> Callable[[Call, Env], list[tuple[Any, ...]]]:
    """A query in parentheses, the first of which has been taken."""
    from shinsei.testing.sql.queries import query  # noqa: PLC0415 - queries are made of expressions, and these of queries

    hint, aggregates = at.hint, at.aggregates
    inner = query(at)
    at.hint, at.aggregates = hint, aggregates
    at.expect(")")
    return lambda call, env: [tuple(row) for row in inner.rows(call, env)]


def _sum(at: Cursor) -> Expression:
    found = _product(at)
    while at.next.kind == "sign" and at.next.text in _ADDED:
        found = made.strict(_ADDED[at.step().text], found, _product(at))
    return found


def _product(at: Cursor) -> Expression:
    found = _cast(at)
    while at.next.kind == "sign" and at.next.text in _MULTIPLIED:
        found = made.strict(_MULTIPLIED[at.step().text], found, _cast(at))
    return found


def _cast(at: Cursor) -> Expression:
    """Values have Python's types, so a cast changes none."""
    found = _primary(at)
    while at.take("::"):
        at.name()
        while at.take("["):
            at.expect("]")
    return found


def _primary(at: Cursor) -> Expression:
    if at.take("("):
        return _parenthesis(at)
    if at.take("-"):
        inner = _primary(at)
        return lambda call, env: -inner(call, env)
    if at.take("case"):
        return _case(at)
    if at.at("array", "(") or at.at("exists", "("):
        return _of_rows(at)
    token = at.step()
    if token.kind in {"name", "quoted"}:
        return _named(at, token.text)
    if token.kind not in _LITERALS:
        raise SqlError(f"{token.text!r} begins no expression")
    return _LITERALS[token.kind](token.text)


def _of_rows(at: Cursor) -> Expression:
    """ARRAY(query) or EXISTS(query)."""
    at.hint = at.name()
    at.expect("(")
    is_array, rows = at.hint == "array", _rows(at)
    return lambda call, env: [row[0] for row in rows(call, env)] if is_array else bool(rows(call, env))


def _parenthesis(at: Cursor) -> Expression:
    if at.at("select"):
        rows = _rows(at)
        return lambda call, env: next((row[0] for row in rows(call, env)), None)
    several = [expression(at)]
    while at.take(","):
        several.append(expression(at))
    at.expect(")")
    if len(several) == 1:
        return several[0]
    return lambda call, env: tuple(one(call, env) for one in several)


def _case(at: Cursor) -> Expression:
    branches = []
    while at.take("when"):
        condition = expression(at)
        at.expect("then")
        branches.append((condition, expression(at)))
    otherwise = expression(at) if at.take("else") else made.constant(None)
    at.expect("end")
    at.hint = "case"

    def choose(call: Call, env: Env) -> Any:
        for condition, value in branches:
            if condition(call, env) is True:
                return value(call, env)
        return otherwise(call, env)

    return choose


def _named(at: Cursor, name: str) -> Expression:
    if name in _WORDS:
        return made.constant(_WORDS[name])
    if at.take("("):
        at.hint = name
        return _call(at, name)
    if at.take("."):
        at.hint = at.name()
        return made.qualified(name, at.hint)
    at.hint = name
    return made.column(name)


def _call(at: Cursor, name: str) -> Expression:
    if name in GROUPS:
        inner = None if at.take("*") else expression(at)
        at.expect(")")
        at.aggregates, at.hint = True, name
        return aggregate(name, inner)
    if name not in VALUES and name not in EFFECTS:
        raise SqlError(f"there is no function {name}")
    several: list[Expression] = []
    while not at.take(")"):
        several.append(expression(at))
        at.take(",")
    at.hint = name
    return function(name, several)
