"""``shinsei fault list``: which faults there are, where each strikes, what is set now."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table

from shinsei.cli.options import HomeOption
from shinsei.cli.output import JsonOption, console, print_json, say
from shinsei.cli.targets import targets
from shinsei.contracts.fault_flags import EVERY_SERVICE, FLAGS, Flag
from shinsei.contracts.model_faults import MODEL_FAULTS, ModelFault
from shinsei.domain.errors import UnavailableError
from shinsei.season.fault_flags import FaultSwitch, FlagsNow, SetFlag


def listed(*, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the faults that there are, where each strikes, and what is set now."""
    now = _now(home)
    if as_json:
        print_json(_values(now))
        return
    screen = console()
    screen.print(_flags(now))
    screen.print(_faults())
    if now is None:
        say("no stack is up: nothing is set")
        return
    for service in now.away:
        say(f"{service} does not answer: what is set there is not known")
    for service in now.closed:
        say(f"{service} was started without fault flags: {service.upper()}_FAULT_FLAGS=true lets them be set")


def _now(home: Path | None) -> FlagsNow | None:
    """What is set; None where no stack is up."""
    try:
        addresses = targets(home)
    except UnavailableError:
        return None

    async def ask() -> FlagsNow:
        async with FaultSwitch(addresses) as switch:
            return await switch.now()

    return asyncio.run(ask())


def _flags(now: FlagsNow | None) -> Table:
    table = Table(title="Flags of the services: real time, no change of any trace", title_justify="left", box=None)
    for head in ("fault", "strikes at", "what happens, with the usual value", "services", "set now"):
        table.add_column(head, overflow="fold")
    for flag in FLAGS.values():
        is_set = [one for one in now.flags if one.flag == flag.name] if now else []
        told = "\n".join(_set_now(flag, one) for one in is_set)
        table.add_row(str(flag.name), flag.hop, flag.told(flag.usual), _services(flag), told)
    return table


def _set_now(flag: Flag, one: SetFlag) -> str:
    value = f" {one.value:,} {flag.unit}" if flag.unit else ""
    left = f", {one.left_s:.0f} s left" if one.left_s else ""
    return f"{one.service}{value}{left}, struck {one.struck:,} times"


def _services(flag: Flag) -> str:
    return "all four" if flag.services == EVERY_SERVICE else ", ".join(flag.services)


def _faults() -> Table:
    table = Table(
        title="\nFaults of the simulated world: simulated time, part of the run and its plan",
        title_justify="left",
        box=None,
    )
    for head in ("fault", "strikes at", "what happens, with the usual value", "how it is set"):
        table.add_column(head, overflow="fold")
    for fault in MODEL_FAULTS.values():
        table.add_row(fault.name, fault.hop, fault.told(), _how(fault))
    return table


def _how(fault: ModelFault) -> str:
    by_scenario = escape(f"scenario: {fault.scenario}")
    return f"shinsei fault set {fault.name}; {by_scenario}" if fault.switch else by_scenario


def _values(now: FlagsNow | None) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    return {
        "flags": [
            {
                "fault": str(flag.name),
                "strikes_at": flag.hop,
                "about": flag.told(flag.usual),
                "services": list(flag.services),
                "unit": str(flag.unit),
                "usual": flag.usual,
                "least": flag.least,
                "most": flag.most,
                "set": [
                    {"service": one.service, "value": one.value, "left_s": one.left_s, "struck": one.struck}
                    for one in (now.flags if now else ())
                    if one.flag == flag.name
                ],
            }
            for flag in FLAGS.values()
        ],
        "model_faults": [
            {
                "fault": fault.name,
                "strikes_at": fault.hop,
                "about": fault.told(),
                "scenario": fault.scenario,
                "switchable": fault.switch is not None,
            }
            for fault in MODEL_FAULTS.values()
        ],
    }
