"""A load test on services elsewhere is watched by whoever is told where its metrics are."""

from shinsei.loadtest.live import _watched
from shinsei.loadtest.under_test import Target
from shinsei.stack.readiness import read_metrics


def test_with_services_elsewhere_it_says_where_its_metrics_are() -> None:
    said: list[str] = []
    with _watched(Target(addresses={}, kafka="", secret_file=""), said.append):
        (line,) = said
        text = read_metrics(line.removeprefix("metrics of the load test: "))
    assert "shinsei_loadtest_dispatcher_lag_seconds" in str(text)
