"""The supervisor's socket: one request, one answer, whatever the length of the path."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from shinsei.stack import control
from shinsei.stack.errors import StackError


async def handle(request: dict[str, Any]) -> Any:
    if request["do"] == "refuse":
        raise StackError("not now")
    return request


@pytest.mark.parametrize("depth", [1, 12])
async def test_a_request_is_answered_however_deep_the_home_is(tmp_path: Path, depth: int) -> None:
    folder = tmp_path.joinpath(*["a-long-folder"] * depth)
    folder.mkdir(parents=True)
    server = await control.serve(folder / "stack.sock", handle)
    async with server:
        answer = await asyncio.to_thread(control.ask, folder / "stack.sock", {"do": "this"}, 5.0)
        assert answer == {"do": "this"}
        assert (folder / "stack.sock").stat().st_mode & 0o077 == 0


async def test_a_refusal_comes_back_as_an_error(tmp_path: Path) -> None:
    async with await control.serve(tmp_path / "s", handle):
        with pytest.raises(StackError, match="not now"):
            await asyncio.to_thread(control.ask, tmp_path / "s", {"do": "refuse"}, 5.0)
        with pytest.raises(StackError, match="not a request"):
            await asyncio.to_thread(control.ask, tmp_path / "s", {}, 5.0)


@pytest.mark.parametrize("depth", [0, 1, 12])
def test_nobody_there_is_told_from_an_answer_however_deep_the_home_would_be(tmp_path: Path, depth: int) -> None:
    with pytest.raises(ConnectionError):
        control.ask(tmp_path.joinpath(*["a-long-folder"] * depth) / "s", {"do": "this"}, 1.0)
