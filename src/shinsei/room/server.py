"""Serves the page over HTTP: the server as a component, and what its threads may ask of the loop."""

import asyncio
import sys
import threading
from collections.abc import Callable, Coroutine
from http.server import ThreadingHTTPServer
from typing import Any, Final, TypeAlias

import structlog

from shinsei.room.board import Board
from shinsei.room.handler import Handler
from shinsei.runtime.errors import StartError

log = structlog.get_logger(__name__)

_ANSWER_WITHIN_S: Final = 60.0
_POLL_S: Final = 0.5
"""How often the server looks whether it is to end."""

Answer: TypeAlias = Coroutine[Any, Any, dict[str, Any]]
Story: TypeAlias = Callable[[str, bool], Answer]
"""The story of a case, by its receipt number, with its messages or without."""
Act: TypeAlias = Callable[[dict[str, Any]], Answer]
"""Does what a reader of the page wants, who knows the token."""


class Desk:
    """What a thread of the server asks: the board itself, everything else of the loop."""

    def __init__(self, board: Board, token: str, story: Story, act: Act) -> None:
        self.board = board
        self.token = token
        self._story = story
        self._act = act
        self._loop: asyncio.AbstractEventLoop | None = None

    def open(self) -> None:
        """From now on this loop answers."""
        self._loop = asyncio.get_running_loop()

    def story(self, receipt: str, with_messages: bool) -> dict[str, Any]:  # noqa: FBT001 - as the page asks
        """The story of one case."""
        return self._wait(self._story(receipt, with_messages))

    def act(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Do what is wanted."""
        return self._wait(self._act(wanted))

    def _wait(self, question: Answer) -> dict[str, Any]:
        assert self._loop is not None, "not open"
        asked = asyncio.run_coroutine_threadsafe(question, self._loop)
        try:
            return asked.result(_ANSWER_WITHIN_S)
        except TimeoutError:
            asked.cancel()  # whoever is told that there was no answer must not find later that it was done
            raise


class _Server(ThreadingHTTPServer):
    """Writes no traceback beside the log: what fails is a line of it."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader who goes before he has his answer is no failure."""
        error = sys.exception()
        if not isinstance(error, ConnectionError):
            log.error("request_failed", exc_info=error)


class WebServer:
    """The server of the page (a lifespan component); every reader has a thread, which ends with the browser."""

    def __init__(self, host: str, port: int, desk: Desk) -> None:
        self._address = (host, port)
        self._desk = desk
        self._server: _Server | None = None

    @property
    def port(self) -> int:
        """The port on which it listens."""
        assert self._server is not None, "not started"
        return int(self._server.server_address[1])

    async def start(self) -> None:
        """Listen.

        Raises:
            StartError: the port is in use.
        """
        self._desk.open()
        handler = type("RoomHandler", (Handler,), {"desk": self._desk})
        try:
            self._server = _Server(self._address, handler)
        except OSError as error:
            host, port = self._address
            problem = f"the page cannot be served on {host}:{port} ({error.strerror or error})"
            raise StartError(problem, remedy="stop what uses the port", setting="web_port") from error
        threading.Thread(target=self._server.serve_forever, args=(_POLL_S,), name="web", daemon=True).start()

    async def stop(self) -> None:
        """Send the readers away and stop listening."""
        self._desk.board.close()
        server, self._server = self._server, None
        if server is not None:
            await asyncio.to_thread(server.shutdown)
            server.server_close()
