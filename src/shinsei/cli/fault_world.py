"""Faults of the simulated world, switched in an open run: control changes under the names of ``shinsei fault``."""

import asyncio
from dataclasses import replace

from shinsei.cli.changing import Made, Target, make_changes, moment
from shinsei.cli.output import print_json, say
from shinsei.contracts.model_faults import ModelFault
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.simtime import MINUTE_MS


def begin(fault: ModelFault, value: int | None, until: str, target: Target, *, as_json: bool) -> None:
    """Begins a fault, and ends it where ``until`` says when.

    Raises:
        InvalidInputError: it is set in the scenario alone, or times or value are wrong.
    """
    asyncio.run(_begin(fault, _value(fault, value, until, target), until, target, as_json=as_json))


def end(fault: ModelFault, target: Target, *, as_json: bool) -> None:
    """Ends a fault.

    Raises:
        InvalidInputError: it is set in the scenario alone, or ends by itself.
    """
    if fault.switchable.after is None:
        raise InvalidInputError("FAULT", f"{fault.name} ends by itself, after the minutes for which it was set")
    _tell(fault, asyncio.run(make_changes(fault.ends, target)), "ends", as_json=as_json)


async def _begin(fault: ModelFault, value: int, until: str, target: Target, *, as_json: bool) -> None:
    begun = await make_changes(lambda _: fault.begins(value), target)
    ended: list[Made] = []
    if until and fault.switchable.after is not None:
        ended = await make_changes(fault.ends, replace(target, at=until, option="--until"))
    if as_json:
        print_json([*begun, *ended])
        return
    _tell(fault, begun, "takes effect", as_json=False)
    _tell(fault, ended, "ends", as_json=False)


def _value(fault: ModelFault, value: int | None, until: str, target: Target) -> int:
    """The value of the first change: as given, else as usual; the length of what ends by itself."""
    switch = fault.switchable
    begins, ends = moment(target.at, "--from"), moment(until, "--until")
    if until and target.at and ends <= begins:
        raise InvalidInputError("--until", "must be after --from")
    if switch.after is not None or not until:
        return switch.usual if value is None else value
    if value is not None:
        raise InvalidInputError("--value", f"the minutes of {fault.name} follow from --from and --until; leave one out")
    if not target.at:
        raise InvalidInputError("--until", f"{fault.name} needs --from beside it, or its minutes as --value")
    return -(-(ends - begins) // MINUTE_MS)


def _tell(fault: ModelFault, made: list[Made], what: str, *, as_json: bool) -> None:
    if as_json:
        print_json(made)
        return
    for one in made:
        say(f"{one['municipality']}: {fault.name} {what} at {one['effective_at']}")
