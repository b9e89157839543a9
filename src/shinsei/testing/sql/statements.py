"""Statements: text that is read once and run as often as it comes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType
from typing import Any

from shinsei.testing.sql.changes import Alteration, Done, Insertion, change
from shinsei.testing.sql.definitions import Definition, alter, create
from shinsei.testing.sql.evaluation import Call, Row
from shinsei.testing.sql.lexer import Cursor, SqlError
from shinsei.testing.sql.queries import Query, query


class Answer(dict[Any, Any]):
    """A row as a client gets it: by name or by place."""

    def __missing__(self, key: object) -> Any:
        if isinstance(key, int):
            return tuple(self.values())[key]
        raise KeyError(key)


@dataclass(slots=True, kw_only=True)
class Statement:
    """One statement, with the queries of its WITH before it."""

    verb: str
    before: list[tuple[str, "Query | Insertion | Alteration"]] = field(default_factory=list)
    recursive: bool = False
    """Whether the queries before it may name themselves."""
    main: "Query | Insertion | Alteration | Definition | None" = None

    def run(self, call: Call) -> tuple[str, list[Answer]]:
        """Its status and its rows."""
        if callable(self.main):
            self.main(call.transaction.database)
            return self.verb, []
        if self.main is None:
            call.transaction.take_snapshot()
            return self.verb, []
        for name, one in self.before:
            if self.recursive and isinstance(one, Query) and one.also is not None and one.keeps_equal:
                call.rows_of[name] = _repeated(call, name, one, one.also)
            else:
                call.rows_of[name] = [
                    dict(zip(names, values, strict=True)) for names, values in _done(call, one).answer
                ]
        done = _done(call, self.main)
        return f"{self.verb} {done.count}", [Answer(zip(names, values, strict=True)) for names, values in done.answer]


def _done(call: Call, one: "Query | Insertion | Alteration") -> Done:
    if isinstance(one, Query):
        answer = one.answer(call, {})
        return Done(count=len(answer), answer=answer)
    return one.run(call)


def _repeated(call: Call, name: str, one: Query, again: Query) -> list[Row]:
    """Rows of a query that names itself: its other side goes on from the rows that were found last."""
    last = replace(one, also=None).named_rows(call, {})
    found = list(last)
    while last:
        call.rows_of[name] = last
        last = [dict(zip(one.names, values, strict=True)) for values in again.rows(call, {})]
        found += last
    return found


@cache
def statements(sql: str) -> tuple[Statement, ...]:
    """The statements of a text."""
    at = Cursor(sql)
    found = []
    while at.next.kind != "end":
        if not at.take(";"):
            found.append(_statement(at))
    return tuple(found)


def _statement(at: Cursor) -> Statement:
    verb = at.next.text
    if verb in _DEFINITIONS:
        return Statement(verb=verb.upper(), main=_DEFINITIONS[verb](at))
    if at.take("set", "transaction", "isolation", "level", "repeatable", "read"):
        if at.take(","):
            at.expect("read", "only")
        return Statement(verb="SET")
    before: list[tuple[str, Query | Insertion | Alteration]] = []
    recursive = False
    if at.take("with"):
        recursive = at.take("recursive")
        before.append(_named(at))
        while at.take(","):
            before.append(_named(at))
    main = _part(at)
    if at.next.text not in {";", ""}:
        raise SqlError(f"{at.next.text!r} is behind the end of a statement")
    return Statement(verb=verb.upper(), before=before, recursive=recursive, main=main)


def _named(at: Cursor) -> tuple[str, Query | Insertion | Alteration]:
    name = at.name()
    at.expect("as", "(")
    part = _part(at)
    at.expect(")")
    return name, part


def _part(at: Cursor) -> Query | Insertion | Alteration:
    return query(at) if at.at("select") else change(at)


_DEFINITIONS: Mapping[str, Callable[[Cursor], Definition]] = MappingProxyType({"create": create, "alter": alter})
