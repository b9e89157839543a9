"""Debian's Chromium as a test drives it: by the DevTools protocol over two pipes, so with no driver to install.

One page at a time. What the page logs or throws is kept, and so is what the browser refuses to load.
"""

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_WITHIN_S = 60.0
_ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe")
_NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_browser() -> str | None:
    """The program, if this machine has one."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


class Page:
    """A browser with one page; use it as a context manager."""

    def __init__(self, profile: Path, *arguments: str) -> None:
        """Takes an empty folder, and more of the browser's arguments (``--lang=ja``)."""
        program = find_browser()
        assert program is not None, "no Chromium here: make setup-tests"
        self._said = 0
        self._left = b""
        self.errors: list[str] = []
        """What the page logged as an error, threw, or was not allowed to load."""
        their_read, self._write = os.pipe()
        self._read, their_write = os.pipe()
        # The browser reads commands from descriptor 3 and writes answers to descriptor 4.
        shell = f'exec 3<&{their_read} 4>&{their_write}; exec "$@"'
        command = ["bash", "-c", shell, "bash", program, *_ARGUMENTS, f"--user-data-dir={profile}", *arguments]
        self._browser = subprocess.Popen(  # noqa: S603 - the browser that was found
            command, pass_fds=(their_read, their_write), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(their_read)
        os.close(their_write)
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._browser.terminate()
        self._browser.wait()
        os.close(self._read)
        os.close(self._write)

    def call(self, method: str, **parameters: Any) -> Any:
        """One command of the protocol for the page."""
        return self._call(method, session=self._session, **parameters)

    def open(self, url: str) -> None:
        """Goes to an address."""
        self.call("Page.navigate", url=url)

    def look_at(self, *, width: int, height: int, dark: bool = False) -> None:
        """The size of the window, and which colours the user prefers."""
        is_phone = width < height
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if is_phone else 1,
            mobile=is_phone,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def value(self, expression: str) -> Any:
        """What an expression of JavaScript is worth in the page; a promise is waited for."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, expression: str, is_so: Callable[[Any], bool] = bool, *, within_s: float = _WITHIN_S) -> Any:
        """The first value of an expression that is as wanted."""
        deadline_s = time.monotonic() + within_s
        while True:
            found = self.value(expression)
            if is_so(found):
                return found
            assert time.monotonic() < deadline_s, f"still {found!r}: {expression}"
            self.value("new Promise((done) => setTimeout(done, 50))")

    def keep_screenshot(self, file: Path, *, whole: bool = False) -> None:
        """Writes what is seen as a PNG; ``whole`` for all of the page, below the window too."""
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        file.write_bytes(base64.b64decode(data))

    def _call(self, method: str, *, session: str = "", **parameters: Any) -> Any:
        self._said += 1
        message: dict[str, Any] = {"id": self._said, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._said:
                assert "error" not in answer, answer["error"]
                return answer["result"]
            self._hear(answer)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._left:
            part = os.read(self._read, 1 << 16)
            assert part, "the browser has gone"
            self._left += part
        text, _, self._left = self._left.partition(b"\0")
        return json.loads(text)  # type: ignore[no-any-return]

    def _hear(self, event: Mapping[str, Any]) -> None:
        parameters = event.get("params", {})
        match event.get("method"):
            case "Runtime.exceptionThrown":
                self.errors.append(str(parameters["exceptionDetails"]))
            case "Log.entryAdded" if parameters["entry"]["level"] in {"error", "warning"}:
                self.errors.append(f"{parameters['entry']['text']} {parameters['entry'].get('url', '')}")
            case "Runtime.consoleAPICalled" if parameters["type"] in {"error", "warning", "assert"}:
                self.errors.append(str(parameters["args"]))
