"""The command line as a user types it, and a season under way as a test follows it."""

import asyncio
import contextlib
import fcntl
import json
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shinsei.domain.simtime import DAY_MS
from shinsei.season.gateway import Gateway, OpenRun
from shinsei.testing.waiting import eventually


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLine:
    """``shinsei`` against the stack of the tests."""

    home: Path
    out: Path
    started: "list[subprocess.Popen[str]]" = field(default_factory=list)
    """What a test that fails may leave behind."""

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Starts a command and returns at once."""
        process = subprocess.Popen(  # noqa: S603 - the command line itself, with arguments of the tests
            [sys.executable, "-m", "shinsei.cli", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "SHINSEI_HOME": str(self.home), "COLUMNS": "120"},
        )
        self.started.append(process)
        return process

    def kill_what_runs(self) -> bool:
        """Whether a command was still running; none is any more."""
        running = [process for process in self.started if process.poll() is None]
        for process in running:
            process.kill()
            process.communicate()
        self.started.clear()
        return bool(running)

    async def run(self, *arguments: str, code: int = 0) -> str:
        """Runs a command to its end and returns its standard output."""
        return await self.end(self.start(*arguments), code=code)

    async def at_a_terminal(self, *arguments: str) -> str:
        """Runs a command at a terminal of 120 columns, where nobody types, and returns all that it showed."""
        return await asyncio.to_thread(self._watched, arguments)

    def _watched(self, arguments: Sequence[str]) -> str:
        person, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 120, 0, 0))
        process = subprocess.Popen(  # noqa: S603 - as above
            [sys.executable, "-m", "shinsei.cli", *arguments],
            stdin=side,
            stdout=side,
            stderr=side,
            env={**os.environ, "SHINSEI_HOME": str(self.home), "TERM": "xterm"},
        )
        os.close(side)
        shown = _all_of(person)
        assert process.wait() == 0, shown
        return shown

    async def end(self, process: "subprocess.Popen[str]", *, code: int = 0) -> str:
        """Waits for a command to end."""
        out, err = await asyncio.to_thread(process.communicate)
        assert process.returncode == code, f"exit code {process.returncode}\n{out}\n{err}"
        assert "Traceback" not in err
        return out

    async def season(self, *arguments: str) -> dict[str, Any]:
        """Runs a season and returns its summary."""
        return json.loads(await self.run("season", *arguments, *self.season_options))  # type: ignore[no-any-return]

    @property
    def season_options(self) -> Sequence[str]:
        """Where results go, that the summary alone is printed, and that nothing is planned beside the season."""
        return ("--out", str(self.out), "--json")


def _all_of(terminal: int) -> str:
    """What a terminal shows until its last program has ended."""
    shown = b""
    with contextlib.suppress(OSError):  # Linux's word for the end of a terminal
        while part := os.read(terminal, 1 << 16):
            shown += part
    os.close(terminal)
    return shown.decode()


async def open_season(gateway: Gateway) -> list[OpenRun]:
    """The open runs of the season that is under way."""
    return [run for run in await gateway.list_runs() if run.spec.scenario == "smoke" and not run.closed]


async def reached(gateway: Gateway, day: float, process: "subprocess.Popen[str]", *, within_s: float = 90) -> None:
    """Waits until every twin of the season under way has come to this day of its run."""

    async def all_there() -> bool:
        if process.poll() is not None:
            out, err = process.communicate()
            raise AssertionError(f"the season ended early\n{out}\n{err}")
        runs = await open_season(gateway)
        return bool(runs) and min(run.returned - run.spec.start for run in runs) >= int(day * DAY_MS)

    await eventually(all_there, within_s=within_s, every_s=0.05, what=f"day {day}")


def interrupt(process: "subprocess.Popen[str]") -> None:
    """What Ctrl-C does."""
    process.send_signal(signal.SIGINT)
