"""``shinsei loadtest close``: what the ordinary ``locust`` command has opened is closed, and accounted for."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from shinsei.cli.loadtest_target import target_of
from shinsei.cli.options import HomeOption
from shinsei.cli.output import JsonOption, print_json, say
from shinsei.domain.errors import ConflictError


def close(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="The file that shinsei loadtest plan has written.")],
    *,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Close the runs of a plan and account for its cases; exits with 1 if one is lost."""
    from shinsei.loadtest import closing

    found = asyncio.run(closing.close(closing.plan_in(plan), target_of(home)))
    ledger = found["ledger"]
    if as_json:
        print_json(found)
    else:
        told = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in ledger.items())
        say(f"closed {found['closed']} runs of {found['run_id']}: {told}")
    if ledger["unaccounted"]:
        raise ConflictError(f"{ledger['unaccounted']} accepted applications are lost; shinsei ledger names them")
