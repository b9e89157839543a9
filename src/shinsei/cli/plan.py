"""``shinsei plan``: a season in virtual time, many times over; no service, no Java, no network."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shinsei.cli.options import MethodsOption, SetOption, chosen_methods, cores
from shinsei.cli.output import JsonOption
from shinsei.cli.plan_nation import plan_nation
from shinsei.cli.planned import Asked, Made, check_out, context_of, finish, new_run_id
from shinsei.cli.progress import progress
from shinsei.domain.errors import InvalidInputError

if TYPE_CHECKING:
    from shinsei.planning import Wanted
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
    wanted = _wanted(replications, _share(precision), until_clear=until_clear)
    read = _read(scenario, overrides, methods, seed)
    check_out(out)
    asked = Asked(wanted=wanted, jobs=jobs or cores(), out=out, as_json=as_json)
    question = _question(vary=bool(vary), sensitivity=sensitivity, staffing=staffing)
    _refuse_unused(question, clear_by=clear_by, precision=precision, until_clear=until_clear)
    if question:
        read.check_few(question)
    if vary:
        _vary(read, vary, asked)
    elif staffing:
        _staffing(read, _date(clear_by), replications, asked)
    elif sensitivity:
        _sensitivity(read, replications or 1, asked)
    elif read.file.rank_size is not None:
        plan_nation(read, replications or 1, asked)
    else:
        _plan(read, asked)


def _plan(scenario: "Scenario", asked: Asked) -> None:
    from shinsei.planning import Workers, study
    from shinsei.planning.answer import answer
    from shinsei.planning.content import content
    from shinsei.planning.report.page import plan_html
    from shinsei.planning.terminal import print_study

    screen = asked.screen
    with Workers(asked.jobs) as workers, progress(screen, "seasons planned:", asked.wanted.replications) as told:
        found = study(scenario, asked.wanted, workers, told)
    run_id, context = new_run_id(scenario.name), context_of(asked)
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
    finish(asked, made)


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
    run_id, context = new_run_id(scenario.name), context_of(asked)
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
    finish(asked, made)


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
    run_id, context = new_run_id(scenario.name), context_of(asked)
    summary = sensitivity_content(found, run_id=run_id, wall_s=context.wall_s, environment=context.environment)
    made = Made(
        run_id=run_id,
        scenario=scenario,
        summary=summary,
        page=sensitivity_html(found, context),
        studies=[],
        tell=lambda: print_sensitivity(screen, found),
    )
    finish(asked, made)


def _staffing(scenario: "Scenario", by: date | None, replications: int | None, asked: Asked) -> None:
    from shinsei.planning import Workers
    from shinsei.planning.report.staffing_page import staffing_html
    from shinsei.planning.staffing import REPLICATIONS, staffing
    from shinsei.planning.staffing_terminal import print_staffing
    from shinsei.planning.staffing_words import staffing_content

    screen = asked.screen
    with Workers(asked.jobs) as workers, progress(screen, "trials:", _TRIALS * len(scenario.methods)) as told:
        found = staffing(scenario, by, replications or REPLICATIONS, workers, told)
    run_id, context = new_run_id(scenario.name), context_of(asked)
    made = Made(
        run_id=run_id,
        scenario=scenario,
        summary=staffing_content(found, run_id=run_id, wall_s=context.wall_s, environment=context.environment),
        page=staffing_html(found, context),
        studies=[],
        tell=lambda: print_staffing(screen, found),
    )
    finish(asked, made)


def _wanted(replications: int | None, share: float | None, *, until_clear: bool) -> "Wanted":
    from shinsei.planning import Wanted

    most = replications or (_DEFAULT if share is None else _MOST)
    return Wanted(replications=most, precision=share, until_clear=until_clear)


def _question(**questions: bool) -> str:
    """The option that asks for more than a plan; empty for none."""
    asked = [f"--{name}" for name, is_asked in questions.items() if is_asked]
    if len(asked) > 1:
        raise InvalidInputError(asked[1], f"and {asked[0]} are two questions; ask one at a time")
    return asked[0] if asked else ""


def _refuse_unused(question: str, *, clear_by: str, precision: str, until_clear: bool) -> None:
    """An option that would change nothing is a misunderstanding."""
    if clear_by and question != "--staffing":
        raise InvalidInputError("--clear-by", "goes with --staffing alone")
    for name, is_given in (("--precision", bool(precision)), ("--until-clear", until_clear)):
        if is_given and question in {"--staffing", "--sensitivity"}:
            raise InvalidInputError(name, "does not go with --sensitivity or --staffing")


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInputError("--clear-by", f"{text!r} is not a date; write it like 2021-07-30") from None


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
