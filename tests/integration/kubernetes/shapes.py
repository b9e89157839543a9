"""Compares a custom resource with its shape; see ``shapes.yaml`` for how a shape is written."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

SHAPES: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "shapes.yaml").read_text(encoding="utf-8"))
_TYPES: dict[str, type | tuple[type, ...]] = {"int": int, "bool": bool, "str": str, "scalar": (str, int, float, bool)}
_PATTERNS = {"quantity": r"\d+(\.\d+)?(m|[KMGT]i?)?", "duration": r"(\d+(ms|[smhdw]))+"}


def problems(value: Any, shape: Any, path: str = "spec") -> Iterator[str]:
    """What is not as the shape says."""
    if isinstance(shape, dict):
        yield from _of_mapping(value, shape, path)
    elif isinstance(shape, list):
        if not isinstance(value, list) or not value:
            yield f"{path} is no list with something in it"
        else:
            for number, each in enumerate(value):
                yield from problems(each, shape[0], f"{path}.{number}")
    elif shape in _TYPES:
        if not isinstance(value, _TYPES[shape]) or (shape == "int" and isinstance(value, bool)):
            yield f"{path} is no {shape}"
    elif shape in _PATTERNS:
        if not isinstance(value, str) or not re.fullmatch(_PATTERNS[shape], value):
            yield f"{path} is no {shape}"
    elif value not in shape.split("|"):
        yield f"{path} is none of {shape}"


def _of_mapping(value: Any, shape: dict[str, Any], path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path} is no mapping"
        return
    known = {name.removesuffix("!"): inner for name, inner in shape.items()}
    yield from (f"{path}.{name} is not known" for name in value if name not in known and "*" not in known)
    yield from (f"{path}.{name[:-1]} is missing" for name in shape if name.endswith("!") and name[:-1] not in value)
    for name, inner in value.items():
        if name in known or "*" in known:
            yield from problems(inner, known.get(name, known.get("*")), f"{path}.{name}")
