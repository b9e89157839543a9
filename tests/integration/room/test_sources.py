"""What a process is asked for at every look: the families that the room tells of, and no other."""

import contextlib
import http.client
import socket
import struct
import urllib.request
from math import inf, isnan, nan
from urllib.parse import urlsplit

import pytest
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from shinsei.room import sources
from shinsei.runtime.kafka.partition_worker import LAG
from shinsei.runtime.levels import PENDING, WATERMARK
from shinsei.runtime.observability import start_metrics

FETCH = {"stage": "fetch", "linkage_method": "none", "prefecture": "48"}


@pytest.fixture(scope="module")
def process() -> str:
    return f"http://127.0.0.1:{start_metrics(0)}/metrics"


async def test_a_process_is_asked_for_what_is_told_and_writes_down_nothing_else(process: str) -> None:
    PENDING.labels(**FETCH).set(179)
    WATERMARK.labels("fetch", "sim").set(1)
    LAG.labels("work.completed", "1").set(1.5)
    with contextlib.closing(sources.Processes({"portal_sim": process, "gone": "http://127.0.0.1:1/metrics"})) as all_of:
        found = await all_of.levels()
    assert found.at_least("shinsei_pending_cases", stage="fetch") == 179
    assert found.most("shinsei_kafka_lag_seconds") == 1.5
    assert not found.has("shinsei_watermark_timestamp_seconds")
    assert found.away == ("gone",)


async def test_a_process_that_was_started_again_is_asked_on_a_new_connection(process: str) -> None:
    with contextlib.closing(sources.Processes({"portal_sim": process})) as processes:
        line = processes._lines["portal_sim"]._connection
        assert (await processes.levels()).away == ()
        assert line.sock is not None
        line.sock.shutdown(socket.SHUT_RDWR)
        assert (await processes.levels()).away == ()


def test_who_asks_again_does_so_on_the_same_connection(process: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(process).netloc)
    for stage in ("fetch", "intake"):
        PENDING.labels(**{**FETCH, "stage": stage}).set(2)
        connection.request("GET", "/metrics?name[]=shinsei_pending_cases", headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        assert f'stage="{stage}"}} 2.0\n' in answer.read().decode()
        assert (answer.will_close, answer.headers["Content-Encoding"]) == (False, None)
    connection.close()


def test_a_reader_who_is_cut_off_leaves_no_word_in_the_log(process: str, capfd: pytest.CaptureFixture[str]) -> None:
    reader = socket.create_connection((urlsplit(process).hostname, urlsplit(process).port))
    reader.sendall(b"GET /metrics HTTP/1.1\r\n\r\n")
    assert reader.recv(8).startswith(b"HTTP/1.1")
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    reader.close()
    for _ in range(3):
        with urllib.request.urlopen(process) as answer:  # noqa: S310 - ours
            assert answer.status == http.HTTPStatus.OK
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("city", ["48", "{a} b, c=d", 'é "x"', "back\\slash"])
def test_samples_are_read_as_the_library_reads_them(city: str) -> None:
    registry = CollectorRegistry()
    Gauge("shinsei_plain", "No label = {none}.", registry=registry).set(-1.5e-7)
    level = Gauge("shinsei_level", "Some.", ("city", "n"), registry=registry)
    for n, value in enumerate((0.0, 1e9, inf)):
        level.labels(city, n).set(value)
    text = generate_latest(registry).decode()
    by_library = [one for family in text_string_to_metric_families(text) for one in family.samples]
    assert sources.samples(text) == [(one.name, one.labels, one.value) for one in by_library]
    level.labels(city, 0).set(nan)
    assert isnan(sources.samples(generate_latest(registry).decode())[1][2])


async def test_alerts_of_a_prometheus_that_is_not_there_are_not_known() -> None:
    assert await sources.alerts("http://127.0.0.1:1") is None
