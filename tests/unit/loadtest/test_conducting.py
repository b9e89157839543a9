"""The master's part when workers fall silent, when users are spread anew, and when somebody presses Stop."""

import json
import logging
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
from tests.unit.loadtest.test_books import a_tick
from tests.unit.loadtest.test_sharing import a_master

from shinsei.loadtest.plan import Plan
from shinsei.loadtest.preset import load_preset
from shinsei.loadtest.target import run_specs, scenario_of

LENGTH_S, USERS = 30, 12
BEGAN_S = 1_000.0


class World:
    """Two workers that speak every second as long as they live, in the test's own time."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        # Else to import Locust would replace sockets and threads of whatever is tested in this process.
        monkeypatch.setenv("LOCUST_SKIP_MONKEY_PATCH", "1")
        module = import_module("loadtest.conductor")
        preset = load_preset("smoke")
        targets = {"portal_sim": "127.0.0.1:1", "app_mgmt": "127.0.0.1:1"}
        plan = Plan.of(preset, run_specs(preset, scenario_of(preset), "load-1"), preset.profile(), targets=targets)
        self.now_s, self.dies_s = BEGAN_S, {0: float("inf"), 1: float("inf")}
        self.runner = a_master(module, (0, 1))
        self.environment = SimpleNamespace(
            runner=self.runner,
            stats=import_module("locust.stats").RequestStats(),
            web_ui=None,
            process_exit_code=0,
            user_classes=[SimpleNamespace(fixed_count=USERS)],
            parsed_options=SimpleNamespace(num_users=USERS),
        )
        self.spawned: list[Callable[[], None]] = []
        monkeypatch.setattr(module, "now_s", lambda: self.now_s)
        monkeypatch.setattr(module, "gevent", SimpleNamespace(sleep=self._sleep, spawn=self._spawn))
        self.conductor = module.Conductor(self.environment, plan, folder)
        self.idle_from_s = 0.0
        self.at: dict[float, Callable[[], None]] = {}
        """What somebody does at a moment."""

    def _spawn(self, what: Callable[[], None]) -> Any:
        self.spawned.append(what)
        return Mock()

    def _sleep(self, length_s: float) -> None:
        before_s, self.now_s = self.now_s, self.now_s + length_s
        for at_s in [at_s for at_s in self.at if at_s <= self.now_s]:
            self.at.pop(at_s)()
        if int(before_s) == int(self.now_s):
            return
        for worker, dies_s in self.dies_s.items():
            if self.now_s < dies_s:
                idle = USERS // 2 if self.now_s >= self.idle_from_s else 0
                self.conductor.take({**a_tick(self.now_s, worker), "idle": idle})

    def run(self) -> float:
        """One test from the moment at which all users are there; how long it took."""
        self.conductor.brief()
        self.conductor.begin()
        began_s = self.now_s
        self.spawned.pop()()
        return self.now_s - began_s


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch)


def told(records: Iterable[logging.LogRecord]) -> list[str]:
    return [record.getMessage() for record in records]


def test_a_test_ends_when_every_worker_has_spoken_behind_its_end(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    assert LENGTH_S < world.run() < LENGTH_S + 6
    assert (world.environment.process_exit_code, told(caplog.records)) == (0, [])
    world.runner.quit.assert_called_once()


def test_every_tick_says_whether_users_are_ready_and_when_load_has_begun(world: World, tmp_path: Path) -> None:
    world.idle_from_s = BEGAN_S + 20
    world.run()
    ticks = [json.loads(line) for line in (tmp_path / "ticks.jsonl").read_text().splitlines()]
    _, order = world.runner.send_message.call_args_list[1].args
    assert order["start_s"] > BEGAN_S + 20
    before = [tick for tick in ticks if tick["at_s"] < BEGAN_S + 19]
    assert {(tick["is_ready"], tick["start_s"]) for tick in before} == {(False, None)}
    assert (ticks[-1]["is_ready"], ticks[-1]["start_s"]) == (True, order["start_s"])


def test_every_tick_says_how_much_is_planned_at_its_moment(world: World, tmp_path: Path) -> None:
    rising = {"points": ((0.0, 1.0), (LENGTH_S, 1.0 + LENGTH_S))}
    world.conductor._plan = world.conductor._plan.model_copy(update=rising)
    world.run()
    ticks = [json.loads(line) for line in (tmp_path / "ticks.jsonl").read_text().splitlines()]
    assert {tick["planned_per_s"] for tick in ticks if tick["start_s"] is None} == {0.0}
    during = [tick for tick in ticks if tick["start_s"] and 0 < tick["at_s"] - tick["start_s"] < LENGTH_S - 1]
    assert len(during) > LENGTH_S
    for tick in during:
        assert tick["planned_per_s"] == pytest.approx(1.0 + tick["at_s"] - tick["start_s"])
    assert ticks[-1]["planned_per_s"] == 0.0


def test_of_a_trace_it_is_what_was_due_in_the_second_before(world: World, tmp_path: Path) -> None:
    world.conductor._plan = world.conductor._plan.model_copy(update={"trace": (0.5, 0.6, 0.7, 20.2)})
    world.run()
    ticks = [json.loads(line) for line in (tmp_path / "ticks.jsonl").read_text().splitlines()]
    assert sum(tick["planned_per_s"] for tick in ticks if tick["worker"] == 0) == 4
    assert max(tick["planned_per_s"] for tick in ticks) == 3


def test_one_that_dies_is_waited_for_and_named(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """However little it had to do when it was heard of last: what it was to do until the end is missing."""
    world.dies_s[1] = BEGAN_S + LENGTH_S - 3
    assert LENGTH_S + 10 < world.run() < LENGTH_S + 20
    assert world.environment.process_exit_code == 1
    assert told(caplog.records) == ["worker 1 was not heard of any more: what it was to do is missing"]


def test_without_any_worker_it_ends(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.dies_s = {0: BEGAN_S + 4, 1: BEGAN_S + 3}
    assert 20 < world.run() < LENGTH_S
    assert world.environment.process_exit_code == 1
    assert [line[:8] for line in told(caplog.records)] == ["worker 0", "worker 1"]


def test_users_that_are_spread_anew_do_not_begin_the_load_once_more(world: World) -> None:
    world.conductor.brief()
    world.conductor.begin()
    world.conductor.begin()
    assert len(world.spawned) == 1
    world.conductor.brief()
    world.conductor.begin()
    assert len(world.spawned) == 2


def test_what_is_stopped_in_the_middle_offers_nothing_more(world: World) -> None:
    world.at[BEGAN_S + 10] = world.conductor.end
    assert 10 < world.run() < 20
    _, order = world.runner.send_message.call_args.args
    assert order["is_over"]


@pytest.mark.parametrize("wished", [USERS - 5, USERS + 500])
def test_fewer_slots_may_be_wished_for_and_more_there_are_not(
    world: World, wished: int, caplog: pytest.LogCaptureFixture
) -> None:
    world.environment.parsed_options.num_users = wished
    assert world.run() < LENGTH_S + 6
    assert told(caplog.records) == []
