"""``shinsei ledger``: where every accepted application is, from the databases of the four services."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.table import Table

from shinsei.cli.options import HomeOption
from shinsei.cli.output import JsonOption, console, print_json
from shinsei.cli.targets import targets
from shinsei.domain.errors import NotFoundError, ShinseiError
from shinsei.season.gateway import Gateway
from shinsei.season.ledger import ENDS, RunKey, RunLedger, read_ledger

_COLUMNS = ("accepted", *ENDS, "in_flight", "unaccounted")
_SHOWN_IDS = 20


class UnaccountedError(ShinseiError):
    """A stage does not know what it should: something was lost."""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("ledger")(ledger)


def ledger(
    *,
    run: Annotated[str, typer.Option(metavar="RUN", help="Only this run; default: every open run.")] = "",
    include_closed: Annotated[bool, typer.Option("--all", help="Closed runs too.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare what the four services know: accepted = registered + … + in flight, and nothing unaccounted for.

    Exits with 1 if anything is unaccounted for.
    """
    found = asyncio.run(_read(targets(home), run, include_closed=include_closed))
    if run and not found:
        raise NotFoundError("run", run)
    if as_json:
        print_json([_values(one) for one in found])
    else:
        _print(found)
    missing = [submission for one in found for submission in one.missing]
    if missing:
        raise UnaccountedError(f"{len(missing)} unaccounted for: {', '.join(missing[:_SHOWN_IDS])}")


async def _read(addresses: Mapping[str, str], run_id: str, *, include_closed: bool) -> list[RunLedger]:
    async with Gateway(addresses) as gateway:
        runs = await gateway.list_runs(include_closed=include_closed or bool(run_id))
        keys = sorted(
            (RunKey(run_id=run.spec.run_id, municipality=run.spec.municipality) for run in runs),
            key=lambda key: (key.run_id, key.municipality),
        )
        return [await read_ledger(gateway, key) for key in keys if not run_id or key.run_id == run_id]


def _values(one: RunLedger) -> dict[str, Any]:
    return {
        "run_id": one.key.run_id,
        "municipality": one.key.municipality,
        **asdict(one.ledger),
        "by_method": {method: dict(lines) for method, lines in one.by_method.items()},
        "stages": [
            {"stage": stage.stage, "watermark_ms": stage.watermark, "known": stage.known} for stage in one.stages
        ],
        "missing": list(one.missing),
    }


def _print(found: list[RunLedger]) -> None:
    screen = console()
    if not found:
        screen.print("no open run; shinsei ledger --all shows the closed ones too")
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("run", overflow="fold")
    table.add_column("municipality")
    for column in _COLUMNS:
        table.add_column(column.replace("_", " "), justify="right")
    for one in found:
        values = asdict(one.ledger)
        table.add_row(one.key.run_id, one.key.municipality, *(f"{values[column]:,}" for column in _COLUMNS))
    screen.print(table)
