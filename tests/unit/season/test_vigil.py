"""A season does not outlive the stack that it runs on."""

import asyncio

import pytest

from shinsei.domain.errors import ConflictError, UnavailableError
from shinsei.runtime.clock import sleep
from shinsei.season.vigil import CHECKS, while_up


async def no_pause(_: float) -> None:
    await sleep(0)


async def for_ever() -> None:
    await asyncio.Event().wait()


async def test_a_season_ends_when_the_stack_has_gone() -> None:
    with pytest.raises(UnavailableError, match="season --resume"):
        await asyncio.wait_for(while_up(for_ever(), lambda: False, no_pause), 5)


async def test_a_stack_that_is_back_at_once_has_not_gone() -> None:
    answers = iter([False] * (CHECKS - 1) + [True] + [False] * (CHECKS - 1) + [True])
    done = asyncio.Event()

    def is_up() -> bool:
        answer = next(answers, None)
        if answer is None:
            done.set()
        return answer is not False

    async def season() -> str:
        await done.wait()
        return "result"

    assert await asyncio.wait_for(while_up(season(), is_up, no_pause), 5) == "result"


async def test_the_failure_of_a_season_is_told_as_it_is() -> None:
    async def season() -> None:
        raise ConflictError("closed by someone else")

    with pytest.raises(ConflictError, match="someone else"):
        await while_up(season(), lambda: True, no_pause)


async def test_an_interrupted_season_is_cancelled() -> None:
    started, cancelled = asyncio.Event(), asyncio.Event()

    async def season() -> None:
        started.set()
        try:
            await for_ever()
        finally:
            cancelled.set()

    task = asyncio.create_task(while_up(season(), lambda: True, no_pause))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert cancelled.is_set()
