"""Retrying as a value: how long to wait, and until when."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

from structlog.typing import FilteringBoundLogger

from shinsei.runtime.clock import Clock, RealClock

T = TypeVar("T")

_CLOCK: Final = RealClock()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExponentialBackoff:
    """Delays that grow by a factor up to a maximum, without end."""

    first_s: float = 0.05
    factor: float = 2.0
    max_s: float = 5.0

    def delays_s(self) -> Iterator[float]:
        """Delay before the second attempt, before the third, and so on."""
        delay_s = self.first_s
        while True:
            yield min(delay_s, self.max_s)
            delay_s = min(delay_s * self.factor, self.max_s)


DEFAULT_BACKOFF: Final = ExponentialBackoff()
"""For everything that is retried until it succeeds."""


async def until_success(
    fn: Callable[[], Awaitable[T]],
    policy: ExponentialBackoff,
    is_transient: Callable[[BaseException], bool],
    log: FilteringBoundLogger | None = None,
    *,
    give_up_after_s: float | None = None,
    clock: Clock | None = None,
) -> T:
    """Call ``fn`` until it succeeds.

    Args:
        fn: what to attempt.
        policy: the delays between attempts.
        is_transient: whether a failure may pass; any other is raised at once.
        log: where the first failed attempt is noted, and the success after it; those between say nothing new.
        give_up_after_s: real seconds after which the last transient failure is raised as well; None never gives up.
        clock: for the giving up.
    """
    watch = clock or _CLOCK
    started_s = watch.monotonic_s()
    delays_s = policy.delays_s()
    attempt = 1
    while True:
        try:
            result = await fn()
        except Exception as error:
            delay_s = next(delays_s)
            waited_s = watch.monotonic_s() - started_s
            if not is_transient(error) or (give_up_after_s is not None and waited_s + delay_s > give_up_after_s):
                raise
            if log is not None and attempt == 1:
                log.warning("attempt_failed", give_up_after_s=give_up_after_s, error=describe(error))
        else:
            if log is not None and attempt > 1:
                log.info("attempt_succeeded", attempt=attempt, waited_s=round(watch.monotonic_s() - started_s, 1))
            return result
        await asyncio.sleep(delay_s)
        attempt += 1


def describe(error: BaseException) -> str:
    """One line about an error: its type and its text."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
