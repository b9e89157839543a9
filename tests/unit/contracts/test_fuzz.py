"""Whatever another stage or a file says: it is read, or refused with one line; nothing else comes of it."""

import json
import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from tests.fuzzing import NASTY_TEXT, fuzz, within_limits

from shinsei.api.application.v1 import application_pb2 as pb
from shinsei.contracts import codec
from shinsei.contracts.codec import MESSAGES, DecodeError
from shinsei.domain.errors import InvalidInputError, ShinseiError
from shinsei.domain.run import Change
from shinsei.scenario import load
from shinsei.testing import a_change, a_run_spec

pytestmark = [pytest.mark.slow, within_limits]
RUN, CHANGE = json.loads(codec.encode_run(a_run_spec())), json.loads(codec.encode_change(a_change()))
SCENARIOS = sorted((Path(__file__).resolve().parents[3] / "scenarios").glob("*.toml"))
SEVERAL_SECONDS = 1.2
JUNK = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.sampled_from(NASTY_TEXT)
    | st.lists(st.integers(), max_size=3)
    | st.dictionaries(st.sampled_from(("mean", "cv", "kind", "x")), st.integers() | st.floats(), max_size=3)
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a nested value."""
    deeper = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, inner in deeper for place in places(inner, (*path, key)))]


def changed(value: Any, path: tuple[Any, ...], junk: Any) -> Any:
    """A copy of a nested value with something else at one place."""
    if not path:
        return junk
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(copy[path[0]], path[1:], junk)
    return copy


def read_or_refused(read: Callable[[], Any], refusal: type[ShinseiError]) -> Any:
    """What is read; None where it is refused, in one line."""
    try:
        return read()
    except refusal as why:
        text = str(why)
    assert text
    assert "\n" not in text
    return None


def spoiled(value: Any) -> st.SearchStrategy[bytes]:
    where = st.sampled_from(places(value))
    whole = st.builds(lambda path, junk: json.dumps(changed(value, path, junk)).encode(), where, JUNK)
    return whole | st.binary(max_size=100)


def test_a_run_or_a_change_is_read_or_refused() -> None:
    def check(raw: bytes) -> None:
        for decode in (codec.decode_run, codec.decode_change):
            read = read_or_refused(partial(decode, raw), DecodeError)
            if read is not None:
                assert codec.encode_change(read) if isinstance(read, Change) else codec.encode_run(read)

    assert fuzz("codec", spoiled(RUN) | spoiled(CHANGE), check, SEVERAL_SECONDS)


def test_a_message_of_kafka_is_read_or_refused() -> None:
    kinds = st.sampled_from(sorted(MESSAGES)) | st.sampled_from(NASTY_TEXT)
    transitions = pb.Transition(at_ms=1, action=pb.APPLICATION_ACTION_FETCH, status=pb.APPLICATION_STATUS_FETCHED)
    bodies = st.binary(max_size=300) | st.binary(max_size=9).map(lambda end: transitions.SerializeToString() + end)

    def check(record: tuple[str, bytes]) -> None:
        read_or_refused(lambda: codec.decode_message(*record), DecodeError)

    assert fuzz("kafka messages", st.tuples(kinds, bodies), check, SEVERAL_SECONDS)


def test_a_scenario_is_read_or_refused(tmp_path: Path) -> None:
    texts = [file.read_text(encoding="utf-8") for file in SCENARIOS]
    tables = [tomllib.loads(text) for text in texts]
    override = st.sampled_from(sorted({f"{a}.{b}" for table in tables for a in table for b in _keys(table[a])}))
    overrides = st.builds(lambda key, junk: f"{key}={junk}", override, JUNK | st.text(max_size=20))
    cut = st.builds(
        lambda text, a, b, junk: text[: a % len(text)] + junk + text[b % len(text) :],
        *(st.sampled_from(texts), st.integers(0, 20_000), st.integers(0, 20_000), st.text(max_size=8)),
    )

    def check(example: tuple[str, list[str]]) -> None:
        file = tmp_path / "fuzzed.toml"
        file.write_bytes(example[0].encode(errors="surrogatepass"))
        read_or_refused(lambda: load(str(file), example[1]), InvalidInputError)

    whole = st.sampled_from(texts)
    examples: st.SearchStrategy[Any] = st.tuples(whole, st.lists(overrides, min_size=1, max_size=3)) | st.tuples(
        cut, st.just([])
    )
    assert fuzz("scenarios", examples, check, SEVERAL_SECONDS)


def _keys(table: Any) -> list[str]:
    return list(table) if isinstance(table, dict) else []
