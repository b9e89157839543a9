"""What is wrong with a scenario, in one line: file, key path, problem and, for a misspelling, the likely key."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from enum import StrEnum
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shinsei.domain.catalogue import PROCEDURES
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.simtime import MINUTE_MS
from shinsei.scenario.quantities import EXAMINED, Examined, ProcedureNumber

_MESSAGES: Mapping[str, str] = {
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "string_type": "must be a text in quotes",
    "model_type": "must be a table",
    "dict_type": "must be a table",
    "tuple_type": "must be a list",
}

_LIMITS: Mapping[str, tuple[str, str]] = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}


def translated(where: str, root: type[BaseModel], error: ValidationError) -> InvalidInputError:
    """The first problem of a validation as one line; misspelt keys come before missing ones."""
    details = error.errors(include_url=False)
    first = min(details, key=lambda item: _urgency(item["type"]))
    path = dotted(first["loc"])
    more = f" (and {len(details) - 1} more)" if len(details) > 1 else ""
    return InvalidInputError(f"{where}: {path}" if path else where, _problem(root, first) + more)


def dotted(loc: Sequence[int | str]) -> str:
    """A location as a dotted path."""
    path = ""
    for part in loc:
        if isinstance(part, int):
            path += f"[{part}]"
        elif part != "[key]":
            path += f".{part}" if path else part
    return path


def did_you_mean(key: str, known: Sequence[str]) -> str:
    """A hint at the nearest known key, or the keys there are."""
    near = get_close_matches(key, known, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"known keys: {', '.join(sorted(known))}" if known else "no key is expected here"


def keys_at(root: type[BaseModel], loc: Sequence[int | str]) -> tuple[str, ...]:
    """The keys that the table at ``loc`` may have; empty where it may have any or none."""
    annotation: Any = root
    for part in loc:
        annotation = _inside(_unwrapped(annotation), part)
    annotation = _unwrapped(annotation)
    if _is_model(annotation):
        return tuple(_fields(annotation))
    if get_origin(annotation) is dict:
        key = get_args(annotation)[0]
        if key == ProcedureNumber:
            return tuple(item.key for item in PROCEDURES)
        if key == Examined:
            return EXAMINED
        if isinstance(key, type) and issubclass(key, StrEnum):
            return tuple(str(item) for item in key)
    return ()


def _urgency(kind: str) -> int:
    return {"extra_forbidden": 0, "missing": 2}.get(kind, 1)


def _problem(root: type[BaseModel], error: ErrorDetails) -> str:
    kind, given, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return f"unknown key, {did_you_mean(str(error['loc'][-1]), keys_at(root, error['loc'][:-1]))}"
    if kind in _LIMITS:
        key, words = _LIMITS[kind]
        return f"must be {words} {_limit(context.get(key, 0), given)}, not {given}"
    if kind in ("enum", "literal_error"):
        return f"{given!r} is not possible; it may be {context.get('expected')}"
    if kind in _MESSAGES:
        return f"{_MESSAGES[kind]}, not {given!r}"
    texts = {"missing": "is missing", "value_error": str(context.get("error", ""))}
    return texts.get(kind, f"{error['msg'][:1].lower()}{error['msg'][1:]}")


def _limit(limit: float, given: object) -> str:
    """A bound in the unit in which people wrote the value: durations are texts, and milliseconds inside."""
    if limit and isinstance(given, str):
        return f"{limit / MINUTE_MS:g} min"
    return f"{int(limit) if limit == int(limit) else limit}"


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    return {info.alias or name: info.annotation for name, info in model.model_fields.items()}


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _unwrapped(annotation: Any) -> Any:
    """The table class of an optional table."""
    if get_origin(annotation) in (Union, UnionType):
        return next((inner for inner in get_args(annotation) if _is_model(inner)), annotation)
    return annotation


def _inside(annotation: Any, part: int | str) -> Any:
    """The annotation of what a table, mapping or list holds at ``part``; None where nothing is known."""
    if _is_model(annotation):
        return _fields(annotation).get(str(part))
    origin = get_origin(annotation)
    if origin is dict:
        return get_args(annotation)[1]
    return get_args(annotation)[0] if origin is tuple else None
