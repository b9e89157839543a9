"""The fault flags of the services as an experiment switches them: by gRPC, on the management network."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Final, Self, TypeVar

from shinsei.api.control.v1 import control_pb2 as pb
from shinsei.api.control.v1.control_pb2_grpc import FaultServiceStub
from shinsei.contracts.fault_flags import EVERY_SERVICE, Flag
from shinsei.domain.errors import UnavailableError
from shinsei.runtime.rpc import channel, retrying

T = TypeVar("T")

GIVE_UP_AFTER_S: Final = 3.0
"""Real seconds after which a service counts as away: a flag is of use now or not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFlag:
    """A flag that is set in a service."""

    service: str
    flag: str
    value: int
    left_s: float
    """Real seconds until it ends by itself; 0: when it is cleared."""
    struck: int
    """How often it has done something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagsNow:
    """What is set where."""

    flags: Sequence[SetFlag]
    away: Sequence[str] = ()
    """Services that do not answer."""
    closed: Sequence[str] = ()
    """Services that were started without fault flags."""


class FaultSwitch:
    """Sets, clears and reads fault flags; use it as an asynchronous context manager."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        """Takes ``host:port`` by the name of the service."""
        self._channels = {service: channel(addresses[service], service) for service in EVERY_SERVICE}
        self._stubs = {service: FaultServiceStub(opened) for service, opened in self._channels.items()}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each in self._channels.values():
            await each.close()

    async def set_flag(self, flag: Flag, service: str, value: int, *, for_s: float = 0.0, seed: int = 0) -> None:
        """Sets a flag in a service, for so many real seconds or (0) until it is cleared.

        Raises:
            InvalidInputError: not in this service, or a value out of its range.
            ConflictError: the service was started without fault flags.
            UnavailableError: the service does not answer.
        """
        flag.check(service, value)
        request = pb.SetFaultRequest(flag=str(flag.name), value=value, for_ms=round(for_s * 1_000), seed=seed)
        await _call(lambda: self._stubs[service].SetFault(request))

    async def clear(self, service: str, flag: str = "") -> Sequence[str]:
        """Clears a flag of a service, or all of them; which were set."""
        answer = await _call(lambda: self._stubs[service].ClearFault(pb.ClearFaultRequest(flag=flag)))
        return tuple(answer.cleared)

    async def now(self) -> FlagsNow:
        """What is set in all services."""
        flags: list[SetFlag] = []
        away: list[str] = []
        closed: list[str] = []
        for service, stub in self._stubs.items():
            try:
                answer = await _call(partial(stub.ListFaults, pb.ListFaultsRequest()))
            except UnavailableError:
                away.append(service)
                continue
            closed += [] if answer.is_allowed else [service]
            flags += [
                SetFlag(service=service, flag=one.flag, value=one.value, left_s=one.left_ms / 1_000, struck=one.struck)
                for one in answer.faults
            ]
        return FlagsNow(flags=tuple(flags), away=tuple(away), closed=tuple(closed))


async def _call(call: Callable[[], Awaitable[T]]) -> T:
    return await retrying(call, give_up_after_s=GIVE_UP_AFTER_S)
