from prometheus_client import CollectorRegistry, Gauge

from shinsei.runtime.levels import Group, Measured
from shinsei.testing.waiting import eventually


def test_what_is_not_measured_any_more_falls_to_nothing() -> None:
    registry = CollectorRegistry()
    group = Group(Gauge("waiting", "W.", ("place", "clock"), registry=registry), "sim")
    group.put({("a",): 3.0, ("b",): 1.0})
    group.put({("b",): 2.0})
    assert registry.get_sample_value("waiting", {"place": "a", "clock": "sim"}) == 0
    assert registry.get_sample_value("waiting", {"place": "b", "clock": "sim"}) == 2


async def test_a_measurement_that_fails_is_made_again() -> None:
    """Whoever only watches must never end a service."""
    attempts = 0

    async def measure() -> None:
        nonlocal attempts
        attempts += 1
        raise ConnectionError("the database is away")

    component = Measured(measure, every_s=0.001)
    await component.start()

    async def again() -> bool:
        return attempts > 2

    await eventually(again, within_s=5, every_s=0.001, what="a third attempt")
    await component.stop()
