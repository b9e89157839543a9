"""Headers of a Kafka record: what a reader must know before it looks at the value.

A record whose headers cannot be read belongs to no run and goes to the dead letters as it is.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from shinsei.domain.simtime import SimTime

RawHeaders = list[tuple[str, bytes]]

TYPE = "type"
RUN = "run"
NUMBER = "no"
EVENT_ID = "event-id"
AT = "at"
SENT = "sent"
CAUSATION = "causation"
TRACEPARENT = "traceparent"

_REQUIRED = (TYPE, RUN, NUMBER, EVENT_ID, AT, SENT)


class HeaderError(ValueError):
    """The headers of a record cannot be read; the text says which and why."""


class Headers(NamedTuple):
    """The headers of one record."""

    type: str
    """Full protobuf name of the value."""
    run_id: str
    number: int
    """Gapless from 1 per (run, municipality, topic), given by the writer's outbox."""
    event_id: str
    at: SimTime
    """Simulated time at which the event happened."""
    sent_ms: int
    """Real time, milliseconds since the Unix epoch, at which its writer committed it."""
    causation: str = ""
    """Event id of what caused it."""
    traceparent: str = ""


def encode(headers: Headers) -> RawHeaders:
    """Headers as Kafka carries them; empty optional ones are left out."""
    return encode_values(
        full_name=headers.type.encode(),
        run_id=headers.run_id.encode(),
        number=headers.number,
        event_id=headers.event_id,
        at=headers.at,
        sent_ms=headers.sent_ms,
        causation=headers.causation,
        traceparent=headers.traceparent,
    )


def encode_values(
    *,
    full_name: bytes,
    run_id: bytes,
    number: int,
    event_id: str,
    at: int,
    sent_ms: int,
    causation: str = "",
    traceparent: str = "",
) -> RawHeaders:
    """The same for whoever sends thousands: no value for each record, and encoded before what they share."""
    raw = [
        (TYPE, full_name),
        (RUN, run_id),
        (NUMBER, b"%d" % number),
        (EVENT_ID, event_id.encode()),
        (AT, b"%d" % at),
        (SENT, b"%d" % sent_ms),
    ]
    if causation:
        raw.append((CAUSATION, causation.encode()))
    if traceparent:
        raw.append((TRACEPARENT, traceparent.encode()))
    return raw


def decode(raw: Sequence[tuple[str, bytes]]) -> Headers:
    """Headers of a record; unknown ones are ignored.

    Raises:
        HeaderError: one is missing, or is not text, or is not the number that it should be.
    """
    if len(raw) == len(_REQUIRED):
        (first, full_name), (second, run_id), (third, number), (fourth, event_id), (fifth, at), (sixth, sent) = raw
        if (first, second, third, fourth, fifth, sixth) == _REQUIRED and full_name and run_id and event_id:
            try:
                return Headers(
                    _text(full_name), _text(run_id), _positive(number), event_id.decode(), SimTime(int(at)), int(sent)
                )
            except ValueError:
                pass  # of which the other way says what it is
    return _by_name(dict(raw))


def _by_name(found: dict[str, bytes]) -> Headers:
    """Where they are not the six that ``encode_values`` nearly always writes, in its order."""
    if not all(map(found.get, _REQUIRED)):
        raise HeaderError(f"header missing: {', '.join(name for name in _REQUIRED if not found.get(name))}")
    try:
        return Headers(
            type=found[TYPE].decode(),
            run_id=found[RUN].decode(),
            number=_positive(found[NUMBER]),
            event_id=found[EVENT_ID].decode(),
            at=SimTime(int(found[AT])),
            sent_ms=int(found[SENT]),
            causation=found[CAUSATION].decode() if CAUSATION in found else "",
            traceparent=found[TRACEPARENT].decode() if TRACEPARENT in found else "",
        )
    except ValueError as error:
        raise HeaderError(f"header unreadable: {error}") from error


@lru_cache(maxsize=1_024)
def _text(raw: bytes) -> str:
    """Of what thousands of records share."""
    return raw.decode()


def _positive(raw: bytes) -> int:
    number = int(raw)
    if number < 1:
        raise HeaderError(f"{NUMBER} is {number}, numbers begin at 1")
    return number
