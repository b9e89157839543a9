"""``shinsei season``: a peak season on the real parts, the linkage methods side by side."""

import asyncio
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from shinsei.cli.errors import INTERRUPTED
from shinsei.cli.history import keep_history, keeps_history
from shinsei.cli.options import HomeOption, MethodsOption, SetOption, chosen_methods, cores
from shinsei.cli.output import JsonOption, console
from shinsei.cli.targets import cards_folder, named_elsewhere, targets_of
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.simtime import SimTime, from_datetime
from shinsei.planning.background import BackgroundForecast
from shinsei.season.live import Launch, launch
from shinsei.season.pacing import PaceSpec
from shinsei.season.request import SeasonRequest
from shinsei.season.results import Results, as_json
from shinsei.season.terminal import print_opening, print_paths, print_result
from shinsei.season.wishes import wish_speed, wished_speed
from shinsei.season.writing import SeasonResult
from shinsei.stack import StackError, StackStatus, ensure
from shinsei.stack.local import home_of

ScenarioArgument = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A scenario file, or the name of a shipped one.", show_default=False)
]
SpeedOption = Annotated[
    str, typer.Option(metavar="N|max", help="Simulated over real seconds, or max: as fast as the stack allows.")
]
FastUntilOption = Annotated[
    str, typer.Option(metavar="TIME", help="Flat out up to this Tokyo time (2021-06-30T17:00), then at --speed.")
]
IntervalsOption = Annotated[
    int,
    typer.Option(min=0, metavar="N", help="Plan N seasons beside it: intervals, and what would change the answer."),
]
KeepOption = Annotated[
    bool | None,
    typer.Option("--keep/--no-keep", help="Leave up, or stop, a stack that was started for this; asked at a terminal."),
]
Services = tuple[Mapping[str, str], Callable[[], bool]]
"""Addresses by service, and whether the stack that has them is there."""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("season")(season)


def season(
    scenario: ScenarioArgument = "",
    *,
    speed: SpeedOption = "max",
    fast_until: FastUntilOption = "",
    seed: Annotated[int | None, typer.Option(min=0, help="Another seed: another season of the same city.")] = None,
    methods: MethodsOption = "",
    overrides: SetOption = None,
    until_clear: Annotated[
        bool, typer.Option("--until-clear", help="End at the first midnight with nothing compared open or to come.")
    ] = False,
    intervals: IntervalsOption = 0,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of results.")] = Path("results"),
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the season that is open.")] = False,
    discard: Annotated[bool, typer.Option("--discard", help="End open runs that are in the way.")] = False,
    keep: KeepOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run a season on the local stack: twin cities, one per linkage method, same filings, same staff.

    Starts the stack if it is not up, and then stops what it started. Ctrl-C ends the season with a result
    marked partial; --resume goes on with it. A whole season is also put into the stack's Prometheus at its
    simulated times, if there is one (not with --json: shinsei runs backfill does it). Where SHINSEI_TARGETS
    names the four services (portal_sim=HOST:PORT,…), they are used instead and left as they are.
    """
    if not scenario and not resume:
        raise InvalidInputError("SCENARIO", "is missing; name a scenario file, or --resume the season that is open")
    request = SeasonRequest(
        scenario=scenario,
        overrides=tuple(overrides or ()),
        seed=seed,
        methods=chosen_methods(methods),
        until_clear=until_clear,
    )
    pace = PaceSpec(speed=_speed(speed), fast_until=_moment(fast_until))
    screen = console(stderr=as_json)
    found = None if resume else request.load()
    if found is not None:
        request = replace(request, scenario=str(found.path))
        print_opening(screen, found)
    forecast = BackgroundForecast(intervals, cores(), screen.print) if intervals else None
    elsewhere = named_elsewhere()
    wanted = Launch(request=request, pace=pace, results=Results(out), command=command(), discard=discard)
    wanted = replace(wanted, forecast=forecast, cards=cards_folder(home))
    wanted = wanted if elsewhere else _watched(wanted, home)
    history = _History(screen)
    with _at(elsewhere) if elsewhere else _stack(screen, home, keep=keep, last=history.tell) as (addresses, is_there):
        result = asyncio.run(launch(wanted, found, addresses, screen, is_there))
        if as_json:
            typer.echo(as_json_text(result))
        else:
            print_result(screen, result)
            print_paths(screen, result.folder)
            if not (elsewhere or result.findings.partial):
                history.keep(result, home)
    if result.findings.partial:
        raise typer.Exit(INTERRUPTED)


class _History:
    """The season in Prometheus at its simulated times, for dashboards."""

    def __init__(self, screen: Console) -> None:
        self._screen = screen
        self._is_kept = False
        self._left_out = ""

    def keep(self, result: SeasonResult, home: Path | None) -> None:
        """Puts it there; a Prometheus that cannot take it spoils no result."""
        if not keeps_history(home):
            return
        try:
            self._left_out = keep_history(result.folder, result.summary, home)
        except StackError as error:
            self._screen.print(f"history   not in Prometheus: {error}", style="yellow", highlight=False, soft_wrap=True)
        else:
            self._is_kept = True

    def tell(self, is_up: bool) -> None:
        """Where it is, once it is known what becomes of the stack: a server that has been stopped shows none."""
        if self._is_kept:
            seen = "within a minute" if is_up else "from the next shinsei up on"
            self._screen.print(f"history   in Prometheus at its simulated times, {seen}", highlight=False)
        if self._left_out:
            self._screen.print(f"          {self._left_out}", highlight=False, soft_wrap=True)


def _watched(wanted: Launch, home: Path | None) -> Launch:
    """The same at the speed that the operations room of this stack wants."""
    file = home_of(home).pace
    return replace(wanted, wished=partial(wished_speed, file), forget_wish=partial(wish_speed, file, None))


def command() -> str:
    """The command as it was typed, for the report."""
    return shlex.join(["shinsei", *sys.argv[1:]])


def as_json_text(result: SeasonResult) -> str:
    """The summary as it is printed."""
    return as_json(dict(result.summary)).rstrip("\n")


@contextmanager
def _at(addresses: Mapping[str, str]) -> Iterator[Services]:
    """Services that run elsewhere: a season that cannot reach them waits, then says so; nothing is stopped here."""
    yield addresses, lambda: True


@contextmanager
def _stack(
    screen: Console, home: Path | None, *, keep: bool | None, last: Callable[[bool], None]
) -> Iterator[Services]:
    """The stack, started if it is not up; what was started is stopped, if nobody wants it left.

    ``last`` tells what depends on whether it is still up. Where it is, its addresses come behind all that, and the page
    that shows the season at the very end.
    """
    with screen.status("starting the stack …") as status:

        def report(state: StackStatus) -> None:
            ready = ", ".join(part.name for part in state.parts if part.state == "ready")
            status.update(f"starting the stack … ready: {ready or 'nothing yet'}")

        stack, started_here = ensure(home, report=report)
    stays = not started_here or keep is True
    screen.print(f"watch it   {stack.addresses.room}", style="dim", highlight=False)
    try:
        yield targets_of(stack.addresses), stack.is_there
        stays = stays or _wants_to_keep(screen, keep=keep)
    finally:
        if not stays:
            screen.print("stopping the stack …", style="dim")
            stack.stop()
    last(stack.is_there())
    if stays:
        screen.print(f"portal    {stack.addresses.portal} (gRPC); shinsei status shows the rest, shinsei down stops it")
        screen.print(f"room      {stack.addresses.room} (operations room, for a browser)", highlight=False)


def _wants_to_keep(screen: Console, *, keep: bool | None) -> bool:
    if keep is not None:
        return keep
    if not (screen.is_terminal and sys.stdin.isatty()):
        return False
    try:
        return typer.confirm("Leave the stack up, to look around?", default=False, err=screen.stderr)
    except typer.Abort:  # the terminal was closed, or Ctrl-C: the result is there, and nobody wants to stay
        return False


def _speed(text: str) -> float | None:
    if text == "max":
        return None
    try:
        return float(text)
    except ValueError:
        raise InvalidInputError("--speed", f"{text!r} is neither a number nor max") from None


def _moment(text: str) -> SimTime | None:
    if not text:
        return None
    try:
        return from_datetime(datetime.fromisoformat(text))
    except ValueError:
        raise InvalidInputError("--fast-until", f"{text!r} is no time such as 2021-06-30T17:00") from None
