"""Faults of the network on which a service calls others."""

from shinsei.contracts.fault_flags import FaultFlag
from shinsei.domain.errors import UnavailableError
from shinsei.runtime.faults.board import BOARD


class NetworkCutError(UnavailableError):
    """A call has not left, because a fault flag has cut the network."""

    def __init__(self) -> None:
        super().__init__("the network is cut (fault flag calls-cut)")


async def outgoing() -> None:
    """What befalls a call that this service is about to make.

    Raises:
        NetworkCutError: it does not leave.
    """
    await BOARD.delay(FaultFlag.CALLS_SLOW)
    if BOARD.strikes(FaultFlag.CALLS_CUT):
        raise NetworkCutError
