"""The stack as others use it: find it, start it, ask it, stop it."""

import contextlib
import json
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from shinsei.domain.errors import InvalidInputError
from shinsei.stack import control
from shinsei.stack.checks import refuse_unfit
from shinsei.stack.errors import StackError
from shinsei.stack.home import Home, holders, is_locked, try_lock
from shinsei.stack.launching import Ports, choose_ports, has_ended, start_supervisor
from shinsei.stack.parts import USUAL_PORTS, Part, select
from shinsei.stack.paths import default_home
from shinsei.stack.site import Addresses, Site
from shinsei.stack.status import PartState, StackState, StackStatus
from shinsei.stack.waiting import POLL_S

Report = Callable[[StackStatus], None]
"""Is told how a start or a stop goes on."""

_LAUNCHED: dict[Path, int] = {}
"""Stacks that this process started, by home: it has to bury what led them."""
_ASK_TIMEOUT_S = 30.0
_BEGIN_WITHIN_S = 20.0
_STOP_WITHIN_S = 90.0
_GONE_WITHIN_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A stack that is up, or was when it was found."""

    home: Path
    addresses: Addresses

    def __post_init__(self) -> None:
        self.addresses.introduce()  # whoever has found it is let in by it

    @classmethod
    def find(cls, home: Path | None = None) -> Self | None:
        """The stack of this home (else the usual one), if it is up."""
        where = home_of(home)
        status = _ask_status(where)
        return None if status is None else cls(home=where.path, addresses=status.addresses)

    def status(self) -> StackStatus:
        """What it says about itself now.

        Raises:
            StackError: It is not up any more.
        """
        status = _ask_status(home_of(self.home))
        if status is None:
            raise StackError(f"the stack in {self.home} is not up any more")
        return status

    def is_there(self) -> bool:
        """Whether any process of it is left; does not wait for an answer."""
        return is_locked(home_of(self.home))

    def stop(self, report: Report | None = None) -> None:
        """Stop every part, in reverse order; returns when the last process is gone."""
        stop(self.home, report)

    def restart(self, service: str) -> None:
        """Stop one part in good order and start it again; returns when it is ready."""
        self._ask({"do": "restart", "part": service}, _STOP_WITHIN_S)

    def kill(self, service: str, number: int = signal.SIGKILL) -> None:
        """Send a part a signal; after SIGKILL it is dead when this returns, and the stack starts it again."""
        self._ask({"do": "signal", "part": service, "number": int(number)}, _ASK_TIMEOUT_S)

    def wait_ready(self, service: str, within_s: float = 60.0) -> None:
        """Return when the part is ready (again).

        Raises:
            StackError: It is not, in time.
        """
        deadline = time.monotonic() + within_s
        while True:
            part = self.status().part(service)
            if part is None:
                raise StackError(f"no part {service!r} here")
            if part.state is PartState.READY:
                return
            if time.monotonic() > deadline:
                raise StackError(f"{service} was not ready within {within_s:.0f} s; see {part.log}")
            time.sleep(POLL_S)

    def _ask(self, request: dict[str, Any], timeout_s: float) -> Any:
        try:
            return control.ask(home_of(self.home).socket, request, timeout_s)
        except ConnectionError:
            raise StackError(f"the stack in {self.home} is not up any more") from None


def ensure(
    home: Path | None = None,
    *,
    ports: Ports = "usual",
    only: Sequence[str] | None = None,
    report: Report | None = None,
) -> tuple[Stack, bool]:
    """The stack of this home, and whether it had to be started for that.

    Raises:
        StackError: It cannot be started, or is up without a part that is wanted.
    """
    found = Stack.find(home)
    if found is not None and found.status().state in (StackState.STARTING, StackState.UP):
        _require_parts(found, only)
        return found, False
    if found is not None:
        stop(home)
    return up(home, ports=ports, only=only, report=report), True


def up(
    home: Path | None = None,
    *,
    ports: Ports = "usual",
    only: Sequence[str] | None = None,
    report: Report | None = None,
) -> Stack:
    """Start a stack, detached, and return when every part is ready; data that is there is used again.

    Raises:
        StackError: It cannot be started; nothing of it is left running then.
    """
    where = home_of(home)
    where.make()
    lock = _take_lock(where)
    try:
        parts = select(None if only is None else tuple(only))
        site = Site(home=where, ports=choose_ports(ports))
        refuse_unfit(site, parts)
        where.clear_temporary()
        site.make_credentials()
        where.state.unlink(missing_ok=True)
        launcher = start_supervisor(site, parts, lock)
        _LAUNCHED[where.path] = launcher
    finally:
        os.close(lock)
    try:
        return _await_up(where, launcher, report or _say_nothing)
    except KeyboardInterrupt:
        stop(where.path)
        raise


def stop(home: Path | None = None, report: Report | None = None) -> bool:
    """Stop the stack of this home; returns whether anything was up. Nothing of it runs when this returns."""
    where = home_of(home)
    tell = report or _say_nothing
    was_up = is_locked(where)
    with contextlib.suppress(ConnectionError):
        control.ask(where.socket, {"do": "stop"}, _ASK_TIMEOUT_S)
        deadline = time.monotonic() + _STOP_WITHIN_S
        while time.monotonic() < deadline and (status := _ask_status(where)) is not None:
            tell(status)
            time.sleep(POLL_S)
        last = last_status(where.path)
        if last is not None:
            tell(last)
    _end_remains(where)
    gone = last_status(where.path) if was_up else None
    if gone is not None:
        replace(gone.addresses, certificates="").introduce()  # its ports may be anybody's from now on
    if where.path in _LAUNCHED:
        has_ended(_LAUNCHED.pop(where.path))
    return was_up


def purge(home: Path | None = None) -> None:
    """Remove the data of the stack of this home, which must be down."""
    where = home_of(home)
    if is_locked(where):
        raise StackError(f"the stack in {where.path} is up; stop it first")
    where.purge()


def last_status(home: Path | None = None) -> StackStatus | None:
    """What the stack of this home last wrote about itself, whether it is up or not."""
    try:
        return StackStatus.of(json.loads(home_of(home).state.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def site_of(home: Path | None = None) -> tuple[Site, tuple[Part, ...]]:
    """What a stack with the usual ports would be made of here, whether it is up or not."""
    return Site(home=home_of(home), ports=USUAL_PORTS), select(None)


def home_of(path: Path | None = None) -> Home:
    """The home at this path, else the usual one.

    Raises:
        InvalidInputError: a file is there.
    """
    where = default_home() if path is None else path.expanduser().resolve()
    if where.exists() and not where.is_dir():
        raise InvalidInputError("--home", f"{where} is no folder")
    return Home(path=where)


def _require_parts(stack: Stack, only: Sequence[str] | None) -> None:
    """Wait until every part that is wanted is ready."""
    present = {part.name for part in stack.status().parts}
    for part in select(None if only is None else tuple(only)):
        if part.name not in present and part.optional and only is None:
            continue
        if part.name not in present:
            raise StackError(f"the stack in {stack.home} is up without {part.name}: `shinsei down` it, then try again")
        if not part.optional:
            stack.wait_ready(part.name)


def _say_nothing(_: StackStatus) -> None:
    """For callers who only want the result."""


def _ask_status(home: Home) -> StackStatus | None:
    try:
        return StackStatus.of(control.ask(home.socket, {"do": "status"}, _ASK_TIMEOUT_S))
    except ConnectionError:
        return None


def _take_lock(home: Home) -> int:
    """The home's lock; what a killed stack left gets a moment to end.

    Raises:
        StackError: A stack is up here.
    """
    deadline = time.monotonic() + _GONE_WITHIN_S
    while (lock := try_lock(home)) is None:
        status = _ask_status(home)
        if status is not None and status.state in (StackState.UP, StackState.STARTING):
            raise StackError(
                f"a stack is already up in {home.path} (process {status.pid}): "
                "`shinsei status` shows it, `shinsei down` stops it"
            )
        if time.monotonic() > deadline:
            left = ", ".join(map(str, holders(home))) or "unknown"
            raise StackError(f"processes of an earlier stack in {home.path} are still there ({left}): `shinsei down`")
        time.sleep(POLL_S)
    return lock


def _await_up(home: Home, launcher: int, report: Report) -> Stack:
    deadline = time.monotonic() + _BEGIN_WITHIN_S
    begun = False
    while True:
        status = _ask_status(home)
        if status is not None:
            begun = True
            report(status)
            if status.state is StackState.UP:
                return Stack(home=home.path, addresses=status.addresses)
        if has_ended(launcher):
            last = last_status(home.path)
            raise StackError(last.problem if last and last.problem else _unexplained(home))
        if not begun and time.monotonic() > deadline:
            stop(home.path)
            raise StackError(_unexplained(home))
        time.sleep(POLL_S)


def _unexplained(home: Home) -> str:
    return f"the stack did not start; see {home.log('stack')}"


def _end_remains(home: Home) -> None:
    """Make sure that nothing which holds the home's lock is left."""
    deadline = time.monotonic() + _GONE_WITHIN_S
    while is_locked(home) and time.monotonic() < deadline:
        time.sleep(POLL_S)
    for process in holders(home):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(process, signal.SIGKILL)
    while is_locked(home):
        if time.monotonic() > deadline + _GONE_WITHIN_S:
            left = ", ".join(map(str, holders(home))) or "unknown"
            raise StackError(f"processes of the stack in {home.path} cannot be ended ({left})")
        time.sleep(POLL_S)
