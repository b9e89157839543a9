"""``shinsei certificates``: identities for processes that no local stack starts, by an authority of their own."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from shinsei.cli.output import say
from shinsei.contracts.zones import ZONE_OF
from shinsei.domain.errors import InvalidInputError

ROLES = tuple(role for role in ZONE_OF if role != "prometheus")
"""Prometheus has no certificate: metrics are read in plain."""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("certificates")(certificates)


def certificates(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Gets a folder for each role.")],
    *,
    hosts: Annotated[
        list[str] | None, typer.Option("--host", metavar="NAME", help="A name of Kafka; may be given several times.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="For which they are good.")] = 14,
) -> None:
    """Make a new certificate for every role, and a certificate authority if the folder has none.

    A process has the role whose folder SHINSEI_IDENTITY_DIR names. A local stack makes its own; this is for others.
    """
    from shinsei.stack.certificates import issue

    # Kafka may well be reached by its role's name; with any other's, each certificate could stand in for that role.
    taken = [host for host in hosts or () if host.lower() in ROLES and host.lower() != "kafka"]
    if taken:
        raise InvalidInputError("--host", f"{taken[0]} is a role: every certificate would name it")
    issue(folder, ROLES, hosts or (), lifetime=timedelta(days=days))
    say(f"{folder}: {len(ROLES)} certificates, good for {days} days; {folder / 'ca.key'} makes more: keep it apart")
