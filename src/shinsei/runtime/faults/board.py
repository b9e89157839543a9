"""The fault flags of this process: which are set, and whom they strike.

Off everywhere unless the service was started with ``fault_flags``. Where no flag is set, a hook costs a look into an
empty table. Flags end with the process: a service that is started again has none.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

from shinsei.contracts.fault_flags import FaultFlag, flag_named
from shinsei.domain.draws import draw
from shinsei.domain.errors import ConflictError
from shinsei.runtime.observability import counter, gauge

log = structlog.get_logger(__name__)

SET = gauge("shinsei_fault_set", "1: this fault flag is set.", ("flag",))
STRUCK = counter("shinsei_fault_struck_total", "What fault flags have done.", ("flag",))

_PERCENT: Final = 100


@dataclass(slots=True, kw_only=True)
class Standing:
    """A flag that is set."""

    flag: FaultFlag
    value: int
    seed: int
    """Of the draws that decide whom it strikes."""
    until_s: float | None
    """On the loop's clock; None: until it is cleared."""
    struck: int = 0
    """How often it has done something."""
    looked: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)
    ending: asyncio.TimerHandle | None = None

    def strike(self) -> None:
        """Count that it does something."""
        self.struck += 1
        STRUCK.labels(self.flag).inc()


Change = Callable[[Standing | None], None]
"""Is told when a flag has been set, with it, and when it is over, with None."""


class Board:
    """What is set in one process."""

    def __init__(self) -> None:
        self.service = ""
        """Whose flags these are; empty: none can be set."""
        self._standing: dict[FaultFlag, Standing] = {}
        self._changes: dict[FaultFlag, list[Change]] = {}

    def allow(self, service: str) -> None:
        """Let flags be set, as those of this service; an empty name lets none, and clears what is set."""
        self.service = service
        if not service:
            self.clear()

    def on_change(self, flag: FaultFlag, told: Change) -> None:
        """Have a part told that a flag has changed, where it does not ask by itself."""
        self._changes.setdefault(flag, []).append(told)

    def set_flag(self, name: str, value: int, *, for_s: float = 0.0, seed: int = 0) -> None:
        """Set a flag, in the place of itself if it is set.

        Args:
            name: of the flag.
            value: in the flag's unit.
            for_s: real seconds after which it ends by itself; 0: never.
            seed: of the draws that decide whom it strikes, where it strikes a share.

        Raises:
            ConflictError: no flag can be set here.
            InvalidInputError: no such flag, not in this service, or a value out of its range.
        """
        if not self.service:
            raise ConflictError("fault flags are off here; start the service with its setting FAULT_FLAGS=true")
        flag = flag_named(name)
        flag.check(self.service, value)
        self._end(flag.name)
        loop = asyncio.get_running_loop()
        standing = Standing(flag=flag.name, value=value, seed=seed, until_s=loop.time() + for_s if for_s else None)
        if for_s:
            standing.ending = loop.call_later(for_s, self._end, flag.name)
        self._standing[flag.name] = standing
        SET.labels(flag.name).set(1)
        log.warning("fault_set", flag=str(flag.name), value=value, for_s=for_s, does=flag.told(value))
        for told in self._changes.get(flag.name, ()):
            told(standing)

    def clear(self, name: str = "") -> list[str]:
        """Clear a flag, or all of them; which were set.

        Raises:
            InvalidInputError: no such flag.
        """
        wanted = [flag_named(name).name] if name else list(self._standing)
        return [str(flag) for flag in wanted if self._end(flag)]

    def standing(self) -> Sequence[Standing]:
        """What is set now."""
        return tuple(self._standing.values())

    def value(self, flag: FaultFlag) -> int | None:
        """Value of a flag that is set; None if it is not."""
        standing = self._standing.get(flag)
        return None if standing is None else standing.value

    def befalls(self, flag: FaultFlag) -> bool:
        """Whether a flag that strikes whatever passes is set."""
        standing = self._standing.get(flag)
        if standing is None:
            return False
        standing.strike()
        return True

    def strikes(self, flag: FaultFlag) -> bool:
        """Whether a flag that strikes a share of what passes strikes this time."""
        standing = self._standing.get(flag)
        if standing is None:
            return False
        standing.looked += 1
        if draw(standing.seed, self.service, flag, standing.looked) * _PERCENT >= standing.value:
            return False
        standing.strike()
        return True

    async def delay(self, flag: FaultFlag) -> None:
        """Wait as many milliseconds as a flag says, not beyond its end."""
        standing = self._standing.get(flag)
        if standing is not None:
            standing.strike()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(standing.over.wait(), standing.value / 1_000)

    async def hold(self, flag: FaultFlag, at_most_s: float | None = None) -> bool:
        """Wait until a flag is not set any more, at most so many seconds; whether it was set."""
        if flag not in self._standing:
            return False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(at_most_s):
                while (standing := self._standing.get(flag)) is not None:
                    standing.strike()
                    await standing.over.wait()
        return True

    def _end(self, flag: FaultFlag) -> bool:
        standing = self._standing.pop(flag, None)
        if standing is None:
            return False
        if standing.ending is not None:
            standing.ending.cancel()
        standing.over.set()
        SET.labels(flag).set(0)
        log.warning("fault_over", flag=str(flag), struck=standing.struck)
        for told in self._changes.get(flag, ()):
            told(None)
        return True


BOARD: Final = Board()
"""Of this process."""
