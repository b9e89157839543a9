import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinsei.contracts import headers
from shinsei.contracts.headers import HeaderError, Headers
from shinsei.domain.simtime import SimTime

TEXT = st.text(min_size=1, max_size=30)


def some_headers() -> Headers:
    return Headers(type="a.B", run_id="run-1", number=1, event_id="e", at=SimTime(5), sent_ms=6)


@given(
    st.builds(
        Headers,
        type=TEXT,
        run_id=TEXT,
        number=st.integers(1, 2**62),
        event_id=TEXT,
        at=st.integers(-(2**62), 2**62),
        sent_ms=st.integers(0, 2**62),
        causation=st.text(max_size=30),
        traceparent=st.text(max_size=30),
    )
)
def test_headers_come_back_as_they_were(value: Headers) -> None:
    raw = headers.encode(value)
    assert headers.decode(raw) == value
    assert headers.decode(raw[::-1]) == value


@pytest.mark.parametrize("name", ["type", "run", "no", "event-id", "at", "sent"])
def test_a_missing_header_is_named(name: str) -> None:
    raw = [(key, value) for key, value in headers.encode(some_headers()) if key != name]
    with pytest.raises(HeaderError, match=f"header missing: {name}"):
        headers.decode(raw)


@pytest.mark.parametrize(("name", "value"), [("no", b"seven"), ("no", b"0"), ("at", b"noon"), ("run", b"\xff")])
def test_an_unreadable_header_is_refused(name: str, value: bytes) -> None:
    raw = [(key, value if key == name else old) for key, old in headers.encode(some_headers())]
    with pytest.raises(HeaderError, match="header unreadable"):
        headers.decode(raw)


@pytest.mark.parametrize("name", ["type", "run", "no", "event-id", "at", "sent"])
def test_an_empty_header_is_a_missing_one(name: str) -> None:
    raw = [(key, b"" if key == name else value) for key, value in headers.encode(some_headers())]
    with pytest.raises(HeaderError, match=f"header missing: {name}"):
        headers.decode(raw)


def test_an_unknown_header_is_ignored() -> None:
    raw = [*headers.encode(some_headers()), ("x-new", b"\xff")]
    assert headers.decode(raw) == some_headers()
