"""``shinsei advise``: the linkage method of each procedure, what to buy, and why the other methods lost (付録2)."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shinsei.cli.output import JsonOption, console, print_json, say
from shinsei.domain.errors import InvalidInputError

if TYPE_CHECKING:
    from rich.console import Console

    from shinsei.domain.advice import Advice, Question
    from shinsei.scenario import Scenario

PAGE, DATA = "advice.html", "advice.json"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("advise")(advise)


def advise(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="A file, or the name of a shipped scenario.")],
    *,
    budget: Annotated[
        float | None, typer.Option(metavar="YEN", help="What may be spent once, over all packages.")
    ] = None,
    ready_by: Annotated[str | None, typer.Option(metavar="DATE", help="Only what can be ready by this day.")] = None,
    horizon: Annotated[
        float | None, typer.Option(metavar="YEARS", help="Years over which investments are spread.")
    ] = None,
    procedures: Annotated[
        list[str] | None,
        typer.Option("--procedure", metavar="KEY", help="Only these, which then bear every price; repeatable."),
    ] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Override one value, such as costs.subsidy=true."),
    ] = None,
    plan: Annotated[
        bool,
        typer.Option("--plan/--no-plan", help="Judge times by the planned season, or by the floor without queues."),
    ] = True,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder for advice.html and advice.json.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Advise on the linkage method of each procedure: cost, time, traits, and what can be had."""
    from shinsei.domain.advice import advise as advised
    from shinsei.scenario import load
    from shinsei.season.advice.asking import Wish, parameters_of, question_of
    from shinsei.season.advice.content import content

    read = load(scenario, overrides or ())
    wish = Wish(
        procedures=tuple(procedures or ()),
        budget_yen=budget,
        ready_by=_day(ready_by),
        horizon_years=horizon,
        plan=plan,
    )
    with console(stderr=True).status("planning the season in virtual time"):
        question = question_of(read, wish)
    advice = advised(question)
    result = content(read, question, advice)
    if out is not None:
        from shinsei.season.advice.page import advice_html
        from shinsei.season.results import as_json as written

        page = advice_html(read, question, advice, parameters_of(read))
        _write(out, {PAGE: page, DATA: written(result)})
    if as_json:
        print_json(result)
    else:
        _tell(console(), read, question, advice)
    if out is not None:
        say(f"wrote {out / PAGE} and {out / DATA}", stderr=as_json)


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise InvalidInputError("--ready-by", f"{text!r} is not a date; write it like 2022-04-01") from None


def _write(folder: Path, files: dict[str, str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InvalidInputError("--out", f"{folder} cannot be written ({error.strerror})") from None


def _tell(screen: "Console", scenario: "Scenario", question: "Question", advice: "Advice") -> None:
    from rich.markup import escape

    from shinsei.season.advice.asking import not_filed
    from shinsei.season.advice.reasons import loser, reason
    from shinsei.season.advice.tables import packages_table, procedures_table
    from shinsei.season.advice.words import PACKAGE_NAMES, answer, caution

    screen.print(f"[bold]{escape(answer(advice).en)}[/bold]")
    warned = caution(scenario)
    if warned is not None:
        screen.print(f"[yellow]{escape(warned.en)}[/yellow]")
    screen.print(packages_table(advice))
    screen.print(procedures_table(question, advice))
    silent = not_filed(question)
    if silent:
        screen.print(f"Without filings, and so without advice: {', '.join(silent)}.")
    for package in advice.packages:
        screen.print(f"[bold]{PACKAGE_NAMES[package.core_system].en}[/bold]")
        for one in package.losses:
            screen.print(f"  not {loser(one, package).en}: {escape(reason(one, package).en)}")
    moved = [
        one for one in advice.procedures if advice.with_subsidy.get(one.procedure.number, one.method) != one.method
    ]
    if moved:
        names = ", ".join(one.procedure.key for one in moved)
        screen.print(
            f"With the half subsidy (costs.subsidy=true, in time for it) the method would change for: {names}."
        )
    screen.print("Money and most times are assumptions; shinsei scenario explain lists them with their marks.")
