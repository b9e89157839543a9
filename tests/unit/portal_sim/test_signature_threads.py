"""Signatures that are asked about at the same moment go to a thread together, and each caller gets his own answers."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from portal_sim.handlers.model import Seal
from portal_sim.outbound.signatures import ThreadedChecker
from shinsei.domain.errors import Flaw, SignatureError
from shinsei.runtime.clock import sleep


class Reader:
    """Says whose a signature is by its content alone."""

    def signer(self, content: bytes, certificate: bytes, signature: bytes) -> str:
        if content == b"forged":
            raise SignatureError(Flaw.FORGED, "of nobody")
        if content == b"unheard-of":
            raise LookupError
        return content.decode()


async def ask(checker: ThreadedChecker, *contents: str) -> list[Any]:
    seals = [Seal(content=content.encode(), certificate=b"", signature=b"") for content in contents]
    return list(await checker.signers(seals))


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many signatures went to a thread, each time."""
    found: list[int] = []
    submit = ThreadPoolExecutor.submit

    def counted(self: ThreadPoolExecutor, check: Any, asked: list[Seal]) -> Any:
        found.append(len(asked))
        return submit(self, check, asked)

    monkeypatch.setattr(ThreadPoolExecutor, "submit", counted)
    return found


@pytest.fixture
async def checker() -> AsyncIterator[ThreadedChecker]:
    opened = ThreadedChecker(Reader(), threads=2)  # type: ignore[arg-type]
    yield opened
    await opened.stop()


async def test_what_is_asked_at_the_same_moment_goes_to_a_thread_together(
    checker: ThreadedChecker, ways: list[int]
) -> None:
    answers = await asyncio.gather(*(ask(checker, f"a{n}", f"b{n}") for n in range(60)))
    assert answers == [[f"a{n}", f"b{n}"] for n in range(60)]
    assert sorted(ways) == [20, 100]


async def test_a_large_batch_goes_there_in_shares(checker: ThreadedChecker, ways: list[int]) -> None:
    wanted = [f"{n}" for n in range(230)]
    assert await ask(checker, *wanted) == wanted
    assert sorted(ways) == [30, 100, 100]


async def test_a_few_go_to_no_thread_and_one_more_does(checker: ThreadedChecker, ways: list[int]) -> None:
    assert await asyncio.gather(*(ask(checker, name) for name in "abcd")) == [["a"], ["b"], ["c"], ["d"]]
    assert ways == []
    await asyncio.gather(*(ask(checker, name) for name in "abcde"))
    assert ways == [5]


async def test_behind_a_few_whoever_asks_about_many_has_his_turn(checker: ThreadedChecker, ways: list[int]) -> None:
    wanted = [f"{n}" for n in range(100)]
    first, many = await asyncio.gather(ask(checker, "a"), ask(checker, *wanted))
    assert (first, many) == (["a"], wanted)
    assert ways == [100]


@pytest.mark.parametrize("others", [1, 9], ids=["a-few", "in-a-thread"])
async def test_a_flaw_is_of_its_signature_and_a_failure_is_told_to_everybody_who_asked(
    checker: ThreadedChecker, others: int
) -> None:
    (flaw,), good = await asyncio.gather(ask(checker, "forged"), ask(checker, *"a" * others))
    assert isinstance(flaw, SignatureError)
    assert good == ["a"] * others
    asked = [ask(checker, "unheard-of"), ask(checker, *"a" * others)]
    failures = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(failure) for failure in failures] == [LookupError, LookupError]
    assert await ask(checker, "a") == ["a"]


@pytest.mark.parametrize("others", [1, 9], ids=["a-few", "in-a-thread"])
async def test_one_who_no_longer_waits_keeps_nobody_else_from_the_answer(checker: ThreadedChecker, others: int) -> None:
    gone, stays = asyncio.ensure_future(ask(checker, "a")), asyncio.ensure_future(ask(checker, *"b" * others))
    await sleep(0)
    gone.cancel()
    assert await stays == ["b"] * others
