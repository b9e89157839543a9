"""The paths of the page. It loads nothing from elsewhere and runs no inline script; the headers see to it.

Only a page of the room itself can make it act: the token travels in a header, which no other site can send along.
"""

import hmac
import importlib.resources
import json
import socket
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address
from typing import Any, Final, Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from shinsei.domain.errors import ConflictError, InvalidInputError, NotFoundError, ShinseiError
from shinsei.room.board import Board, ClosedError
from shinsei.room.runbooks import runbook
from shinsei.room.twins import both
from shinsei.season.text import Text

HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
TOKEN_HEADER: Final = "X-Shinsei-Token"  # noqa: S105 - the name of a header
_KINDS: Final = {"html": "text/html", "css": "text/css", "js": "text/javascript"}
_FILES: Final = (
    *("style.css", "words.js", "flow.js", "curves.js", "case.js", "script.js"),
    *("vendor/uPlot.iife.min.js", "vendor/uPlot.min.css"),
)
FILES: Final[Mapping[str, str]] = {"/": "index.html", **{f"/{name}": name for name in _FILES}}
"""File of the page by path."""
_NOWHERE: Final = SplitResult("", "", "", "", "")
_KEEP_ALIVE_S: Final = 10.0
_LONGEST_BODY: Final = 10_000
_STATUS: Final[tuple[tuple[type[ShinseiError], HTTPStatus, str], ...]] = (
    (InvalidInputError, HTTPStatus.BAD_REQUEST, "入力に誤りがあります"),
    (NotFoundError, HTTPStatus.NOT_FOUND, "見つかりません"),
    (ConflictError, HTTPStatus.CONFLICT, "今の状態では実行できません"),
    (ShinseiError, HTTPStatus.SERVICE_UNAVAILABLE, "応答がありません"),
)
"""The first that fits; errors speak English, so that their kind is said in Japanese before their text."""
_NO_PAGE: Final = Text("no such page", "このページはありません")
_READING_ONLY: Final = Text(
    "the room is for reading only; SHINSEI_ROOM_CONTROL_TOKEN opens it",
    "閲覧専用です(SHINSEI_ROOM_CONTROL_TOKEN を設定すると操作できます)",
)


class Desk(Protocol):
    """What is behind the paths."""

    board: Board
    token: str
    """Empty: the room is for reading only."""

    def story(self, receipt: str, with_messages: bool) -> dict[str, Any]:  # noqa: FBT001 - as the page asks
        """The story of one case."""

    def act(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Do what is wanted."""


class Handler(BaseHTTPRequestHandler):
    """One request."""

    desk: Desk
    timeout = 30
    """Seconds for which a browser may leave a request unfinished, or not take what it is sent."""
    server_version = "shinsei"
    sys_version = ""

    def do_GET(self) -> None:
        """A file of the page, the newest look, the stream of looks, a runbook, or the story of one case."""
        url = self._url()
        if not self._is_asked_here():
            why = Text("ask for it by the address on which it is served", "提供元のアドレスで開いてください")
            self._refuse(HTTPStatus.FORBIDDEN, why)
        elif url.path in FILES:
            name = FILES[url.path]
            body = importlib.resources.files("shinsei.room.page").joinpath(name).read_bytes()
            self._send(HTTPStatus.OK, body, f"{_KINDS[name.rpartition('.')[2]]}; charset=utf-8")
        elif url.path == "/look.json":
            self._send(HTTPStatus.OK, self.desk.board.newest.encode(), "application/json")
        elif url.path == "/events":
            self._stream()
        elif url.path.startswith("/runbook/"):
            self._send_runbook(url.path.removeprefix("/runbook/"))
        elif url.path.startswith("/case/"):
            receipt = unquote(url.path.removeprefix("/case/"))
            with_messages = parse_qs(url.query).get("messages") == ["1"]
            self._answer(lambda: self.desk.story(receipt, with_messages))
        else:
            self._refuse(HTTPStatus.NOT_FOUND, _NO_PAGE)

    def do_POST(self) -> None:
        """Control, for whoever knows the token."""
        if self.path != "/control" or not self._is_asked_here():
            self._refuse(HTTPStatus.NOT_FOUND, _NO_PAGE)
        elif not self.desk.token:
            self._refuse(HTTPStatus.FORBIDDEN, _READING_ONLY)
        elif not hmac.compare_digest(self.headers.get(TOKEN_HEADER, "").encode(), self.desk.token.encode()):
            self._refuse(HTTPStatus.FORBIDDEN, Text("wrong control token", "操作トークンが違います"))
        else:
            wanted = self._body()
            if wanted is None:
                why = Text("the body must be a JSON object", "本文は JSON のオブジェクトでなければなりません")
                self._refuse(HTTPStatus.BAD_REQUEST, why)
            else:
                self._answer(lambda: self.desk.act(wanted))

    def _is_asked_here(self) -> bool:
        """Whether the address is an IP address or this machine's own name.

        Another name may have been made to point here (DNS rebinding), so that somebody else's page reads the room.
        """
        try:
            host = (urlsplit(f"//{self.headers.get('Host', '')}").hostname or "").lower()
            if host not in {"localhost", socket.gethostname().lower()}:
                ip_address(host)
        except ValueError:
            return False
        return True

    def _url(self) -> SplitResult:
        """What is asked for; an address that is none stands for a page that there is not."""
        try:
            return urlsplit(self.path)
        except ValueError:
            return _NOWHERE

    def _body(self) -> dict[str, Any] | None:
        try:
            length = int(self.headers.get("Content-Length", "0"))
            found = json.loads(self.rfile.read(length)) if 0 < length <= _LONGEST_BODY else None
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None

    def _answer(self, make: Callable[[], dict[str, Any]]) -> None:
        try:
            found = make()
        except ShinseiError as error:
            status, kind_ja = next((status, ja) for kind, status, ja in _STATUS if isinstance(error, kind))
            self._refuse(status, Text(str(error), f"{kind_ja}({error})"))
        except TimeoutError:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, Text("no answer in time", "時間内に応答がありません"))
        else:
            self._send(HTTPStatus.OK, json.dumps(found, ensure_ascii=False).encode(), "application/json")

    def _send_runbook(self, anchor: str) -> None:
        page = runbook(anchor)
        if page is None:
            place = f"docs/operations.md#{anchor}"
            why = Text(f"no such runbook here; {place} of a checkout has it", f"手順がここにありません({place} を参照)")
            self._refuse(HTTPStatus.NOT_FOUND, why)
        else:
            self._send(HTTPStatus.OK, page.encode(), "text/html; charset=utf-8")

    def _stream(self) -> None:
        board = self.desk.board
        if not board.enter():
            why = Text("too many pages are open", "開いているページが多すぎます")
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, why)
            return
        self.close_connection = True
        try:
            self._head(HTTPStatus.OK, "text/event-stream; charset=utf-8", None)
            number = 0
            while True:
                news = board.after(number, _KEEP_ALIVE_S)
                if news is None:
                    self.wfile.write(b": still here\n\n")
                else:
                    number, text = news
                    self.wfile.write(f"id: {number}\ndata: {text}\n\n".encode())
                self.wfile.flush()
        except (OSError, ClosedError):
            return
        finally:
            board.leave()

    def _send(self, status: HTTPStatus, body: bytes, kind: str) -> None:
        self._head(status, kind, len(body))
        self.wfile.write(body)

    def _refuse(self, status: HTTPStatus, why: Text) -> None:
        self._send(status, json.dumps({"error": both(why)}, ensure_ascii=False).encode(), "application/json")

    def _head(self, status: HTTPStatus, kind: str, length: int | None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
        """Says nothing: a page that is open all day would fill the log."""
