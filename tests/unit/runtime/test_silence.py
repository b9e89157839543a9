"""A process without telemetry counts nothing, so that what telemetry costs can be measured against it."""

import pytest

from shinsei.runtime import observability
from shinsei.runtime.levels import Measured


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silent until the end of the test."""
    for kind, names in observability._COUNTING.items():
        for name in (*names, "labels"):
            monkeypatch.setattr(kind, name, getattr(kind, name))
    monkeypatch.setattr(observability._Telemetry, "is_on", True)
    observability.silence()


def test_no_instrument_counts(silent: None) -> None:
    counter = observability.counter("shinsei_test_silent_total", "Things.", ("kind",))
    gauge = observability.gauge("shinsei_test_silent_level", "Things.", ("kind",))
    histogram = observability.histogram("shinsei_test_silent_seconds", "Things.", ("kind",))
    counter.labels("a").inc(2)
    gauge.labels(kind="a").set(3)
    histogram.labels("a").observe(4.0, {"trace_id": "5"})
    observability.observe_all(histogram.labels("a"), {4.0: 2})
    assert [sample for one in (counter, gauge, histogram) for sample in next(iter(one.collect())).samples] == []


async def test_nothing_is_measured(silent: None) -> None:
    measured = []

    class Levels:
        async def measure(self) -> None:
            measured.append(1)

        def blind(self) -> None:
            measured.append(0)

    level = Measured(Levels())
    await level.start()
    assert level._task is None
    await level.stop()
    assert measured == []
