"""Writes a scenario that extends another one as one text, complete in itself, with the marks of its numbers.

Results keep it: what was run can be repeated from their folder alone, whatever becomes of the other file.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date, time

from shinsei.scenario.marks import Mark

_Table = Mapping[str, object]


def inlined(data: _Table, marks: Mapping[str, Mark]) -> str:
    """A TOML text with these tables, and with each mark beside its value."""
    return "\n".join(_table(data, "", "", marks)).lstrip("\n") + "\n"


def _table(table: _Table, name: str, path: str, marks: Mapping[str, Mark]) -> Iterator[str]:
    """The values of a table, then the tables within it; ``path`` numbers the tables of an array."""
    inner = {key: value for key, value in table.items() if _is_table(value) or _is_array_of_tables(value)}
    for key, value in table.items():
        if key not in inner:
            yield f"{_key(key)} = {_value(value)}{_comment(f'{path}{key}', marks)}"
    for key, value in inner.items():
        full = f"{name}{_key(key)}"
        if isinstance(value, list):
            for n, each in enumerate(value):
                yield from ("", f"[[{full}]]")
                yield from _table(each, f"{full}.", f"{path}{key}[{n}].", marks)
        elif isinstance(value, Mapping):
            yield from ("", f"[{full}]")
            yield from _table(value, f"{full}.", f"{path}{key}.", marks)


def _is_table(value: object) -> bool:
    """A distribution stays in one line, as people write it."""
    return isinstance(value, Mapping) and "mean" not in value


def _is_array_of_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def _comment(path: str, marks: Mapping[str, Mark]) -> str:
    mark = marks.get(path)
    return f"  # [{mark.mark}] {mark.source}".rstrip() if mark and mark.mark else ""


def _key(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() and key.isascii() else _text(key)


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value)
        case date() | time():
            return value.isoformat()
        case list():
            return f"[{', '.join(_value(item) for item in value)}]"
        case Mapping():
            return "{ " + ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items()) + " }"
        case _:
            return repr(value)


def _text(text: str) -> str:
    """JSON's escapes are TOML's, except that TOML has none for DEL and JSON leaves it as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
