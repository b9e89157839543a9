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
    accepted: Annotated[
        int | None, typer.Option(min=0, help="How many applications were accepted, by the generator's word.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Close the runs of a plan and account for its cases; exits with 1 if one is lost or was not kept."""
    from shinsei.loadtest import closing

    found = asyncio.run(closing.close(closing.plan_in(plan), target_of(home)))
    ledger = found["ledger"]
    if as_json:
        print_json(found)
    else:
        told = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in ledger.items())
        by_word = "" if accepted is None else f" (by the generator's word accepted {accepted:,})"
        say(f"closed {found['closed']} runs of {found['run_id']}{by_word}: {told}")
    if ledger["unaccounted"]:
        raise ConflictError(f"{ledger['unaccounted']} accepted applications are lost; shinsei ledger names them")
    if accepted is not None and ledger["accepted"] < accepted:
        raise ConflictError(
            f"the generator says that {accepted} applications were accepted; the portal's database holds "
            f"{ledger['accepted']} of them"
        )
