"""An order to several workers: together they offer what it says, once."""

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from shinsei.loadtest.arrivals import RateProfile
from shinsei.loadtest.order import Order, points_of
from shinsei.loadtest.plan import Plan
from shinsei.loadtest.preset import load_preset
from shinsei.loadtest.target import run_specs, scenario_of

EVEN = Path(__file__).resolve().parents[3] / "bench" / "cross-check" / "cross-check.toml"
NOBODY = {"portal_sim": "127.0.0.1:1", "app_mgmt": "127.0.0.1:1"}


class Desk:
    """Notes when something arrives."""

    def __init__(self) -> None:
        self.moments_s: list[float] = []

    def halt(self) -> None:
        pass

    def begin(self, moments_s: Iterable[float], *_: Any) -> None:
        self.moments_s += moments_s


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_workers_together_offer_an_even_plan_once(
    workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Else to import Locust would replace sockets and threads of whatever is tested in this process.
    monkeypatch.setenv("LOCUST_SKIP_MONKEY_PATCH", "1")
    conductor, dispatchers = (import_module(f"loadtest.{name}") for name in ("conductor", "dispatchers"))
    preset, profile, desk = load_preset(str(EVEN)), RateProfile.constant(5, 8), Desk()
    plan = Plan.of(preset, run_specs(preset, scenario_of(preset), "load-1"), profile, targets=NOBODY)
    for kind in dispatchers.USERS:
        monkeypatch.setattr(kind, "desk", desk)
    monkeypatch.setattr(dispatchers.WORKER, "_plan", plan)
    runner = Mock(spec=conductor.MasterRunner, worker_count=workers)
    conductor.Conductor(SimpleNamespace(runner=runner), plan, tmp_path)._order(
        Order(n=1, start_s=100.0, points=points_of(profile))
    )
    _, order = runner.send_message.call_args.args
    for index in range(workers):
        dispatchers.begin(*conductor.follow_order(order, index), order["n"])
    assert sorted(desk.moments_s) == pytest.approx([(n + 1) / 5 for n in range(40)])
