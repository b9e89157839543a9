"""The generator as a child process: Locust, started with a plan, followed by the ticks that it writes."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from shinsei.domain.errors import UnavailableError
from shinsei.loadtest.order import Order
from shinsei.loadtest.plan import Plan
from shinsei.stack.processes import bound

PLAN, ORDERS, TICKS, LOG = "plan.json", "orders.json", "ticks.jsonl", "locust.log"
_LOCUSTFILE = Path(__file__).resolve().parents[3] / "loadtest" / "locustfile.py"
_STOP_WITHIN_S = 20.0
_TOLD_LINES = 3


class Generator:
    """Locust with so many processes; its folder has the plan, its log, its ticks and the orders to it.

    Args:
        folder: of the results.
        processes: workers; 1 runs without a master.
    """

    def __init__(self, folder: Path, processes: int) -> None:
        self._folder = folder
        self._processes = processes
        self._process: asyncio.subprocess.Process | None = None
        self._read = 0

    async def start(self, plan: Plan) -> None:
        """Starts it; when this process is killed, the kernel ends it.

        Raises:
            UnavailableError: the load tests are not part of this installation.
        """
        if not _LOCUSTFILE.is_file():
            raise UnavailableError("load tests need a checkout of the repository: run this command inside one")
        (self._folder / PLAN).write_text(plan.model_dump_json(), encoding="utf-8")
        with (self._folder / LOG).open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *bound(self._command(), signal.SIGTERM),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _command(self) -> Sequence[str]:
        many = ("--processes", str(self._processes)) if self._processes > 1 else ()
        return (
            *(sys.executable, "-m", "locust", "-f", str(_LOCUSTFILE), "--headless", "--only-summary"),
            *(
                "--loglevel",
                "WARNING",
                "--unjudged",
                "--plan",
                str(self._folder / PLAN),
                *_own_ports(self._processes),
                *many,
            ),
        )

    @property
    def pid(self) -> int | None:
        """Of its master, while it runs."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it runs."""
        return None if self._process is None else self._process.returncode

    def order(self, order: Order) -> None:
        """Leaves an order; the last one counts."""
        partial = self._folder / f".{ORDERS}.partial"
        partial.write_text(order.model_dump_json(), encoding="utf-8")
        partial.replace(self._folder / ORDERS)

    def ticks(self) -> Iterator[dict[str, Any]]:
        """What the workers have said since the last call."""
        file = self._folder / TICKS
        if not file.is_file():
            return
        with file.open("rb") as stream:
            stream.seek(self._read)
            for line in stream:
                if not line.endswith(b"\n"):
                    return  # the rest of it is being written
                self._read += len(line)
                yield json.loads(line)

    async def stop(self) -> None:
        """Ends it in good order, for which workers hear of it from their master; or else at once, all of them."""
        process = self._process
        if process is None:
            return
        if process.returncode is None:
            process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), _STOP_WITHIN_S)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()

    def last_words(self) -> str:
        """The end of what it said, for the message about its end."""
        file = self._folder / LOG
        text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return " | ".join(lines[-_TOLD_LINES:])


def _own_ports(processes: int) -> tuple[str, ...]:
    """A port of its own for master and workers: several load tests may run on one machine."""
    if processes == 1:
        return ()
    try:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
    except OSError as error:
        raise UnavailableError(
            f"no port is free on 127.0.0.1 for master and workers of the generator ({error})"
        ) from None
    here = ("--master-bind-host", "127.0.0.1", "--master-host", "127.0.0.1")
    return (*here, "--master-bind-port", port, "--master-port", port)
