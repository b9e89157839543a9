"""``shinsei plan``: a season in virtual time, many times over; no service, no Java, no network."""

import shlex
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shinsei.cli.options import MethodsOption, SetOption, chosen_methods, cores
from shinsei.cli.output import JsonOption, console, print_json, say
from shinsei.cli.progress import progress
from shinsei.domain.errors import InvalidInputError

if TYPE_CHECKING:
    from rich.console import Console

    from shinsei.planning import Study, Wanted
    from shinsei.planning.report.page import PageContext
    from shinsei.scenario import Scenario

_DEFAULT, _MOST = 30, 1_000
_TRIALS = 10
"""About how many a method takes, for the progress bar."""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("plan")(plan)


def plan(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="A file, or the name of a shipped scenario.")],
    *,
    replications: Annotated[
        int | None,
        typer.Option(
            min=1, help="Seasons to plan; with --precision at most so many.", show_default=f"{_DEFAULT}, or {_MOST:,}"
        ),
    ] = None,
    precision: Annotated[
        str, typer.Option(metavar="SHARE", help="Stop when the headline intervals are within this of their means: 5%.")
    ] = "",
    overrides: SetOption = None,
    vary: Annotated[
        list[str] | None,
        typer.Option("--vary", metavar="KEY=A,B,C", help="Plan each of these values; repeated: every combination."),
    ] = None,
    methods: MethodsOption = "",
    sensitivity: Annotated[
        bool, typer.Option("--sensitivity", help="Which assumptions the answer rests on, and what to measure first.")
    ] = False,
    staffing: Annotated[
        bool, typer.Option("--staffing", help="The fewest clerks, or hours of overtime, to be clear by a day.")
    ] = False,
    clear_by: Annotated[
        str, typer.Option(metavar="DATE", help="That day.", show_default="the scenario's cut-off")
    ] = "",
    until_clear: Annotated[
        bool, typer.Option("--until-clear", help="End each season when nothing compared is open or to come.")
    ] = False,
    seed: Annotated[int | None, typer.Option(min=0, help="Another seed: other seasons of the same city.")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes.", show_default="one a core")] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of results.")] = Path("results"),
    as_json: JsonOption = False,
) -> None:
    """Plan a season in virtual time: every figure with a 95 % interval, in seconds, with no service at all.

    Replication 0 is the season that shinsei season runs with this seed, and has its trace hash.
    """
    from shinsei.planning import Wanted

    share = _share(precision)
    most = replications or (_DEFAULT if share is None else _MOST)
    wanted = Wanted(replications=most, precision=share, until_clear=until_clear)
    read = _read(scenario, overrides, methods, seed)
    asked = Asked(wanted=wanted, jobs=jobs or cores(), out=out, as_json=as_json)
    _refuse_both(vary=bool(vary), sensitivity=sensitivity, staffing=staffing)
    if vary:
        _vary(read, vary, asked)
    elif staffing:
        _staffing(read, _date(clear_by), replications, asked)
    elif sensitivity:
        _sensitivity(read, replications or 1, asked)
    else:
        _plan(read, asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a plan was asked for, beside its scenario."""

    wanted: "Wanted"
    jobs: int
    out: Path
    as_json: bool
    began: float = field(default_factory=time.monotonic)

    @property
    def screen(self) -> "Console":
        """Where people read."""
        return console(stderr=self.as_json)


def _plan(scenario: "Scenario", asked: Asked) -> None:
    from shinsei.planning import Workers, study
    from shinsei.planning.answer import answer
    from shinsei.planning.content import content
    from shinsei.planning.report.page import plan_html
    from shinsei.planning.terminal import print_study

    screen = asked.screen
    with Workers(asked.jobs) as workers, progress(screen, "seasons planned:", asked.wanted.replications) as told:
        found = study(scenario, asked.wanted, workers, told)
    run_id, context = _run_id(scenario.name), _context(asked)
    summary = content(
        found, answer=answer(found), run_id=run_id, wall_s=context.wall_s, environment=context.environment
    )
    made = Made(
        run_id=run_id,
        scenario=scenario,
        summary=summary,
        page=plan_html(found, context),
        studies=[("", found)],
        tell=lambda: print_study(screen, found),
    )
    _finish(asked, made)


def _vary(scenario: "Scenario", texts: list[str], asked: Asked) -> None:
    from shinsei.planning import Workers
    from shinsei.planning.grid import axis, grid, settings_of
    from shinsei.planning.grid_content import grid_content
    from shinsei.planning.grid_terminal import print_grid
    from shinsei.planning.report.grid_page import grid_html

    axes, screen = [axis(text) for text in texts], asked.screen
    total = len(settings_of(axes)) * asked.wanted.replications
    with Workers(asked.jobs) as workers, progress(screen, "seasons planned:", total) as told:
        found = grid(scenario, axes, asked.wanted, workers, told)
    run_id, context = _run_id(scenario.name), _context(asked)
    summary = grid_content(found, run_id=run_id, wall_s=context.wall_s, environment=context.environment)
    studies = [(each.name, each.study) for each in found.variants]
    made = Made(
        run_id=run_id,
        scenario=scenario,
        summary=summary,
        page=grid_html(found, context),
        studies=studies,
        tell=lambda: print_grid(screen, found),
    )
    _finish(asked, made)


def _sensitivity(scenario: "Scenario", replications: int, asked: Asked) -> None:
    from shinsei.planning import Workers
    from shinsei.planning.ranges import ranges
    from shinsei.planning.report.sensitivity_page import sensitivity_html
    from shinsei.planning.sensitivity import seasons_needed, sensitivity
    from shinsei.planning.sensitivity_terminal import print_sensitivity
    from shinsei.planning.sensitivity_words import sensitivity_content

    screen = asked.screen
    total = seasons_needed(len(ranges(scenario)[0]), replications)
    with Workers(asked.jobs) as workers, progress(screen, "seasons planned:", total) as told:
        found = sensitivity(scenario, replications, workers, told)
    run_id, context = _run_id(scenario.name), _context(asked)
    summary = sensitivity_content(found, run_id=run_id, wall_s=context.wall_s, environment=context.environment)
    made = Made(
        run_id=run_id,
        scenario=scenario,
        summary=summary,
        page=sensitivity_html(found, context),
        studies=[],
        tell=lambda: print_sensitivity(screen, found),
    )
    _finish(asked, made)


def _staffing(scenario: "Scenario", by: date | None, replications: int | None, asked: Asked) -> None:
    from shinsei.planning import Workers
    from shinsei.planning.report.staffing_page import staffing_html
    from shinsei.planning.staffing import REPLICATIONS, staffing
    from shinsei.planning.staffing_terminal import print_staffing
    from shinsei.planning.staffing_words import staffing_content

    screen = asked.screen
    with Workers(asked.jobs) as workers, progress(screen, "trials:", _TRIALS * len(scenario.methods)) as told:
        found = staffing(scenario, by, replications or REPLICATIONS, workers, told)
    run_id, context = _run_id(scenario.name), _context(asked)
    made = Made(
        run_id=run_id,
        scenario=scenario,
        summary=staffing_content(found, run_id=run_id, wall_s=context.wall_s, environment=context.environment),
        page=staffing_html(found, context),
        studies=[],
        tell=lambda: print_staffing(screen, found),
    )
    _finish(asked, made)


def _refuse_both(**questions: bool) -> None:
    asked = [f"--{name}" for name, is_asked in questions.items() if is_asked]
    if len(asked) > 1:
        raise InvalidInputError(asked[1], f"and {asked[0]} are two questions; ask one at a time")


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInputError("--clear-by", f"{text!r} is not a date; write it like 2021-07-30") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a plan came to."""

    run_id: str
    scenario: "Scenario"
    summary: dict[str, Any]
    page: str
    studies: "list[tuple[str, Study]]"
    """Replications to write, by the name of their variant."""
    tell: Callable[[], None]
    """Prints it for people."""


def _finish(asked: Asked, made: Made) -> None:
    """Write the folder, then say what is in it."""
    from shinsei.planning.writing import write_plan
    from shinsei.season.results import REPORT, SUMMARY, Results

    results = Results(asked.out)
    write_plan(
        results,
        made.run_id,
        summary=made.summary,
        page=made.page,
        scenario=made.scenario,
        studies=made.studies,
        environment=made.summary["environment"],
    )
    if asked.as_json:
        print_json(made.summary)
    else:
        made.tell()
    folder = results.folder(made.run_id)
    for name, file in (("report", REPORT), ("figures", SUMMARY)):
        say(f"{name:<9} {folder / file}", stderr=asked.as_json)


def _read(scenario: str, overrides: list[str] | None, methods: str, seed: int | None) -> "Scenario":
    from shinsei.scenario import load

    read, chosen = load(scenario, overrides or ()), chosen_methods(methods)
    if seed is not None:
        read = read.with_seed(seed)
    if chosen and not read.methods:
        raise InvalidInputError("--methods", f"scenario {read.name} has no twin cities")
    return read.with_methods(chosen) if chosen else read


def _share(text: str) -> float | None:
    if not text:
        return None
    try:
        share = float(text.rstrip("% ")) / (100 if text.rstrip().endswith("%") else 1)
    except ValueError:
        share = 0.0
    if not 0 < share < 1:
        raise InvalidInputError("--precision", f"{text!r} is no share between 0 and 1, such as 5% or 0.05")
    return share


def _context(asked: Asked) -> "PageContext":
    from shinsei.planning.report.page import PageContext
    from shinsei.season.environment import manifest

    command = shlex.join(["shinsei", *sys.argv[1:]])
    return PageContext(command=command, wall_s=time.monotonic() - asked.began, environment=manifest(command))


def _run_id(name: str) -> str:
    """Unique over the folder of results: scenario and real time, to the second."""
    return f"{name}-plan-{datetime.now(UTC).strftime('%Y%m%d%H%M%S')}"
