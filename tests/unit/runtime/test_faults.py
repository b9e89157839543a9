"""The board of fault flags: who may set what, for how long, and whom it strikes."""

import asyncio
import time
from collections.abc import Iterator

import pytest

from shinsei.domain.errors import ConflictError, InvalidInputError
from shinsei.runtime.clock import RealClock
from shinsei.runtime.faults import BOARD, Board, FaultFlag
from shinsei.testing.flags import fault_flags
from shinsei.testing.waiting import eventually


@pytest.fixture
def board() -> Iterator[Board]:
    with fault_flags("app_mgmt") as allowed:
        yield allowed


def names(board: Board) -> list[str]:
    return [str(one.flag) for one in board.standing()]


async def test_where_flags_are_not_allowed_none_can_be_set() -> None:
    with pytest.raises(ConflictError, match="FAULT_FLAGS=true"):
        BOARD.set_flag("database-slow", 10)


@pytest.mark.parametrize(("name", "value"), [("portal-slow", 10), ("database-slow", 0), ("no-such", 1)])
async def test_a_flag_of_another_service_or_beyond_its_range_is_refused(board: Board, name: str, value: int) -> None:
    with pytest.raises(InvalidInputError):
        board.set_flag(name, value)
    assert names(board) == []


async def test_a_flag_ends_by_itself_or_when_it_is_cleared(board: Board) -> None:
    board.set_flag("database-slow", 10, for_s=0.01)
    board.set_flag("consumer-stuck", 1)
    board.set_flag("outbox-stuck", 1)
    await eventually(lambda: names(board) == ["consumer-stuck", "outbox-stuck"])
    assert board.clear("consumer-stuck") == ["consumer-stuck"]
    assert board.clear("consumer-stuck") == []
    assert board.clear() == ["outbox-stuck"]


async def test_a_flag_that_is_set_again_has_the_new_value_and_the_new_end(board: Board) -> None:
    board.set_flag("database-slow", 10, for_s=0.01)
    board.set_flag("database-slow", 20)
    board.set_flag("consumer-stuck", 1, for_s=0.02)
    await eventually(lambda: names(board) == ["database-slow"])
    assert board.value(FaultFlag.DATABASE_SLOW) == 20


async def test_a_share_strikes_as_often_as_it_says_and_the_same_ones_from_the_same_seed(board: Board) -> None:
    def struck(seed: int) -> list[bool]:
        board.set_flag("duplicate-delivery", 30, seed=seed)
        return [board.strikes(FaultFlag.DUPLICATE_DELIVERY) for _ in range(1_000)]

    first = struck(1)
    assert 250 < sum(first) < 350
    assert struck(1) == first
    assert struck(2) != first
    assert board.standing()[0].struck == sum(struck(2))
    board.clear()
    assert not board.strikes(FaultFlag.DUPLICATE_DELIVERY)


async def test_who_is_held_goes_on_when_the_flag_is_cleared(board: Board) -> None:
    board.set_flag("consumer-stuck", 1)
    held = asyncio.create_task(board.hold(FaultFlag.CONSUMER_STUCK))
    await eventually(lambda: board.standing()[0].struck == 1)
    board.set_flag("consumer-stuck", 1)
    await eventually(lambda: board.standing()[0].struck == 1)
    assert not held.done()
    board.clear()
    assert await held
    assert not await board.hold(FaultFlag.CONSUMER_STUCK)


async def test_who_is_held_for_a_time_goes_on_after_it(board: Board) -> None:
    board.set_flag("broker-paused", 1)
    assert await board.hold(FaultFlag.BROKER_PAUSED, 0.01)


async def test_a_delay_ends_with_its_flag(board: Board) -> None:
    board.set_flag("database-slow", 10_000)
    waiting = asyncio.create_task(board.delay(FaultFlag.DATABASE_SLOW))
    await eventually(lambda: board.standing()[0].struck == 1)
    board.clear()
    await asyncio.wait_for(waiting, 1)


@pytest.mark.parametrize("by_s", [3_600, -3_600])
async def test_a_skewed_clock_is_wrong_by_so_much_until_the_flag_is_cleared(board: Board, by_s: int) -> None:
    before_ms = RealClock().now_ms()
    board.set_flag("clock-skew", by_s)
    assert abs(RealClock().now_ms() - before_ms - by_s * 1_000) < 10_000
    assert RealClock().monotonic_s() < time.monotonic() + 1
    board.clear()
    assert abs(RealClock().now_ms() - before_ms) < 10_000


async def test_a_blocked_loop_gives_nobody_else_a_turn_and_is_free_again_afterwards(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shinsei.runtime.faults.machine._EVERY_S", 0.02)
    board.set_flag("loop-blocked", 50)
    [standing] = board.standing()
    begun_s = time.monotonic()
    await eventually(lambda: standing.struck == 2)
    assert time.monotonic() - begun_s >= 0.1
    board.clear()
    # One that is set now strikes again an interval from now, behind any turn that was planned for the first.
    board.set_flag("loop-blocked", 1)
    [another] = board.standing()
    await eventually(lambda: another.struck >= 2)
    assert standing.struck == 2
