"""An order to several workers: together they offer what it says, once."""

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from shinsei.loadtest.arrivals import Process, RateProfile
from shinsei.loadtest.order import Order, points_of
from shinsei.loadtest.plan import Plan
from shinsei.loadtest.preset import load_preset
from shinsei.loadtest.target import run_specs, scenario_of

EVEN = Path(__file__).resolve().parents[3] / "bench" / "cross-check" / "cross-check.toml"
NOBODY = {"portal_sim": "127.0.0.1:1", "app_mgmt": "127.0.0.1:1"}
WORKERS = [(0,), (0, 1), (0, 1, 2), (3, 1)]
MOMENTS = (0.0, 0.5, 0.5, 3.25, 7.75)


class Desk:
    """Notes when something arrives."""

    def __init__(self) -> None:
        self.moments_s: list[float] = []

    def halt(self) -> None:
        pass

    def begin(self, moments_s: Iterable[float], *_: Any) -> None:
        self.moments_s += moments_s


def a_master(conductor: Any, workers: Iterable[int]) -> Any:
    """Locust's, with workers of these numbers."""
    there = [SimpleNamespace(id=str(number)) for number in workers]
    clients = SimpleNamespace(ready=there[:1], spawning=[], running=there[1:])
    return Mock(spec=conductor.MasterRunner, clients=clients, get_worker_index=int)


Offered = Callable[..., Sequence[float]]


@pytest.fixture
def offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Offered:
    """What workers of these numbers offer together of a plan."""
    # Else to import Locust would replace sockets and threads of whatever is tested in this process.
    monkeypatch.setenv("LOCUST_SKIP_MONKEY_PATCH", "1")
    conductor, dispatchers = (import_module(f"loadtest.{name}") for name in ("conductor", "dispatchers"))

    def by(workers: tuple[int, ...], profile: RateProfile, **changed: Any) -> Sequence[float]:
        preset, desk = load_preset(str(EVEN)), Desk()
        plan = Plan.of(preset, run_specs(preset, scenario_of(preset), "load-1"), profile, targets=NOBODY)
        plan = plan.model_copy(update=changed)
        for kind in dispatchers.USERS:
            monkeypatch.setattr(kind, "desk", desk)
        monkeypatch.setattr(dispatchers.WORKER, "_plan", plan)
        runner = a_master(conductor, workers)
        conductor.Conductor(SimpleNamespace(runner=runner), plan, tmp_path)._order(
            Order(n=1, start_s=100.0, points=points_of(profile))
        )
        _, order = runner.send_message.call_args.args
        assert conductor.follow_order(order, max(workers) + 1)[0] is None, "who comes later has nothing to do yet"
        for index in workers:
            dispatchers.begin(*conductor.follow_order(order, index), order["n"])
        return sorted(desk.moments_s)

    return by


@pytest.mark.parametrize("workers", WORKERS, ids=str)
def test_workers_together_offer_an_even_plan_once_whoever_has_been_replaced(
    workers: tuple[int, ...], offered: Offered
) -> None:
    found = offered(workers, RateProfile.constant(5, 8))
    assert found == pytest.approx([(n + 1) / 5 for n in range(40)])


@pytest.mark.parametrize("workers", WORKERS, ids=str)
@pytest.mark.parametrize("per_s", [0, 5])
def test_workers_together_offer_a_trace_once_whatever_rate_stands_beside_it(
    workers: tuple[int, ...], per_s: float, offered: Offered
) -> None:
    found = offered(workers, RateProfile.constant(per_s, 8), process=Process.TRACE, trace=MOMENTS)
    assert tuple(found) == MOMENTS
