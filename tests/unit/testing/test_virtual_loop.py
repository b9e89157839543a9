"""Virtual time and queues by process."""

import asyncio
from random import Random  # noqa: TID251 - of the scheduler
from typing import Any

import pytest

from shinsei.runtime.clock import sleep
from shinsei.testing.simulated.loop import Process, Stuck, VirtualLoop


@pytest.fixture
def loop() -> Any:
    made = VirtualLoop(Random("turns"))  # noqa: S311 - of the scheduler
    yield made
    made.close()


def test_time_jumps_to_the_next_timer_and_stands_still_otherwise(loop: VirtualLoop) -> None:
    async def main() -> list[float]:
        seen = [loop.time()]
        for _ in range(1_000):
            await sleep(0)
        seen.append(loop.time())
        await sleep(360)
        return [*seen, loop.time()]

    assert loop.run_until_complete(main()) == [0.0, 0.0, 360.0]


def test_a_process_goes_in_order_while_processes_take_turns(loop: VirtualLoop) -> None:
    told: list[tuple[str, int]] = []

    async def count(name: str) -> None:
        for number in range(20):
            told.append((name, number))
            await sleep(0)

    async def main() -> None:
        contexts = {name: loop.context_of(Process(name)) for name in ("a", "b")}
        await asyncio.gather(*(loop.create_task(count(name), context=one) for name, one in contexts.items()))

    loop.run_until_complete(main())
    for name in ("a", "b"):
        assert [number for who, number in told if who == name] == list(range(20))
    assert [who for who, _ in told] not in (["a", "b"] * 20, ["a"] * 20 + ["b"] * 20)


def test_a_process_that_is_killed_runs_no_further_step_not_even_to_clean_up(loop: VirtualLoop) -> None:
    told: list[str] = []
    process = Process("victim")

    async def victim() -> None:
        try:
            await sleep(10)
        finally:
            told.append("cleaned up")

    async def main() -> None:
        loop.create_task(victim(), context=loop.context_of(process))
        await sleep(1)
        loop.kill(process)
        await sleep(100)
        assert not told

    loop.run_until_complete(main())
    loop.bury([process])


def test_a_frozen_process_goes_on_where_it_stood(loop: VirtualLoop) -> None:
    process = Process("frozen")
    times: list[float] = []

    async def ticking() -> None:
        for _ in range(3):
            await sleep(1)
            times.append(loop.time())

    async def main() -> None:
        task = loop.create_task(ticking(), context=loop.context_of(process))
        await sleep(1.5)
        loop.freeze(process, 10, loop.context_of(Process("world")))
        await task

    loop.run_until_complete(main())
    assert times == [1.0, 11.5, 12.5]


def test_a_world_in_which_nothing_can_happen_any_more_is_stuck(loop: VirtualLoop) -> None:
    async def main() -> None:
        await asyncio.Event().wait()

    with pytest.raises(Stuck, match="nothing will ever happen again"):
        loop.run_until_complete(main())
    loop.bury([])


def test_work_for_a_thread_is_done_at_once(loop: VirtualLoop) -> None:
    async def main() -> int:
        return await asyncio.to_thread(lambda: 7)

    assert loop.run_until_complete(main()) == 7
