"""Questions put together."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from portal_sim.outbound.gathering import Gathered


class Book:
    """Answers when told to, and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.may_answer = asyncio.Event()

    async def look_up(self, keys: Sequence[str]) -> Mapping[str, str]:
        self.asked.append(list(keys))
        await self.may_answer.wait()
        if "torn" in keys:
            raise ConnectionError
        return {key: key.upper() for key in keys}


async def test_what_is_asked_meanwhile_is_asked_together() -> None:
    book = Book()
    gathered = Gathered(book.look_up)
    asking = [asyncio.ensure_future(gathered([key])) for key in "abcda"]
    await asyncio.wait(asking, timeout=0.01)
    book.may_answer.set()
    answers = await asyncio.gather(*asking)
    assert [answer[key] for answer, key in zip(answers, "abcda", strict=True)] == list("ABCDA")
    assert len(book.asked) <= 2


async def test_a_failure_is_told_to_those_who_asked_and_to_nobody_after_them() -> None:
    book = Book()
    book.may_answer.set()
    gathered = Gathered(book.look_up)
    with pytest.raises(ConnectionError):
        await gathered(["torn"])
    assert await gathered(["whole"]) == {"whole": "WHOLE"}


async def test_one_who_no_longer_waits_keeps_nobody_else_from_the_answer() -> None:
    book = Book()
    gathered = Gathered(book.look_up)
    gone, stays = (asyncio.ensure_future(gathered([key])) for key in "ab")
    await asyncio.wait([gone], timeout=0.01)
    gone.cancel()
    book.may_answer.set()
    assert (await stays)["b"] == "B"
