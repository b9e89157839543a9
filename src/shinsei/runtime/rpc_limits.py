"""What a call may cost before anybody looks at it: bytes of a request, and real time.

What the transport takes is 16 MiB, for the few calls that carry many cases. Any other request is small, and one that is
not is a mistake or worse.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from google.protobuf.message import DecodeError, Message

from shinsei.domain.errors import InvalidInputError, UnavailableError

KIB: Final = 1 << 10
MAX_MESSAGE_BYTES: Final = 16 << 20
"""Of any message, in both directions."""
USUAL_BYTES: Final = 64 * KIB
"""Of a request for which nothing else is said."""
CALL_S: Final = 120.0
"""Real time of a call with one request, whatever deadline its caller has given; a long poll takes half a minute."""
UPLOAD_S: Final = 600.0
"""The same of a call whose requests come one after the other."""
STREAM_S: Final = 600.0
"""The same of a call whose answers come one after the other, whether or not its caller takes them."""
OPEN_ENDED: Final = frozenset({"WatchStatus"})
"""Streams that last for as long as there is something to tell; the portal bounds how many there are."""
NEXT_S: Final = 30.0
"""How long the next of them may keep everybody waiting."""

_MANY: Final = ("SubmitBatch", "ReactBatch", "GetApplications", "Acknowledge", "PushStatus")
BYTES: Final[Mapping[str, int]] = MappingProxyType(
    {
        **dict.fromkeys(_MANY, MAX_MESSAGE_BYTES),
        "GetCases": 256 * KIB,
        "StartRun": 800 * KIB,
        "RevokeCertificates": 1 * KIB * KIB,
        "UploadAttachment": 1 * KIB * KIB + USUAL_BYTES,
    }
)
"""By procedure. A run brings its holidays and volumes along, and goes on as one record of Kafka. A chunk of an
attachment is 1 MiB."""


class Unreadable:
    """A request that is no message; who reads it finds out here, and not in the library, which blames the server."""


class OverdueError(UnavailableError):
    """A call takes longer than any may."""


def reader(read: Any) -> Any:
    """Reads a request, or finds that it is none."""

    def read_or_find(raw: bytes) -> Any:
        try:
            return read(raw)
        except DecodeError:
            return Unreadable

    return read_or_find


def writer(write: Any) -> Any:
    """Writes an answer, unless its servicer has: who only passes bytes on need not read them."""

    def write_or_pass_on(answer: Any) -> Any:
        return answer if isinstance(answer, bytes) else write(answer)

    return write_or_pass_on


def check_request(procedure: str, request: Any) -> None:
    """Refuse a request that is none, or too large.

    Raises:
        InvalidInputError: it is.
    """
    if request is Unreadable:
        raise InvalidInputError("", f"the request of {procedure} cannot be read")
    most = BYTES.get(procedure, USUAL_BYTES)
    if most < MAX_MESSAGE_BYTES and isinstance(request, Message) and request.ByteSize() > most:
        raise InvalidInputError("", f"the request of {procedure} has {request.ByteSize()} bytes; at most {most}")


async def checked(procedure: str, requests: AsyncIterator[Any]) -> AsyncIterator[Any]:
    """The requests of a stream, each checked and in time.

    Raises:
        InvalidInputError: one is none, or too large.
        OverdueError: the next one does not come.
    """
    coming = aiter(requests)
    while True:
        try:
            async with asyncio.timeout(NEXT_S):
                request = await anext(coming)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise OverdueError(f"nothing has come for {NEXT_S:.0f} s") from None
        check_request(procedure, request)
        yield request


def overdue(limit: asyncio.Timeout, most_s: float) -> OverdueError | None:
    """What to say of a call that a limit has ended; None if it has not."""
    return OverdueError(f"the call has not ended within {most_s:.0f} s") if limit.expired() else None
