"""``shinsei backup | restore``: a stopped stack in one file, and back."""

from pathlib import Path
from typing import Annotated

import typer

from shinsei.cli.options import HomeOption
from shinsei.cli.output import say
from shinsei.stack import backup as backups
from shinsei.stack import local

_MIB = 2**20
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="Such as stack.tar.gz.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(file: FileArgument, *, home: HomeOption = None) -> None:
    """Write the stack, which must be down, to a file: databases, Kafka's log, attachments and credentials.

    The file holds secrets and is readable by its owner alone. Logs and the history of metrics are not in it.
    """
    size = backups.backup(local.home_of(home), file)
    say(f"{file}: {size / _MIB:.1f} MiB, with credentials; keep it as you keep them")


def restore(file: FileArgument, *, home: HomeOption = None) -> None:
    """Make the stack of a backup in a home that has none; `shinsei up` then goes on where it was."""
    where = local.home_of(home)
    found = backups.restore(file, where)
    say(f"{where.path}: the stack as it was at {found.made_at}; shinsei up starts it")
