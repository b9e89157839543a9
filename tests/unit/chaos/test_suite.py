"""What ``make chaos`` leaves behind and ends with, whatever its rounds have found; without a stack."""

import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.chaos import suite
from tests.chaos.__main__ import main
from tests.chaos.checks import Verdict
from tests.chaos.line import HERE, become_apart
from tests.chaos.round import Done, Round, Wanted
from tests.chaos.suite import Suite

from shinsei.domain.errors import UnavailableError

DONE = [
    Done(name="kill -9 kafka", recovery_s=4.0, unaccounted=0, season_open=True),
    Done(name="flag calls-cut in app_mgmt", recovery_s=0.5, unaccounted=0, season_open=True, struck=7),
]

Run = Callable[[Round], int]
"""Runs the program on what one round has found; its exit code."""


@pytest.fixture
def stopped() -> list[Path]:
    """The homes whose stacks have been stopped."""
    return []


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stopped: list[Path]) -> Run:
    @contextmanager
    def volume(*_: Any) -> Iterator[None]:
        yield None

    @asynccontextmanager
    async def at(*_: Any) -> AsyncIterator[None]:
        yield None

    monkeypatch.setattr(suite, "volume", volume)
    monkeypatch.setattr(suite, "at", at)
    monkeypatch.setattr(suite, "ensure", lambda home, ports: (home, ports))
    monkeypatch.setattr(suite, "stop", stopped.append)
    monkeypatch.setattr("tests.chaos.__main__.configure_logging", lambda *_: None)
    monkeypatch.setattr("tests.chaos.__main__.become_apart", lambda *_: None)
    monkeypatch.setattr("sys.argv", ["chaos", "--minutes", "1", "--seed", "3", "--out", str(tmp_path)])

    def run(found: Round) -> int:
        async def rounds(*_: Any) -> list[Round]:
            return [found]

        monkeypatch.setattr(suite, "run_rounds", rounds)
        return main()

    return run


def a_round(**load: int) -> Round:
    return Round(season=Verdict(applications=10), load=Verdict(applications=5, **load), done=DONE)


def latest(tmp_path: Path) -> dict[str, Any]:
    summary: dict[str, Any] = json.loads((tmp_path / "latest" / "summary.json").read_text(encoding="utf-8"))
    return summary


def test_a_clean_suite_writes_its_figures_and_ends_with_0(run: Run, tmp_path: Path, stopped: list[Path]) -> None:
    assert run(a_round()) == 0
    found = latest(tmp_path)
    figures = ("faults", "applications", "lost", "doubled", "trace_differences")
    assert {name: found[name] for name in figures} == dict(zip(figures, (2, 15, 0, 0, 0), strict=True))
    assert found["recovery_s"] == {
        "flag calls-cut in app_mgmt": {"times": 1, "struck": 7, "median": 0.5, "most": 0.5},
        "kill -9 kafka": {"times": 1, "struck": None, "median": 4.0, "most": 4.0},
    }
    assert (found["seed"], found["minutes"], found["failed"]) == (3, 1, [])
    assert found["run_id"] == (tmp_path / "latest").resolve().name
    assert len(stopped) == 1


@pytest.mark.parametrize("figure", ["lost", "doubled"])
def test_a_suite_that_has_lost_or_doubled_one_says_so_and_ends_with_1(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], figure: str
) -> None:
    assert run(a_round(**{figure: 1})) == 1
    assert (latest(tmp_path)[figure], latest(tmp_path)["failed"]) == (1, [f"{figure} 1"])
    told = capsys.readouterr()
    assert told.err == f"chaos: {figure} 1\n"
    assert (tmp_path / "latest" / "table.md").read_text(encoding="utf-8") == told.out


def test_a_trace_that_differs_ends_with_1(run: Run, tmp_path: Path) -> None:
    found = a_round()
    found.season = Verdict(applications=10, trace_differences=2)
    assert run(found) == 1
    assert latest(tmp_path)["trace_differences"] == 2


def test_a_suite_that_may_have_no_network_of_its_own_says_so_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: str) -> list[str]:
        raise UnavailableError("user namespaces are forbidden here")

    monkeypatch.setattr("tests.chaos.line.apart", forbidden)
    told: list[str] = []
    become_apart(told.append)
    assert told == ["no network of its own, so no packets will be dropped: user namespaces are forbidden here"]


def test_a_suite_begins_anew_in_a_network_of_its_own_with_what_it_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[list[str]] = []
    monkeypatch.setattr("tests.chaos.line.apart", lambda *namespaces: ["unshare", *namespaces])
    monkeypatch.setattr("os.execvp", lambda _, command: begun.append(command))
    monkeypatch.setattr("sys.argv", ["chaos", "--seed", "3"])
    become_apart(lambda _: None)
    assert begun == [["unshare", "--net", "--mount", sys.executable, "-m", "tests.chaos", "--seed", "3", HERE]]


async def test_a_suite_does_nothing_but_what_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    async def play(_: Any, wanted: Wanted, found: Round, __: Any) -> None:
        done.extend(one.name for one in wanted.injections)

    async def settle(*_: Any) -> None:
        pass

    monkeypatch.setattr(suite, "play", play)
    monkeypatch.setattr(suite, "settle", settle)
    place: Any = SimpleNamespace(disk=None, line=None)
    await suite.run_rounds(place, Suite(seed=1, minutes=0, only="SIGSTOP kafka"), lambda _: None)
    assert set(done) == {"SIGSTOP kafka 12 s"}
