"""``shinsei``, also as ``python -m shinsei.cli``: the frame that all commands hang in."""

import sys
from io import TextIOWrapper
from typing import Annotated

import typer
from typer.main import get_command

from shinsei.cli.commands import CommandGroup
from shinsei.cli.errors import guarded

app = typer.Typer(
    cls=CommandGroup,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
)


@app.callback()
def shinsei(
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    """Online applications of Japanese municipalities (申請), end to end on real parts, under load and in a season."""
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"shinsei {installed('shinsei')}")
        raise typer.Exit


def run(arguments: list[str]) -> int:
    """Run the command line; returns the exit code."""
    command = get_command(app)
    return guarded(lambda: command.main(args=arguments, prog_name="shinsei", standalone_mode=False))


def main() -> None:
    """Entry point."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without a sign lacks the sign, and not the rest
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
