"""How commands speak: ``--json`` prints one JSON value alone on standard output; everything else is for people."""

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON alone on standard output.")]

_WIDE = 200
"""Columns where the output is no terminal: nothing is folded for whoever reads the pipe."""


def print_json(value: Any) -> None:
    """Print a result for programs."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def console(*, stderr: bool = False) -> "Console":
    """Where people read; ``stderr`` leaves standard output to a result."""
    from rich.console import Console

    made = Console(stderr=stderr, highlight=False)
    if not made.is_terminal:
        made = Console(stderr=stderr, highlight=False, width=_WIDE)
    return made


def say(line: str, *, stderr: bool = False) -> None:
    """Print one plain line, at once."""
    stream = sys.stderr if stderr else sys.stdout
    stream.write(f"{line}\n")
    stream.flush()
