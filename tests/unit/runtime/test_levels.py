import asyncio
from math import isnan

import pytest
from prometheus_client import REGISTRY, CollectorRegistry, Gauge

from shinsei.runtime import levels
from shinsei.runtime.levels import Group, Measured
from shinsei.testing import ManualClock
from shinsei.testing.waiting import eventually


class Waiting:
    """A gauge that is read from a database."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._group = Group(Gauge("waiting", "W.", ("place",), registry=self.registry))
        self.database = asyncio.Event()
        self.database.set()
        self.is_away = False
        self.attempts = 0

    async def measure(self) -> None:
        self.attempts += 1
        await self.database.wait()
        if self.is_away:
            raise ConnectionError("the database is away")
        self._group.put({("a",): 3.0})

    def blind(self) -> None:
        self._group.blind()

    @property
    def told(self) -> float | None:
        return self.registry.get_sample_value("waiting", {"place": "a"})


def test_what_is_not_measured_any_more_falls_to_nothing() -> None:
    registry = CollectorRegistry()
    group = Group(Gauge("waiting", "W.", ("place", "clock"), registry=registry), "sim")
    group.put({("a",): 3.0, ("b",): 1.0})
    group.put({("b",): 2.0})
    assert registry.get_sample_value("waiting", {"place": "a", "clock": "sim"}) == 0
    assert registry.get_sample_value("waiting", {"place": "b", "clock": "sim"}) == 2


async def test_a_measurement_that_fails_is_made_again() -> None:
    """Whoever only watches must never end a service."""
    waiting = Waiting()
    waiting.is_away = True
    component = Measured(waiting, every_s=0.001)
    await component.start()

    async def again() -> bool:
        return waiting.attempts > 2

    await eventually(again, within_s=5, every_s=0.001, what="a third attempt")
    await component.stop()


async def test_what_could_not_be_measured_is_not_told_and_the_failure_is() -> None:
    """The last value of a database that is away, or hangs, passed for what is waiting now."""
    waiting = Waiting()
    component = Measured(waiting, every_s=0.001, patience_s=0.01)

    async def told() -> bool:
        return waiting.told == 3 and REGISTRY.get_sample_value("shinsei_levels_blind") == 0

    async def blind() -> bool:
        is_told = waiting.told is not None and not isnan(waiting.told)
        return not is_told and REGISTRY.get_sample_value("shinsei_levels_blind") == 1

    failures = REGISTRY.get_sample_value("shinsei_levels_failures_total") or 0
    await component.start()
    await eventually(told, within_s=5, every_s=0.001, what="a value")
    waiting.is_away = True
    await eventually(blind, within_s=5, every_s=0.001, what="no value, as the database is away")
    waiting.is_away = False
    await eventually(told, within_s=5, every_s=0.001, what="a value again")
    waiting.database.clear()
    await eventually(blind, within_s=5, every_s=0.001, what="no value, as the database hangs")
    await component.stop()
    assert (REGISTRY.get_sample_value("shinsei_levels_failures_total") or 0) >= failures + 2


def test_a_stage_takes_what_has_passed_since_the_one_before_it_gave_a_case_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = ManualClock()
    monkeypatch.setattr(levels, "_CLOCK", clock)
    before_ms = clock.now_ms()
    clock.advance(2.0)
    levels.observe_handed_over("test", "RPA", [before_ms, before_ms, before_ms + 1_500, before_ms + 9_000])
    labels = {"stage": "test", "linkage_method": "RPA", "clock": "real"}
    name = "shinsei_stage_duration_seconds"
    assert REGISTRY.get_sample_value(f"{name}_count", labels) == 4
    assert REGISTRY.get_sample_value(f"{name}_sum", labels) == 4.5
    assert REGISTRY.get_sample_value(f"{name}_bucket", {**labels, "le": "0.5"}) == 2
