"""Fuzzing by Hypothesis for as long as is wanted: seconds in every run, minutes by ``make fuzz MINUTES=…``."""

import os
import sys
from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

SECONDS = "SHINSEI_FUZZ_S"
"""Seconds for each of the targets, instead of what the test asks for."""
_EXAMPLES = 200
LONG_S = float(os.environ.get(SECONDS, "0"))  # noqa: TID251 - how long a person wants to wait
within_limits = pytest.mark.timeout(120 + LONG_S)
_DEPTH = 3

NASTY_TEXT = (
    "",
    "\0",
    "\u202e",
    "\ufeff",
    "../..",
    "1" * 5_000,
    "９９",
    "-1",
    "NaN",
    "482013",
    "482013-",
    "{}",
    "'; --",
)
NASTY_INTEGERS = (0, 1, -1, 2**31 - 1, -(2**31), 2**63 - 1, -(2**63), 10**15)


def fuzz(name: str, strategy: st.SearchStrategy[Any], check: Callable[[Any], None], seconds: float) -> int:
    """Checks examples until the time is up, each round with another seed; returns how many.

    A failing one is made smaller by Hypothesis, which prints it.
    """
    wanted_s = LONG_S or seconds
    until, count, number = monotonic() + wanted_s, 0, 0

    def one(example: Any) -> None:
        nonlocal count
        # A round that has begun before the time was up ends without looking at the rest.
        if monotonic() < until or not count:
            count += 1
            check(example)

    while monotonic() < until:
        run = settings(
            max_examples=_EXAMPLES,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )(given(strategy)(one))
        seed(number)(run)()
        number += 1
    sys.stderr.write(f"fuzz {name}: {count} examples in {wanted_s:.0f} s\n")
    return count


def messages(kind: type[Message], known: dict[str, st.SearchStrategy[Any]] | None = None) -> st.SearchStrategy[Message]:
    """Messages of a kind, any field of which may be missing, usual, nasty or of the wrong size.

    Args:
        kind: which.
        known: strategies by the name of a field, which are taken as often as what is made up.
    """
    return _fields(kind, known or {}, _DEPTH).map(lambda fields: kind(**fields))


def _fields(kind: Any, known: dict[str, st.SearchStrategy[Any]], depth: int) -> st.SearchStrategy[dict[str, Any]]:
    optional = {
        field.name: _value(field, known, depth)
        for field in kind.DESCRIPTOR.fields
        if depth or field.type != FieldDescriptor.TYPE_MESSAGE
    }
    # Of a oneof only the last that is set would stay.
    return st.fixed_dictionaries({}, optional=optional)


def _value(field: Any, known: dict[str, st.SearchStrategy[Any]], depth: int) -> st.SearchStrategy[Any]:
    if _is_map(field):
        entry = field.message_type.fields_by_name
        keys, values = (_single(entry[name], known, depth) for name in ("key", "value"))
        return st.dictionaries(keys, values, max_size=4)
    single = _single(field, known, depth)
    return st.lists(single, max_size=4) if field.is_repeated else single


def _single(field: Any, known: dict[str, st.SearchStrategy[Any]], depth: int) -> st.SearchStrategy[Any]:
    if field.type == FieldDescriptor.TYPE_MESSAGE:
        nested = field.message_type._concrete_class
        return _fields(nested, known, depth - 1).map(lambda fields: nested(**fields))
    made_up = _SCALARS[field.cpp_type](field)
    return known[field.name] | made_up if field.name in known else made_up


def _texts(field: Any) -> st.SearchStrategy[Any]:
    if field.type == FieldDescriptor.TYPE_BYTES:
        return st.binary(max_size=200) | st.sampled_from((b"{}", b"[]", b"null", b"\xff" * 9, b"[" * 5_000))
    return st.sampled_from(NASTY_TEXT) | st.text(st.characters(codec="utf-8"), max_size=60)


def _integers(bits: int) -> Callable[[Any], st.SearchStrategy[Any]]:
    least, most = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    nasty = tuple(number for number in NASTY_INTEGERS if least <= number <= most)
    return lambda _: st.sampled_from(nasty) | st.integers(least, most)


_SCALARS: dict[int, Callable[[Any], st.SearchStrategy[Any]]] = {
    FieldDescriptor.CPPTYPE_INT32: _integers(32),
    FieldDescriptor.CPPTYPE_INT64: _integers(64),
    FieldDescriptor.CPPTYPE_DOUBLE: lambda _: st.floats(),
    FieldDescriptor.CPPTYPE_BOOL: lambda _: st.booleans(),
    FieldDescriptor.CPPTYPE_STRING: _texts,
    FieldDescriptor.CPPTYPE_ENUM: lambda field: (
        st.sampled_from([one.number for one in field.enum_type.values]) | st.just(99)
    ),
}


def _is_map(field: Any) -> bool:
    return bool(field.message_type and field.message_type.GetOptions().map_entry)
