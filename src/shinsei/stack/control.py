"""How others talk to the supervisor: one JSON object a line over a socket in the stack's home."""

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from shinsei.domain.errors import ShinseiError
from shinsei.stack.errors import StackError

Handler = Callable[[dict[str, Any]], Awaitable[Any]]
_LONGEST_ADDRESS = 100
"""The kernel takes no longer path for a socket."""


async def serve(path: Path, handle: Handler) -> asyncio.Server:
    """Answer requests; the socket is for the owner of the home only."""
    path.unlink(missing_ok=True)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            try:
                reply: dict[str, Any] = {"answer": await handle(json.loads(await reader.readline()))}
            except ShinseiError as error:
                reply = {"error": str(error)}
            except (ValueError, KeyError, TypeError) as error:
                reply = {"error": f"not a request: {error!r}"}
            writer.write(json.dumps(reply).encode() + b"\n")
            await writer.drain()
        writer.close()

    former = os.umask(0o177)
    try:
        with _reachable(path) as address:
            return await asyncio.start_unix_server(answer, address)
    finally:
        os.umask(former)


def ask(path: Path, request: dict[str, Any], timeout_s: float) -> Any:
    """Send one request and return its answer.

    Raises:
        ConnectionError: Nobody is there.
        StackError: It was refused, or not answered in time.
    """
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection, _reachable(path) as address:
            connection.settimeout(timeout_s)
            connection.connect(address)
            connection.sendall(json.dumps(request).encode() + b"\n")
            reply = _read_line(connection)
    except TimeoutError:
        raise StackError(f"the stack in {path.parent} did not answer within {timeout_s:.0f} s") from None
    except FileNotFoundError as error:
        raise ConnectionRefusedError(str(error)) from error
    if "error" in reply:
        raise StackError(str(reply["error"]))
    return reply["answer"]


def _read_line(connection: socket.socket) -> dict[str, Any]:
    received = bytearray()
    while not received.endswith(b"\n"):
        block = connection.recv(65536)
        if not block:
            raise ConnectionResetError("the stack ended")
        received += block
    reply: dict[str, Any] = json.loads(received)
    return reply


@contextlib.contextmanager
def _reachable(path: Path) -> Iterator[str]:
    """The socket's address; a path that is too long for one is shortened by way of its opened folder."""
    if len(os.fsencode(path)) <= _LONGEST_ADDRESS:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
