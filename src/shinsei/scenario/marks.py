"""Where each number, switch and choice of a scenario comes from, read from the comments beside it.

A scenario is TOML; the comment on a value's line is ``# [mark] source``. Marks are those of the model page:
F (a published sentence), SRC (the source document), M (from memory), D (derived), A (an assumption), C (calibrated:
fitted to the city's own records). A value of several lines takes the comment of the line on which it begins; an inline
table's mark covers all in it. The tables of an array are numbered from 0.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache

from shinsei.scenario.quantities import is_time_of_day, split_duration

_HEADER = re.compile(r"^\s*\[\[?\s*([^\[\]]+?)\s*\]?\]\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-.\"']+)\s*=")
_MARK = re.compile(r"#\s*\[\s*((?:SRC|[FMDAC])\b[^\]]*)\]\s*(.*)$")

_UNITS = (
    (re.compile(r"(^|_)shares?(_|$)|^p_|^found_by_|_varies$"), "share"),
    (re.compile(r"(^|_)rate(_|$)|^(defects\.by_procedure|office\.p_rule_overlooked)\."), "share"),
    (re.compile(r"^(closed_days|ui_changes|dates)$"), "date"),
    (re.compile(r"_yen$|^yen_"), "yen"),
    (re.compile(r"_mbps$"), "Mbit/s"),
    (re.compile(r"_mb$"), "MB"),
    (re.compile(r"_kb$"), "KB"),
    (re.compile(r"_days$"), "days"),
    (re.compile(r"_years$"), "years"),
    (re.compile(r"_fiscal_year$"), "fiscal year"),
    (re.compile(r"_per_h$"), "per hour"),
    (re.compile(r"_per_year$"), "per year"),
    (re.compile(r"^advice\.volumes\."), "cases per year"),
    (re.compile(r"background_volumes\."), "per 100,000 people and year"),
    (
        re.compile(r"(^|\.)(population|clerks)$|^rank_size\.(largest|smallest)$|\.(from_people|people_per_\w+)$"),
        "people",
    ),
    (re.compile(r"\]\.methods\.[A-Z_]+$"), "share"),
    (re.compile(r"_per_clerk$"), "per clerk"),
    (re.compile(r"(^|\.)cv$"), "of the mean"),
    (re.compile(r"^((start_)?pace|limit)$"), "of a clerk's pace"),
)


_SEPARATED_FROM = 10_000
_TOO_LONG = 1e15
"""From here on a float is written with its exponent."""
_TEXTS = re.compile(r"^report\.|(^|\.)(name|name_ja|kind)$")
"""What is said to people; no run reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A mark with its source."""

    mark: str
    """F, SRC, M, D, A or C, possibly followed by what it rests on; "set" for an override."""
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One number, switch or choice of a scenario with its unit, mark and source."""

    path: str
    """Dotted path, as ``--set`` takes it."""
    value: str
    unit: str
    """Of a number; "switch" of true and false, "choice" of words."""
    mark: str
    """Empty where the file has none."""
    source: str


def read_marks(text: str) -> dict[str, Mark]:
    """Marks by dotted path, from the comments of a TOML text."""
    marks: dict[str, Mark] = {}
    arrays: Counter[str] = Counter()
    table = ""
    depth = 0
    for line in text.splitlines():
        code, comment = _split_comment(line)
        if depth == 0:
            header = _HEADER.match(code)
            key = _KEY.match(code)
            if header:
                table = _unquoted(header[1])
                if code.lstrip().startswith("[["):
                    arrays[table] += 1
                    table = f"{table}[{arrays[table] - 1}]"
                else:
                    table = _numbered(table, arrays)
            elif key:
                found = _MARK.match(comment)
                if found:
                    path = ".".join(part for part in (table, _unquoted(key[1])) if part)
                    marks[path] = _mark(found[1], found[2])
                depth += _brackets(code.partition("=")[2])
        else:
            depth += _brackets(code)
    return marks


def parameters(data: Mapping[str, object], marks: Mapping[str, Mark]) -> tuple[Parameter, ...]:
    """Everything that a scenario sets but texts, in the order of the file, with its mark."""
    found: list[Parameter] = []
    for path, value in _leaves(data, ""):
        if not _TEXTS.search(path):
            mark, (shown, unit) = _nearest(path, marks), _quantity(path, value)
            found.append(Parameter(path=path, value=shown, unit=unit, mark=mark.mark, source=mark.source))
    return tuple(found)


def _split_comment(line: str) -> tuple[str, str]:
    """Code and comment of a line; a ``#`` within quotes is no comment."""
    quote = ""
    for index, character in enumerate(line):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character == "#":
            return line[:index], line[index:]
    return line, ""


def _numbered(table: str, arrays: Mapping[str, int]) -> str:
    """A table within one of an array's: of the last one before it."""
    for name, count in arrays.items():
        if table.startswith(f"{name}."):
            return f"{name}[{count - 1}]{table[len(name) :]}"
    return table


def _brackets(code: str) -> int:
    """Opened minus closed brackets of an array."""
    bare = re.sub(r"\"[^\"]*\"|'[^']*'", "", code)
    return bare.count("[") - bare.count("]")


def _unquoted(key: str) -> str:
    return key.replace('"', "").replace("'", "").replace(" ", "")


def _mark(bracket: str, rest: str) -> Mark:
    mark, _, inside = bracket.partition(":")
    source = "; ".join(part for part in (inside.strip(), rest.strip()) if part)
    return Mark(mark=mark.strip(), source=source)


def _leaves(value: object, path: str) -> Iterator[tuple[str, object]]:
    """Paths and values; an array of plain values is one leaf, an array of tables is walked."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for n, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{n}]")
    else:
        yield path, value


def _quantity(path: str, value: object) -> tuple[str, str]:
    """Value and unit."""
    match value:
        case bool():
            return ("true" if value else "false"), "switch"
        case str():
            return split_duration(value) or (value, _kind_of_word(path, value))
        case list():
            inner = [_quantity(path, item) for item in value]
            return (", ".join(item[0] for item in inner), inner[0][1]) if inner else ("none", _unit(path) or "choice")
        case date() | time():
            return str(value), "date" if isinstance(value, date) else "time of day"
        case _:
            return _number(value), _unit(path)


def _kind_of_word(path: str, word: str) -> str:
    if is_time_of_day(word):
        return "time of day"
    return "code" if path.endswith(".code") else "choice"


def _number(value: object) -> str:
    """A number for people: thousands separated from five digits on, no needless decimals."""
    if isinstance(value, float) and (not value.is_integer() or abs(value) >= _TOO_LONG):
        return f"{value:g}"
    whole = int(str(value).removesuffix(".0"))
    return f"{whole:,}" if abs(whole) >= _SEPARATED_FROM else str(whole)


@lru_cache(maxsize=1024)
def _unit(path: str) -> str:
    last = path.rpartition(".")[2]
    return next((unit for pattern, unit in _UNITS if pattern.search(last) or pattern.search(path)), "")


def _nearest(path: str, marks: Mapping[str, Mark]) -> Mark:
    """The mark of the value itself or of the inline table around it."""
    while path:
        if path in marks:
            return marks[path]
        path = path.rpartition(".")[0]
    return Mark(mark="", source="")
