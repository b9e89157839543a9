"""``shinsei fault``: let things go wrong while the stack runs, and right again."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from shinsei.cli.changing import CityOption, RunOption, Target
from shinsei.cli.fault_schedule import schedule
from shinsei.cli.fault_table import listed
from shinsei.cli.fault_world import begin, end
from shinsei.cli.options import HomeOption
from shinsei.cli.output import JsonOption, print_json, say
from shinsei.cli.targets import targets
from shinsei.contracts.fault_flags import EVERY_SERVICE, FLAGS, Flag, flag_named
from shinsei.contracts.model_faults import MODEL_FAULTS
from shinsei.domain.errors import InvalidInputError
from shinsei.season.fault_flags import FaultSwitch

_app = typer.Typer(
    help="Let things go wrong while the stack runs: fault flags of the services, faults of the simulated world.",
    no_args_is_help=True,
)

FaultArgument = Annotated[str, typer.Argument(metavar="FAULT", help="A name that shinsei fault list shows.")]
ServiceOption = Annotated[
    list[str] | None,
    typer.Option("--service", metavar="S", help="Only in this service, several times for several; default: in all."),
]
ForOption = Annotated[
    float,
    typer.Option("--for", metavar="SECONDS", min=0, max=86_400, help="Real seconds; default: until it is cleared."),
]
FromOption = Annotated[
    str, typer.Option("--from", metavar="TIME", help="Not before this Tokyo time; default: as soon as possible.")
]
UntilOption = Annotated[
    str, typer.Option("--until", metavar="TIME", help="Tokyo time of its end; default: until it is cleared.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    _app.command("list")(listed)
    _app.command("schedule")(schedule)
    app.add_typer(_app, name="fault")


@_app.command("set")
def set_(
    fault: FaultArgument,
    *,
    value: Annotated[int | None, typer.Option(metavar="N", help="In the fault's unit; default: the usual.")] = None,
    service: ServiceOption = None,
    for_s: ForOption = 0.0,
    seed: Annotated[int, typer.Option(metavar="S", help="Decides whom it strikes, where it strikes a share.")] = 0,
    from_: FromOption = "",
    until: UntilOption = "",
    run: RunOption = "",
    city: CityOption = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set a fault. Flags of services take real time, change no trace and end with the process.

    Faults of the simulated world have simulated times and are kept as changes of the open run.
    """
    if fault in MODEL_FAULTS:
        _refuse(fault, "a fault of the simulated world", {"--service": service, "--for": for_s, "--seed": seed})
        target = Target(run=run, city=city, at=from_, home=home, option="--from")
        begin(MODEL_FAULTS[fault], value, until, target, as_json=as_json)
        return
    flag = _flag(fault)
    _refuse(fault, "a flag of the services", {"--from": from_, "--until": until, "--run": run, "--city": city})
    wanted = flag.usual if value is None else value
    services = _services(flag, service)

    async def act() -> None:
        async with FaultSwitch(targets(home)) as switch:
            for one in services:
                await switch.set_flag(flag, one, wanted, for_s=for_s, seed=seed)

    asyncio.run(act())
    lasting = f"for {for_s:g} s" if for_s else f"until shinsei fault clear {flag.name}"
    _tell(
        [{"service": one, "flag": str(flag.name), "value": wanted, "for_s": for_s} for one in services],
        [f"{one}: {flag.told(wanted)}, {lasting}" for one in services],
        as_json=as_json,
    )


@_app.command("clear")
def clear(
    fault: Annotated[str, typer.Argument(metavar="[FAULT]", help="Default: every flag of the services.")] = "",
    *,
    service: ServiceOption = None,
    run: RunOption = "",
    city: CityOption = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Clear a fault; without a name, every flag of the services."""
    if fault in MODEL_FAULTS:
        _refuse(fault, "a fault of the simulated world", {"--service": service})
        end(MODEL_FAULTS[fault], Target(run=run, city=city, at="", home=home), as_json=as_json)
        return
    services = _services(_flag(fault), service) if fault else tuple(service or EVERY_SERVICE)
    unknown = [one for one in services if one not in EVERY_SERVICE]
    if unknown:
        raise InvalidInputError("--service", f"{unknown[0]!r} is none of {', '.join(EVERY_SERVICE)}")

    async def act() -> list[tuple[str, str]]:
        async with FaultSwitch(targets(home)) as switch:
            return [(one, flag) for one in services for flag in await switch.clear(one, fault)]

    cleared = asyncio.run(act())
    _tell(
        [{"service": one, "flag": flag} for one, flag in cleared],
        [f"{one}: {flag} is cleared" for one, flag in cleared] or ["nothing was set"],
        as_json=as_json,
    )


def _flag(name: str) -> Flag:
    if name not in {str(one) for one in FLAGS}:
        raise InvalidInputError("FAULT", f"{name!r} is no fault; shinsei fault list shows them")
    return flag_named(name)


def _services(flag: Flag, wanted: Sequence[str] | None) -> tuple[str, ...]:
    """Where a flag is to be switched; refused before the first service is asked."""
    services = tuple(wanted or flag.services)
    for one in services:
        flag.check(one, flag.usual)
    return services


def _refuse(fault: str, kind: str, options: dict[str, Any]) -> None:
    """Options that say nothing of this kind of fault."""
    for name, given in options.items():
        if given:
            raise InvalidInputError(name, f"{fault} is {kind} and has no such option")


def _tell(values: list[dict[str, Any]], lines: Sequence[str], *, as_json: bool) -> None:
    if as_json:
        print_json(values)
        return
    for one in lines:
        say(one)
