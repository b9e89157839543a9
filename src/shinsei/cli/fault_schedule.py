"""``shinsei fault schedule``: faults that come and go by themselves, the same ones from the same seed."""

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from shinsei.cli.options import HomeOption
from shinsei.cli.output import JsonOption, print_json, say
from shinsei.cli.targets import targets
from shinsei.contracts.fault_flags import FLAGS, flag_named
from shinsei.domain.errors import UnavailableError
from shinsei.runtime.clock import RealClock, sleep
from shinsei.season.fault_flags import FaultSwitch
from shinsei.season.fault_schedule import Planned
from shinsei.season.fault_schedule import schedule as planned


def schedule(
    *,
    seed: Annotated[int, typer.Option(metavar="S", help="The same seed gives the same faults.")],
    minutes: Annotated[float, typer.Option(min=0.1, max=1_440, help="Real minutes.")] = 10.0,
    flag: Annotated[list[str] | None, typer.Option("--flag", metavar="FLAG", help="Only these; default: all.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the faults and set none.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set and clear flags of the services by a schedule that follows from a seed. Ctrl-C clears them."""
    flags = [flag_named(name) for name in flag] if flag else tuple(FLAGS.values())
    faults = list(planned(seed, minutes, flags))
    if not dry_run:
        missed = asyncio.run(_play(faults, home, quiet=as_json))
        if missed:
            say(f"{missed} of {len(faults)} could not be set, because their service was away", stderr=True)
    elif not as_json:
        for fault in faults:
            say(_line(fault))
    if as_json:
        print_json([_values(fault) for fault in faults])


async def _play(faults: Sequence[Planned], home: Path | None, *, quiet: bool) -> int:
    """Sets each in its time; each ends by itself. Returns how many could not be set."""
    clock, missed = RealClock(), 0
    begun_s = clock.monotonic_s()
    async with FaultSwitch(targets(home)) as switch:
        try:
            for fault in faults:
                await sleep(max(0.0, begun_s + fault.at_s - clock.monotonic_s()))
                try:
                    await switch.set_flag(fault.flag, fault.service, fault.value, for_s=fault.for_s, seed=fault.seed)
                except UnavailableError:
                    missed += 1
                    continue
                if not quiet:
                    say(_line(fault))
            if faults:
                await sleep(max(fault.at_s + fault.for_s for fault in faults) - (clock.monotonic_s() - begun_s))
        finally:
            for service in sorted({fault.service for fault in faults}):
                with contextlib.suppress(UnavailableError):
                    await switch.clear(service)
    return missed


def _line(fault: Planned) -> str:
    told = fault.flag.told(fault.value)
    return f"{fault.at_s:7.1f} s  {fault.service}  {fault.flag.name}  for {fault.for_s:g} s: {told}"


def _values(fault: Planned) -> dict[str, Any]:
    return {
        "at_s": fault.at_s,
        "service": fault.service,
        "flag": str(fault.flag.name),
        "value": fault.value,
        "for_s": fault.for_s,
        "seed": fault.seed,
    }
