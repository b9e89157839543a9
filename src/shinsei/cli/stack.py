"""``shinsei up | down | restart | logs | status | doctor``: the local stack."""

import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shinsei.cli.errors import INTERRUPTED
from shinsei.cli.options import HomeOption
from shinsei.cli.output import JsonOption, console, print_json, say
from shinsei.domain.errors import InvalidInputError
from shinsei.stack import PartState, PartStatus, Stack, StackError, StackStatus, local
from shinsei.stack.parts import PARTS

if TYPE_CHECKING:
    from shinsei.stack.stopped import StoppedPartition

_FOLLOW_S = 0.2
_NAMES = ("stack", *(part.name for part in PARTS))
"""What has a log: the parts, and the stack itself."""

PortsOption = Annotated[
    str, typer.Option("--ports", metavar="usual|free", help="The usual ports, or any that are free.")
]
OnlyOption = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="PART", help="Only this part and what it stands on; may be given several times."),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (up, down, restart, logs, status, doctor):
        app.command(command.__name__)(command)


def up(
    *, ports: PortsOption = "usual", only: OnlyOption = None, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Start Kafka, PostgreSQL and the services; return when every one of them answers.

    Data of an earlier stack in the same home is used again.
    """
    if ports not in ("usual", "free"):
        raise InvalidInputError("--ports", f"{ports!r} is neither usual nor free")
    for name in only or ():
        _require_part(name)
    with _progress(_tell_start, quiet=as_json) as report:
        begun = time.monotonic()
        stack = local.up(home, ports="free" if ports == "free" else "usual", only=only, report=report)
    found = stack.status()
    if as_json:
        print_json(found.values())
        return
    failed = {part.name: part for part in found.parts if part.state is PartState.FAILED}
    for part in failed.values():
        say(f"goes on without {part.name}: {part.problem}; see {part.log}", stderr=True)
    if found.part("room") is not None and "room" not in failed:
        say(f"operations room {found.addresses.room}")
    say(f"up after {time.monotonic() - begun:.1f} s; data and logs are in {found.home}")
    if "portal_sim" in {part.name for part in found.parts}:
        say(f"portal (gRPC) {found.addresses.portal} · next: shinsei season smoke, shinsei status, shinsei down")


def down(
    *,
    purge: Annotated[bool, typer.Option("--purge", help="Remove data, logs and credentials too.")] = False,
    home: HomeOption = None,
) -> None:
    """Stop every part, in reverse order. Without --purge, `shinsei up` goes on where it was."""
    with _progress(_tell_stop) as report:
        was_up = local.stop(home, report)
    say("down" if was_up else "nothing was up")
    if purge:
        local.purge(home)
        say("data, logs and credentials of the stack are removed")


def restart(service: Annotated[str, typer.Argument(metavar="SERVICE")], *, home: HomeOption = None) -> None:
    """Stop one part in good order and start it again."""
    _require_part(service)
    stack = _require_stack(home)
    stack.restart(service)
    part = stack.status().part(service)
    if part is not None:
        say(f"{service} is ready again after {part.ready_after_s} s, process {part.pid}")


def logs(
    service: Annotated[str, typer.Argument(metavar="SERVICE")],
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on printing what comes.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many of the last lines.")] = 100,
    home: HomeOption = None,
) -> None:
    """Show the end of a part's log; `stack` is the log of the stack itself."""
    _require_part(service)
    log = local.home_of(home).log(service)
    if not log.exists():
        raise StackError(f"{service} has no log yet in {log.parent}")
    with log.open(encoding="utf-8", errors="replace") as text:
        try:
            sys.stdout.writelines(deque(text, maxlen=lines))
            while follow:
                sys.stdout.flush()
                sys.stdout.write(text.read())
                time.sleep(_FOLLOW_S)
        except KeyboardInterrupt:  # the usual way out
            raise typer.Exit(INTERRUPTED) from None


def status(*, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List every part with its state, process, addresses and memory, and the files that hold credentials.

    A partition of Kafka at which a service has stopped is shown with its offset and the reason.
    """
    stack = Stack.find(home)
    if stack is None:
        if as_json:
            print_json({"state": "down", "home": str(local.home_of(home).path), "parts": []})
            return
        say(f"no stack is up in {local.home_of(home).path}; `shinsei up` starts one")
        return
    found = stack.status()
    stopped = _stopped_partitions(found)
    if as_json:
        print_json({**found.values(), "stopped_partitions": [asdict(one) for one in stopped]})
        return
    _print_status(found)
    for one in stopped:
        offset = "before its first record" if one.offset is None else f"at offset {one.offset}"
        say(
            f"STOPPED     {one.part} at {one.topic}, partition {one.partition}, {offset}: {one.reason or 'see its log'}"
        )
    if stopped:
        say("            `shinsei restart PART` tries the same record again; for more see docs/operations.md")


def _stopped_partitions(found: StackStatus) -> "tuple[StoppedPartition, ...]":
    from shinsei.stack.stopped import stopped_partitions

    logs = {part.name: Path(part.log) for part in found.parts if part.state is PartState.READY}
    return stopped_partitions({part: url for part, url in found.addresses.metrics.items() if part in logs}, logs)


def doctor(*, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Check what the stack needs of this machine: one line each, with what to do.

    While a stack is up it has its ports and its memory, so these are not looked for.
    """
    from shinsei.stack.checks import all_checks

    site, parts = local.site_of(home)
    found = all_checks(site, () if Stack.find(home) else parts)
    if as_json:
        print_json([{"name": one.name, "ok": one.ok, "advisory": one.advisory, "detail": one.detail} for one in found])
    else:
        for one in found:
            mark = "ok  " if one.ok else "note" if one.advisory else "MISS"
            say(f"{mark}  {one.name:<10}  {one.detail}")
    if not all(one.ok or one.advisory for one in found):
        raise typer.Exit(1)


@contextmanager
def _progress(tell: Callable[[PartStatus], str | None], *, quiet: bool = False) -> Iterator[local.Report]:
    """Tells of every part whose state has changed, a line each, with a spinner at a terminal."""
    told: dict[str, PartState] = {}
    screen = console(stderr=True)

    def report(status: StackStatus) -> None:
        for part in status.parts:
            if told.get(part.name) is not part.state:
                told[part.name] = part.state
                line = tell(part)
                if line:
                    say(f"{part.name:<17} {line}", stderr=True)
        busy = [part.name for part in status.parts if part.state in (PartState.STARTING, PartState.STOPPING)]
        spinner.update(f"{status.state} … {', '.join(busy)}")

    with screen.status("beginning …") as spinner:
        if not screen.is_terminal:
            spinner.stop()
        yield (lambda _: None) if quiet else report


def _tell_start(part: PartStatus) -> str | None:
    if part.state is PartState.READY:
        where = ", ".join(f"{purpose} {port}" for purpose, port in part.ports.items())
        return f"ready after {part.ready_after_s or 0:4.1f} s   {where}"
    return f"restarting, {part.problem}" if part.state is PartState.RESTARTING else None


def _tell_stop(part: PartStatus) -> str | None:
    return "stopped" if part.state is PartState.STOPPED else None


def _print_status(found: StackStatus) -> None:
    from rich.table import Table

    table = Table(title=f"The stack in {found.home}: {found.state} since {found.started_at}", title_justify="left")
    for heading in ("part", "state", "process", "ports", "restarts", "MiB", "log"):
        table.add_column(heading, justify="right" if heading in ("process", "restarts", "MiB") else "left")
    for part in found.parts:
        ports = ", ".join(f"{purpose.partition('.')[2] or 'port'} {port}" for purpose, port in part.ports.items())
        process = "" if part.pid is None else str(part.pid)
        log = _short(part.log)
        table.add_row(part.name, part.state, process, ports, str(part.restarts), f"{part.memory_mib:.0f}", log)
    screen = console()
    screen.print(table)
    say(f"memory      {found.memory_mib:.0f} MiB now, {found.memory_peak_mib:.0f} MiB at most (PSS)")
    say(f"supervisor  process {found.pid}, cleaned up after by {found.isolation}")
    for kind, name, address in _addresses(found):
        say(f"{kind:<11} {name} {address}")
    for name, file in found.credentials.items():
        say(f"credential  {name}: {file}")
    for part in found.parts:
        if part.problem:
            say(f"note        {part.name} {part.problem} ({part.restarts} restarts)")


def _addresses(found: StackStatus) -> Iterator[tuple[str, str, str]]:
    """Kind, part and address of everything that listens."""
    where = found.addresses
    grpc = {
        "portal_sim": where.portal,
        "core_systems": where.core,
        "app_mgmt": where.app_mgmt,
        "linkage_server": where.linkage,
    }
    for part in found.parts:
        for kind, of_kind in (("gRPC", grpc), ("metrics", where.metrics), ("DSN", where.dsns)):
            if part.name in of_kind:
                yield kind, part.name, of_kind[part.name]
        if part.name == "kafka":
            yield "bootstrap", part.name, where.kafka_bootstrap
        if part.name == "room":
            yield "web", part.name, where.room
        if part.name == "prometheus":
            yield "web", part.name, where.prometheus


def _short(path: str) -> str:
    """The path as seen from here, if that is shorter."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except ValueError:
        return path


def _require_part(name: str) -> None:
    if name not in _NAMES:
        raise InvalidInputError("SERVICE", f"there is no {name!r}; there are {', '.join(_NAMES)}")


def _require_stack(home: Path | None) -> Stack:
    stack = Stack.find(home)
    if stack is None:
        raise StackError(f"no stack is up in {local.home_of(home).path}; `shinsei up` starts one")
    return stack
