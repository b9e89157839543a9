"""What /metrics says is what the library would say, to the byte, in every format that a reader may ask for."""

from math import inf, nan

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, Summary, disable_created_metrics
from prometheus_client.exposition import choose_encoder

from shinsei.runtime.exposition import exposition

READERS = (
    "",
    "text/plain;version=1.0.0;escaping=allow-utf-8",
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,*/*;q=0.1",
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8",
)
VALUES = (0.0, -0.0, 3, 0.1, -7.25, 1e-9, 999_999.5, 1e6, 12_345_678.9, 2.0**60, -(2.0**60), 1e300, inf, -inf, nan)


@pytest.fixture
def registry() -> CollectorRegistry:
    disable_created_metrics()  # type: ignore[no-untyped-call]
    return CollectorRegistry()


@pytest.mark.parametrize("accepts", READERS)
def test_every_kind_reads_as_the_library_has_it(registry: CollectorRegistry, accepts: str) -> None:
    writer, _ = choose_encoder(accepts)
    Counter("things", 'A "thing" with \\ and\na line.', ("kind", "a"), registry=registry).labels("x", "1").inc()
    Gauge("nothing", "No series yet.", ("kind",), registry=registry)
    seconds = Histogram("seconds", "S.", ("topic",), buckets=(0.5, 2e6), registry=registry)
    seconds.labels("plain").observe(0.1)
    seconds.labels("traced").observe(0.7, {"trace_id": "a" * 32})
    Info("build", "B.", registry=registry).info({"version": "1"})
    Summary("sizes", "S.", registry=registry).observe(4)
    assert exposition(registry, writer) == writer(registry)


@pytest.mark.parametrize("accepts", READERS)
def test_every_number_and_every_label_reads_as_the_library_has_it(registry: CollectorRegistry, accepts: str) -> None:
    writer, _ = choose_encoder(accepts)
    level = Gauge("level", "L.", ("zone", "city"), registry=registry)
    for n, value in enumerate(VALUES):
        level.labels(f'{n} "é\\', "東京\n").set(value)
    assert exposition(registry, writer) == writer(registry)


def test_what_changes_is_what_is_told(registry: CollectorRegistry) -> None:
    writer, _ = choose_encoder("")
    level = Gauge("level", "L.", ("zone",), registry=registry)
    level.labels("a").set(1)
    assert b'level{zone="a"} 1.0\n' in exposition(registry, writer)
    level.labels("a").set(2)
    level.labels("b").set(3)
    assert exposition(registry, writer).endswith(b'level{zone="a"} 2.0\nlevel{zone="b"} 3.0\n')
    level.remove("a")
    assert exposition(registry, writer).endswith(b'gauge\nlevel{zone="b"} 3.0\n')
