"""``shinsei procedures``: the catalogue of the 31 procedures."""

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from shinsei.domain.catalogue import PROCEDURES, Group, Procedure

_WIDE = 260
"""Columns where the output is no terminal: nothing is folded for whoever reads the pipe."""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("procedures")(procedures)


def procedures(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List the 31 procedures of the catalogue: names, level, core system, signature, season, yearly volume."""
    if as_json:
        typer.echo(json.dumps([describe(item) for item in PROCEDURES], ensure_ascii=False, indent=2))
        return
    console = Console(width=None if Console().is_terminal else _WIDE)
    console.print(_table())
    console.print("Volume: filings per 100,000 people and year, with its mark (A: an assumption). Keys: --json.")


def describe(item: Procedure) -> dict[str, Any]:
    """A procedure as JSON."""
    return {
        "number": item.number,
        "key": item.key,
        "name_ja": item.name_ja,
        "short_ja": item.short_ja,
        "name_en": item.name_en,
        "group": str(item.group),
        "level": str(item.level),
        "core_system": str(item.core_system),
        "signature": str(item.signature),
        "attachments": [name for _, name in item.attachments.documents],
        "season": {
            "key": item.season.key,
            "months": [round(weight, 4) for weight in item.season.months],
            "within_month": str(item.season.shape),
            "mark": item.season.mark,
        },
        "volume_per_100k": item.volume_per_100k,
        "volume_mark": item.volume_mark,
        "volume_source": item.volume_source,
    }


def _table() -> Table:
    """One row per procedure, its Japanese name over its English one; one block per group."""
    table = Table(title="The 31 procedures (手続)", title_justify="left")
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column("Procedure", overflow="fold", min_width=16)
    table.add_column("Core system", max_width=12)
    table.add_column("Signature", no_wrap=True)
    table.add_column("Season", max_width=14)
    table.add_column("Volume", justify="right", no_wrap=True, min_width=7)
    for group in Group:
        members = [item for item in PROCEDURES if item.group is group]
        table.add_row("", f"[bold]{group}, {members[0].level}[/bold]")
        for item in members:
            table.add_row(
                str(item.number),
                f"{item.name_ja}\n[dim]{item.name_en}[/dim]",
                item.core_system.replace("_", " "),
                str(item.signature),
                item.season.key,
                f"{item.volume_per_100k:,g} {item.volume_mark}",
            )
        table.add_section()
    return table
