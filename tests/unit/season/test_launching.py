"""What a season does to the one that runs already, nothing where it is refused; and by which clock it goes."""

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import pytest
from rich.console import Console

from shinsei.domain.errors import ConflictError
from shinsei.runtime.clock import RealClock
from shinsei.scenario import Scenario, load
from shinsei.season import live
from shinsei.season.live import Launch, launch
from shinsei.season.pacing import PaceSpec
from shinsei.season.request import SeasonRequest
from shinsei.season.results import Results
from shinsei.season.wishes import wish_speed, wished_speed


class Gateway:
    """A portal that has one run."""

    def __init__(self, scenario: Scenario, *, closed: bool) -> None:
        self._run = SimpleNamespace(spec=scenario.run_specs("smoke-1")[0], closed=closed)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def list_runs(self) -> list[Any]:
        return [self._run]


async def test_a_wish_of_the_room_is_taken_back_by_the_next_season_and_not_by_one_that_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody has paused the season that runs; it must not go on because somebody else has typed a command."""
    scenario, file, seen = load("smoke"), tmp_path / "pace.json", []
    wanted = Launch(
        request=SeasonRequest(scenario="smoke"),
        pace=PaceSpec(),
        results=Results(tmp_path / "results"),
        command="",
        wished=partial(wished_speed, file),
        forget_wish=partial(wish_speed, file, None),
    )

    async def run_season(*_: Any, **__: Any) -> None:
        seen.append(wished_speed(file))

    async def start(*, beside_an_open_one: bool) -> None:
        monkeypatch.setattr(live, "Gateway", lambda *_: Gateway(scenario, closed=not beside_an_open_one))
        await launch(wanted, scenario, {}, Console(file=io.StringIO()), lambda: True)

    monkeypatch.setattr(live, "run_season", run_season)
    wish_speed(file, 0)
    with pytest.raises(ConflictError, match="is still open"):
        await start(beside_an_open_one=True)
    assert wished_speed(file) == 0
    await start(beside_an_open_one=False)
    assert seen == [None]


class Watch:
    """A clock that somebody sets."""

    def __init__(self) -> None:
        self.set_by_ms = 0

    def now_ms(self) -> int:
        return RealClock().now_ms() + self.set_by_ms

    def monotonic_s(self) -> float:
        return RealClock().monotonic_s()


async def test_a_clock_that_is_set_meanwhile_is_not_the_one_that_paces_a_season(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set back by an hour, it would have a season of a given speed stand still for that hour."""
    scenario, watch, told = load("smoke"), Watch(), []

    async def run_season(*_: Any, now_ms: Callable[[], int], **__: Any) -> None:
        for watch.set_by_ms in (0, 3_600_000, -3_600_000):
            told.append(now_ms() - RealClock().now_ms())

    monkeypatch.setattr(live, "RealClock", lambda: watch)
    monkeypatch.setattr(live, "run_season", run_season)
    monkeypatch.setattr(live, "Gateway", lambda *_: Gateway(scenario, closed=True))
    request, results = SeasonRequest(scenario="smoke"), Results(tmp_path)
    wanted = Launch(request=request, pace=PaceSpec(speed=20), results=results, command="")
    await launch(wanted, scenario, {}, Console(file=io.StringIO()), lambda: True)
    assert len(told) == 3
    assert all(abs(off_ms) < 5_000 for off_ms in told)
