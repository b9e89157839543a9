"""What has been measured is kept, whatever becomes of the rest."""

import argparse
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock

import pytest

from bench import ceiling, growth
from bench.turn import Turn

WANTED = argparse.Namespace(warm=1, measure=1, half=1, pairs=2, modes=["batch"], methods=["RPA"])


def let_fail(monkeypatch: pytest.MonkeyPatch, turn: Turn, *, after: int) -> None:
    """Lets a pair fail after so many good ones, and the end of both sides with it, as when the stack has ended."""
    pairs = AsyncMock(side_effect=[*[(turn, turn)] * after, OSError("connection refused")])

    @asynccontextmanager
    async def opened(*_: Any) -> AsyncIterator[Any]:
        try:
            yield SimpleNamespace(idle=AsyncMock(return_value={}), secured=dict, pair=pairs)
        except OSError:
            raise ConnectionError("nobody to say goodbye to") from None

    monkeypatch.setattr(ceiling, "opened", opened)


async def test_pairs_that_were_measured_are_kept_when_the_stack_ends(
    monkeypatch: pytest.MonkeyPatch, turn: Turn
) -> None:
    let_fail(monkeypatch, turn, after=2)
    result = await ceiling.measure(None, WANTED)  # type: ignore[arg-type]
    assert [row["pairs"] for row in result["rows"]] == [1], "the first is for warming up"
    assert result["ended"] == "ConnectionError: nobody to say goodbye to"


async def test_what_has_measured_nothing_keeps_nothing(monkeypatch: pytest.MonkeyPatch, turn: Turn) -> None:
    let_fail(monkeypatch, turn, after=1)
    with pytest.raises(ConnectionError):
        await ceiling.measure(None, WANTED)  # type: ignore[arg-type]


def test_a_section_that_fails_takes_none_of_the_others_along(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stacks: list[object] = []

    @contextmanager
    def standing(_: Path | None) -> Iterator[object]:
        stacks.append(object())
        yield stacks[-1]

    def measure(_: object, name: str, wanted: argparse.Namespace) -> dict[str, Any]:
        if name == "partitions":
            raise OSError("connection refused")
        return {"title": name, "rows": wanted.counts}

    monkeypatch.setattr(growth, "standing", standing)
    monkeypatch.setattr(growth, "measure", AsyncMock(side_effect=measure))
    out = tmp_path / "growth.json"
    asked = ("--out", str(out), "--counts", "1", "--only")
    assert growth.main([*asked, "stored", "partitions", "processes"]) == 1
    assert growth.main([*asked, "payload"]) == 0
    kept = json.loads(out.read_text(encoding="utf-8"))["sections"]
    assert list(kept) == ["processes", "stored", "payload"], "in the order in which they are told"
    assert len(stacks) == 4, "each section has a stack of its own, so that none finds the cases of another"
