"""A season stops the stack that it started, and no other, however it ends."""

import io
import re
import subprocess
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from rich.console import Console

from shinsei.cli import season
from shinsei.domain.errors import UnavailableError
from shinsei.stack import Stack
from shinsei.stack.home import Home
from shinsei.stack.parts import USUAL_PORTS
from shinsei.stack.site import Site


class Stopped(Stack):
    """A stack whose end is noted."""

    homes: list[Path] = []  # noqa: RUF012 - emptied by the fixture

    def stop(self, report: Any = None) -> None:
        self.homes.append(self.home)


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    Stopped.homes.clear()
    return Stopped(home=tmp_path, addresses=Site(home=Home(path=tmp_path), ports=USUAL_PORTS).addresses)


def live(
    stack: Stack,
    monkeypatch: pytest.MonkeyPatch,
    *,
    started_here: bool,
    keep: bool | None = None,
    failure: BaseException | None = None,
) -> str:
    """What is printed around a season on this stack."""
    monkeypatch.setattr(season, "ensure", lambda *_, **__: (stack, started_here))
    screen = Console(file=io.StringIO(), width=200)
    told = partial(screen.print, "history told, up:")
    with season._stack(screen, stack.home, keep=keep, last=told) as (addresses, is_there):
        assert addresses["portal_sim"] == stack.addresses.portal
        assert is_there == stack.is_there
        assert not Stopped.homes
        if failure is not None:
            raise failure
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


def test_what_was_started_is_stopped(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "stopping the stack" in live(stack, monkeypatch, started_here=True)
    assert Stopped.homes == [stack.home]


@pytest.mark.parametrize(("started_here", "keep"), [(False, None), (False, False), (True, True)])
def test_what_was_up_before_or_is_wanted_stays(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, *, started_here: bool, keep: bool | None
) -> None:
    told = live(stack, monkeypatch, started_here=started_here, keep=keep)
    assert not Stopped.homes
    portal, room = told.splitlines()[-2:]
    assert stack.addresses.portal in portal
    assert "shinsei down" in portal
    assert stack.addresses.room in room, "whoever leaves the stack up wants the page: its address is what is read last"
    assert "history told" in told


def test_a_demonstration_that_is_to_stay_up_ends_with_the_address_of_the_room(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = Path(__file__).parents[3]
    for arguments, keeps in (("KEEP=1",), True), ((), False):
        command = ["make", "--dry-run", "demo", *arguments]
        done = subprocess.run(command, cwd=repo, capture_output=True, text=True, check=True)
        assert ("--keep" in done.stdout.splitlines()[-1].split()) is keeps
    last = live(stack, monkeypatch, started_here=True, keep=True).splitlines()[-1]
    assert re.search(r"http://127\.0\.0\.1:\d+/? ", last), last
    assert "operations room" in last


@pytest.mark.parametrize("failure", [UnavailableError("the stack has gone"), KeyboardInterrupt()], ids=repr)
@pytest.mark.parametrize("started_here", [True, False])
def test_a_season_that_fails_leaves_up_only_what_was_up_before(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, *, started_here: bool, failure: BaseException
) -> None:
    with pytest.raises(type(failure)):
        live(stack, monkeypatch, started_here=started_here, failure=failure)
    assert Stopped.homes == ([stack.home] if started_here else [])


@pytest.mark.parametrize(("is_up", "words"), [(True, "within a minute"), (False, "from the next shinsei up on")])
def test_where_the_history_is_seen_depends_on_what_has_become_of_the_stack(
    monkeypatch: pytest.MonkeyPatch, *, is_up: bool, words: str
) -> None:
    screen = Console(file=io.StringIO(), width=200)
    history = season._History(screen)
    history.tell(is_up)
    assert isinstance(screen.file, io.StringIO)
    assert not screen.file.getvalue(), "nothing was put there"
    monkeypatch.setattr(season, "keeps_history", lambda _: True)
    left_out = ["", "6 days that are not over yet are left out"]
    monkeypatch.setattr(season, "keep_history", lambda *_: left_out.pop(0))
    for _ in range(2):
        history.keep(cast("Any", SimpleNamespace(folder=None, summary={})), None)
        history.tell(is_up)
    line = f"history   in Prometheus at its simulated times, {words}\n"
    assert screen.file.getvalue() == f"{line}{line}          6 days that are not over yet are left out\n"
