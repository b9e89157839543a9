"""Keeps one part alive: starts it, waits until it answers, starts it again when it ends unasked, stops it."""

import asyncio
import contextlib
import signal
import subprocess
import time
import traceback
from collections.abc import Callable, Sequence

from shinsei.domain.errors import ShinseiError
from shinsei.stack import processes
from shinsei.stack.errors import PartFailedError, StackError
from shinsei.stack.holding import held
from shinsei.stack.parts import Part
from shinsei.stack.processes import Launch
from shinsei.stack.site import Site
from shinsei.stack.status import PartState
from shinsei.stack.waiting import POLL_S

FIRST_DELAY_S = 0.2
LONGEST_DELAY_S = 10.0
STEADY_AFTER_S = 10.0
"""A part that has been ready for so long starts again with the first delay."""
_KILL_WAIT_S = 5.0
_PROBE_TIMEOUT_S = 10.0


def restart_delay_s(failures: int) -> float:
    """Doubles with every failure in a row (0.2, 0.4, … 10 s)."""
    return float(min(FIRST_DELAY_S * 2 ** max(failures - 1, 0), LONGEST_DELAY_S))


class Keeper:
    """One part and its process."""

    def __init__(self, part: Part, site: Site, keep_open: Sequence[int], changed: Callable[["Keeper"], None]) -> None:
        self.part = part
        self.state = PartState.WAITING
        self.restarts = 0
        self.problem = ""
        self.ready_after_s: float | None = None
        self.launched = asyncio.Event()
        """Its data is there, and it has had a process."""
        self.ready = asyncio.Event()
        self.given_up = asyncio.Event()
        """An optional part that the stack goes on without."""
        self._site = site
        self._keep_open = keep_open
        self._changed = changed
        self._process: subprocess.Popen[bytes] | None = None
        self._launch: Launch | None = None
        self._exited = asyncio.Event()
        self._asked = False
        self._hurry = asyncio.Event()
        self._failures = 0
        self._ready_at = 0.0

    @property
    def pid(self) -> int | None:
        """Its process id, while it has a process."""
        return self._process.pid if self._process is not None and not self._exited.is_set() else None

    def look(self) -> None:
        """A child has ended: see whether it was this one."""
        if self._process is not None and self._process.poll() is not None:
            self.ready.clear()
            self._exited.set()

    async def came_up(self) -> None:
        """Return when it is ready, or the stack goes on without it."""
        waits = [asyncio.create_task(event.wait()) for event in (self.ready, self.given_up)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for task in waits:
            task.cancel()

    async def bring_up(self, grounds: Sequence["Keeper"] = ()) -> None:
        """Start it for the first time, behind what it stands on, and wait until it is ready.

        Raises:
            StackError: It did not become ready, or its data cannot be made.
        """
        try:
            for ground in grounds:
                # Whoever makes data goes first: the others wait for it in any case.
                await ground.launched.wait()
            await asyncio.to_thread(self.part.prepare, self._site)
            await self._start(grounds)
        except StackError as error:
            self.problem = error.problem if isinstance(error, PartFailedError) else str(error)
            self._become(PartState.FAILED)
            raise

    async def asked_for(self) -> None:
        """Return when somebody wants it, which has been given up, to be started after all."""
        self._hurry.clear()
        await self._hurry.wait()

    async def keep(self) -> None:
        """Start it again whenever it ends, until cancelled."""
        while True:
            await self._exited.wait()
            if self._asked:
                self._asked = False
            else:
                self._note_failure()
                self._become(PartState.RESTARTING)
                await self._pause(restart_delay_s(self._failures))
            try:
                await self._start()
            except StackError as error:
                self.problem = str(error)
                await self._end()

    async def restart(self) -> None:
        """End it and wait until it is ready again.

        Raises:
            StackError: It is not ready in time.
        """
        if self.pid is None:
            self._hurry.set()
        else:
            self._asked = True
            await self._end()
        try:
            async with asyncio.timeout(self.part.ready_within_s):
                await self.ready.wait()
        except TimeoutError:
            raise StackError(
                f"{self.part.name} is not ready again; see {self._site.home.log(self.part.name)}"
            ) from None

    async def signal(self, number: int) -> None:
        """Send it a signal, as a test or an accident would; SIGKILL returns when it is dead."""
        if self._process is None or self._exited.is_set():
            raise StackError(f"{self.part.name} has no process now")
        self._process.send_signal(number)
        exited = self._exited
        if number == signal.SIGKILL:
            async with asyncio.timeout(_KILL_WAIT_S):
                await exited.wait()

    async def stop(self) -> None:
        """End it for good."""
        if self._process is None:
            self._become(PartState.STOPPED)
            return
        failed = self.state is PartState.FAILED
        if not failed:
            self._become(PartState.STOPPING)
        await self._end()
        if not failed:
            self._become(PartState.STOPPED)

    async def _start(self, grounds: Sequence["Keeper"] = ()) -> None:
        await asyncio.to_thread(self._site.certify, self.part.name)
        self._launch = self.part.launch(self._site)
        process = await self._launched(self._launch, grounds)
        begun = time.monotonic()
        self._exited = asyncio.Event()
        self._become(PartState.STARTING)
        self._process = process
        self.launched.set()
        self.look()  # it may have ended while it was held
        try:
            await self._until_ready(self._process, self._launch)
            await self.part.furnish(self._site)
        except PartFailedError:
            raise
        except Exception as error:
            if not isinstance(error, ShinseiError):
                traceback.print_exception(error)  # into the log of the stack
            raise PartFailedError(self.part.name, f"could not be furnished: {error}", self._launch.log) from error
        self._ready_at = time.monotonic()
        self.ready_after_s = round(self._ready_at - begun, 2)
        self.ready.set()
        self._become(PartState.READY)

    async def _launched(self, launch: Launch, grounds: Sequence["Keeper"]) -> subprocess.Popen[bytes]:
        if not grounds:
            return processes.start(launch, keep_open=self._keep_open)
        with held(launch, self._keep_open) as process:
            self.launched.set()
            for ground in grounds:
                await ground.ready.wait()
        return process

    async def _until_ready(self, process: subprocess.Popen[bytes], launch: Launch) -> None:
        deadline = time.monotonic() + self.part.ready_within_s
        while True:
            if self._exited.is_set():
                problem = f"ended with code {process.returncode} before it was ready"
                raise PartFailedError(self.part.name, problem, launch.log)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_PROBE_TIMEOUT_S):
                    if await self.part.is_ready(self._site):
                        return
            if time.monotonic() > deadline:
                problem = f"was not ready within {self.part.ready_within_s:.0f} s"
                raise PartFailedError(self.part.name, problem, launch.log)
            await asyncio.sleep(POLL_S)

    async def _pause(self, delay_s: float) -> None:
        """Wait so long, or until somebody asks for it now."""
        self._hurry.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(delay_s):
                await self._hurry.wait()

    async def _end(self) -> None:
        """Ask for an orderly end, then make sure."""
        process, launch, exited = self._process, self._launch, self._exited
        if process is None or launch is None:
            return
        if not exited.is_set():
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(launch.stop_signal)
                process.send_signal(signal.SIGCONT)  # one that was paused could not end
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(launch.stop_grace_s):
                    await exited.wait()
        processes.signal_group(process, signal.SIGKILL)
        await exited.wait()

    def _note_failure(self) -> None:
        """Count it; a part that was steady before starts with the first delay."""
        steady = self.state is PartState.READY and time.monotonic() - self._ready_at > STEADY_AFTER_S
        self._failures = 1 if steady else self._failures + 1
        self.restarts += 1
        if self.state is PartState.READY and self._process is not None:
            self.problem = f"ended with code {self._process.returncode}"

    def _become(self, state: PartState) -> None:
        self.state = state
        self._changed(self)
