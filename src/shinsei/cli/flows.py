"""``shinsei flows``: the reception flow of a procedure before and after going online (付録1)."""

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from shinsei.domain.catalogue import PROCEDURES, Procedure, procedure_by_key
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.flows import COVERED, Flow, FlowStep, flows
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import RunSpec
from shinsei.scenario import load
from shinsei.season.words import METHOD_NAMES

_WIDE = 160
"""Columns where the output is no terminal."""
_WITH_COUNTER = (
    "In brackets: with the counter's acceptance, identity check, content check and notice on paper, which are "
    "assumptions of the table [flows] and are worked in no run. Compare ways by these totals."
)
_WITHOUT_COUNTER = (
    "On paper only keying and its check have a time here; the table [flows] of a scenario gives the counter's. "
    "Without it the comparison is unkind to going online."
)


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("flows")(show)


def show(
    name: Annotated[str, typer.Argument(metavar="[PROCEDURE]", help="Key or number; without it, all 26.")] = "",
    *,
    scenario: Annotated[str, typer.Option(help="Whose times to take.")] = "child-allowance-status-report",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Show how an application is received on paper and online, step by step, with the clerks' minutes of a scenario."""
    read = load(scenario)
    run = read.run_specs("flows")[0]
    wanted = [_covered(name)] if name else [item for item in PROCEDURES if item.group in COVERED]
    found = [flows(run, item, read.counter_times) for item in wanted]
    if as_json:
        typer.echo(json.dumps([_described(one) for one in found], ensure_ascii=False, indent=2))
        return
    screen = Console()
    if not screen.is_terminal:
        screen = Console(width=_WIDE)
    screen.print(_overview(found) if len(found) > 1 else _detailed(found[0], run))
    screen.print("Mean minutes of clerks per case (cases that take a step only now and then count by their share).")
    screen.print("Steps: F, SRC from a source; M from memory. A dash: the model gives the step no time.")
    screen.print(_WITH_COUNTER if read.counter_times else _WITHOUT_COUNTER, markup=False)


def _covered(name: str) -> Procedure:
    found = procedure_by_key(name)
    if found.group not in COVERED:
        raise InvalidInputError(
            "PROCEDURE",
            f"{found.key} has no flow: the source's appendix covers the 26 procedures of childcare and long-term care",
        )
    return found


def _heading(method: LinkageMethod | None) -> str:
    return "on paper" if method is None else METHOD_NAMES[method].en


def _overview(found: list[tuple[Flow, ...]]) -> Table:
    """Clerks' minutes per case, a row a procedure."""
    table = Table(title="Clerks' minutes per case (付録1)", title_justify="left")
    table.add_column("#", justify="right")
    table.add_column("Procedure")
    for flow in found[0]:
        table.add_column(_heading(flow.method), justify="right")
    for one in found:
        item = one[0].procedure
        table.add_row(str(item.number), f"{item.short_ja}\n[dim]{item.key}[/dim]", *(_total(flow) for flow in one))
    return table


def _total(flow: Flow) -> str:
    """Clerks' minutes, and with the counter's where it has any."""
    whole = flow.with_counter_minutes
    return f"{flow.staff_minutes:.1f}" + (f" ({whole:.1f})" if whole > flow.staff_minutes else "")


def _detailed(one: tuple[Flow, ...], run: RunSpec) -> Table:
    """One block a way, a row a step."""
    item = one[0].procedure
    table = Table(title=f"{item.short_ja} ({item.name_en}), times of {run.scenario}", title_justify="left")
    for column in ("way", "step", "手順", "who"):
        table.add_column(column)
    for column in ("minutes", "days", "of cases"):
        table.add_column(column, justify="right")
    table.add_column("by method")
    table.add_column("mark")
    for flow in one:
        for place, step in enumerate(flow.steps):
            table.add_row("" if place else f"[bold]{_heading(flow.method)}[/bold]", *_cells(step))
        change = "" if flow.method is None else _change(flow, one[0])
        table.add_row("", f"[bold]clerks in all[/bold] {change}", "", "", f"[bold]{_total(flow)}[/bold]")
        table.add_section()
    return table


def _change(flow: Flow, paper: Flow) -> str:
    """Against paper: of the clerks whom a run has, and with the counter's work."""
    clerks = f"{flow.staff_minutes - paper.staff_minutes:+.1f}"
    if paper.with_counter_minutes == paper.staff_minutes:
        return f"{clerks} against paper"
    return f"{clerks} ({flow.with_counter_minutes - paper.with_counter_minutes:+.1f}) against paper"


def _cells(step: FlowStep) -> tuple[str, ...]:
    minutes = "–" if step.minutes is None else f"{step.minutes:.1f}"
    share = "" if step.share == 1.0 else f"{step.share:.1%}"
    days = "" if step.days is None else f"{step.days:.0f}"
    return (step.name, step.name_ja, str(step.actor), minutes, days, share, "yes" if step.by_method else "", step.mark)


def _described(one: tuple[Flow, ...]) -> dict[str, Any]:
    item = one[0].procedure
    paper = one[0]
    return {
        "number": item.number,
        "key": item.key,
        "name_ja": item.name_ja,
        "flows": [
            {
                "method": flow.method,
                "staff_minutes": round(flow.staff_minutes, 3),
                "against_paper": round(flow.staff_minutes - paper.staff_minutes, 3),
                "with_counter_minutes": round(flow.with_counter_minutes, 3),
                "with_counter_against_paper": round(flow.with_counter_minutes - paper.with_counter_minutes, 3),
                "steps": [
                    {
                        "name": step.name,
                        "name_ja": step.name_ja,
                        "actor": str(step.actor),
                        "minutes": None if step.minutes is None else round(step.minutes, 3),
                        "days": step.days,
                        "share": round(step.share, 4),
                        "depends_on_method": step.by_method,
                        "worked_in_a_run": not step.counters,
                        "mark": step.mark,
                    }
                    for step in flow.steps
                ],
            }
            for flow in one
        ],
    }
