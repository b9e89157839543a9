"""What is wrong with a scenario, in one line: file, key path, problem and, for a misspelling, the likely key."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shinsei.domain.errors import InvalidInputError

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
    """The keys that the table at ``loc`` may have."""
    model: type[BaseModel] | None = root
    for part in loc:
        if model is None or isinstance(part, int):
            continue
        field = _fields(model).get(part)
        model = None if field is None else _model_in(field)
    return tuple(_fields(model)) if model is not None else ()


def _urgency(kind: str) -> int:
    return {"extra_forbidden": 0, "missing": 2}.get(kind, 1)


def _problem(root: type[BaseModel], error: ErrorDetails) -> str:
    kind, given = error["type"], error["input"]
    if kind == "extra_forbidden":
        return f"unknown key, {did_you_mean(str(error['loc'][-1]), keys_at(root, error['loc'][:-1]))}"
    if kind == "missing":
        return "is missing"
    if kind == "value_error":
        return str(error.get("ctx", {}).get("error", error["msg"]))
    if kind in ("greater_than_equal", "greater_than"):
        limit = error.get("ctx", {}).get("ge", error.get("ctx", {}).get("gt"))
        word = "at least" if kind == "greater_than_equal" else "more than"
        return f"must be {word} {limit}, not {given}"
    if kind in ("less_than_equal", "less_than"):
        return f"must be at most {error.get('ctx', {}).get('le', error.get('ctx', {}).get('lt'))}, not {given}"
    if kind in ("enum", "literal_error"):
        return f"{given!r} is not possible; it may be {error.get('ctx', {}).get('expected', 'another value')}"
    if kind in _MESSAGES:
        return f"{_MESSAGES[kind]}, not {given!r}"
    return f"{error['msg'][:1].lower()}{error['msg'][1:]}"


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    return {info.alias or name: info.annotation for name, info in model.model_fields.items()}


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - an annotation is any object
    """The table class in an annotation: itself, the other side of ``| None``, or the values of a dict."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (Union, UnionType, dict, tuple):
        return next((model for model in map(_model_in, get_args(annotation)) if model is not None), None)
    return None
