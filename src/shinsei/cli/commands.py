"""The table of commands, and the group that imports a command's module only when it is called.

``shinsei --help`` and ``shinsei status`` must not wait for what a season needs.
"""

import importlib
import sys
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

from shinsei.cli.errors import InterruptedCommandError, debugging


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command, as ``shinsei --help`` lists it."""

    name: str
    module: str
    """File of this package whose ``register(app)`` adds it."""
    help: str
    panel: str


_SEASON, _CASES, _SCENARIOS, _STACK = "Seasons", "Cases", "Scenarios and catalogue", "The local stack"

COMMANDS: tuple[Command, ...] = (
    Command(name="season", module="season", panel=_SEASON, help="Run a peak season, the linkage methods side by side."),
    Command(name="plan", module="plan", panel=_SEASON, help="Plan a season in virtual time, with intervals."),
    Command(name="runs", module="runs", panel=_SEASON, help="List, show, prune results; backfill them."),
    Command(name="compare", module="compare", panel=_SEASON, help="Compare the results of seasons and plans."),
    Command(name="diff", module="diff", panel=_SEASON, help="Show the first transition in which two results differ."),
    Command(
        name="ledger",
        module="ledger",
        panel=_SEASON,
        help="Account for every application; exit code 1 if one is lost.",
    ),
    Command(name="control", module="control", panel=_SEASON, help="Change a running season: policy, staff, faults."),
    Command(name="loadtest", module="loadtest", panel=_SEASON, help="Load the stack, in an open model."),
    Command(name="submit", module="cases", panel=_CASES, help="File one application."),
    Command(name="track", module="cases", panel=_CASES, help="Follow an application by its receipt number."),
    Command(
        name="explain", module="explain", panel=_CASES, help="Tell the whole story of a case, and where the time went."
    ),
    Command(name="correct", module="reactions", panel=_CASES, help="Reply to a correction request."),
    Command(name="withdraw", module="reactions", panel=_CASES, help="Withdraw an application."),
    Command(name="scenario", module="scenario", panel=_SCENARIOS, help="Write, check and read scenarios."),
    Command(name="procedures", module="procedures", panel=_SCENARIOS, help="List the 31 procedures of the catalogue."),
    Command(
        name="flows", module="flows", panel=_SCENARIOS, help="Show how applications are received, on paper and online."
    ),
    Command(
        name="advise",
        module="advise",
        panel=_SCENARIOS,
        help="Advise on the linkage method of each procedure, and why.",
    ),
    Command(name="up", module="stack", panel=_STACK, help="Start Kafka, PostgreSQL and the services."),
    Command(name="down", module="stack", panel=_STACK, help="Stop them; --purge removes their data."),
    Command(name="restart", module="stack", panel=_STACK, help="Stop one part and start it again."),
    Command(name="logs", module="stack", panel=_STACK, help="Show the log of a part; -f follows it."),
    Command(
        name="status",
        module="stack",
        panel=_STACK,
        help="Show parts, what has stopped and why, addresses, memory.",
    ),
    Command(
        name="dead-letters",
        module="dead_letters",
        panel=_STACK,
        help="List, show, replay and discard what services could not use.",
    ),
    Command(
        name="fault",
        module="fault",
        panel=_STACK,
        help="Let things go wrong while the stack runs, and right again.",
    ),
    Command(name="backup", module="backup", panel=_STACK, help="Write a stopped stack to one file."),
    Command(name="restore", module="backup", panel=_STACK, help="Make a stack of a backup."),
    Command(
        name="certificates", module="certificates", panel=_STACK, help="Make certificates for processes elsewhere."
    ),
    Command(name="doctor", module="stack", panel=_STACK, help="Check what the stack needs of this machine."),
)


class CommandGroup(TyperGroup):
    """Lists commands from the table; loads the one that is called."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for command in COMMANDS:
            self.commands[command.name] = TyperCommand(command.name, help=command.help, rich_help_panel=command.panel)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The list of commands."""
        _hide_types_of_flags(self, ctx)
        super().format_help(ctx, formatter)

    def invoke(self, ctx: Any) -> Any:
        """Runs the command; a Ctrl-C is told in a line."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise InterruptedCommandError from None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Put the real command in the place of its line in the table, then go on as usual."""
        for command in COMMANDS:
            if args and args[0] == command.name:
                self.commands.update(load(command.module))
                _hide_types_of_flags(self.commands[command.name], ctx)
        return super().resolve_command(ctx, args)


def load(module: str) -> dict[str, Any]:
    """The commands that a module registers, by name."""
    app = typer.Typer()
    importlib.import_module(f"shinsei.cli.{module}").register(app)
    _keep_logs_off_the_output()
    return dict(get_group(app).commands)


def _hide_types_of_flags(command: Any, ctx: Any) -> None:
    """Help shows no type beside an option that takes no value."""
    for parameter in command.get_params(ctx):
        if getattr(parameter, "is_flag", False):
            parameter.metavar = ""
    for inner in getattr(command, "commands", {}).values():
        _hide_types_of_flags(inner, ctx)


def _keep_logs_off_the_output() -> None:
    """Standard output is the answer's alone; what the runtime logs is for those who look for it."""
    observability = sys.modules.get("shinsei.runtime.observability")
    if observability is not None:
        observability.configure_logging("shinsei", "console", "INFO" if debugging() else "ERROR")
