import io
import json
import logging
import re
import sys
from collections.abc import Iterator

import pytest
import structlog

from shinsei.runtime import observability
from shinsei.runtime.observability import NotAgain, configure_logging, counter, histogram
from shinsei.testing import ManualClock


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    root = logging.getLogger()
    before = root.handlers[:], root.level
    configure_logging("portal_sim", "json", "info")
    yield stream
    root.handlers[:], root.level = before
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def test_an_event_is_one_line_of_json_with_its_service(logged: io.StringIO) -> None:
    structlog.get_logger("x").info("application_accepted", receipt_number="2021-1", submission_id="482013-10-000001")
    event = json.loads(logged.getvalue())
    assert event["event"] == "application_accepted"
    assert event["service"] == "portal_sim"
    assert event["receipt_number"] == "2021-1"
    assert event["level"] == "info"


def test_for_eyes_an_event_is_a_line_with_all_that_the_json_has_and_no_personal_data(
    logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", logged)
    configure_logging("portal_sim", "console", "info")
    structlog.get_logger("x").info("application_accepted", receipt_number="2021-1", name="見本花子")
    (line,) = logged.getvalue().splitlines()
    assert not line.startswith("{")
    assert re.search(r"\[info +\] application_accepted ", line)
    for word in ("receipt_number=2021-1", "service=portal_sim", "name=[redacted]"):
        assert word in line
    assert "\x1b" not in line, "colours are for a terminal"
    try:
        raise ZeroDivisionError("a defect")
    except ZeroDivisionError as error:
        structlog.get_logger("x").error("failed", exc_info=error)
    assert "ZeroDivisionError: a defect" in logged.getvalue()


def test_personal_data_never_reaches_the_log(logged: io.StringIO) -> None:
    structlog.get_logger("x").warning("person_seen", name="見本花子", address="1-1", serial_number="S", n=1)
    text = logged.getvalue()
    assert "見本" not in text
    event = json.loads(text)
    assert (event["name"], event["address"], event["serial_number"], event["n"]) == (*["[redacted]"] * 3, 1)


def test_what_a_library_logs_has_the_same_form(logged: io.StringIO) -> None:
    logging.getLogger("aiokafka").warning("lost %s", "it")
    logging.getLogger("aiokafka").info("chatter")
    assert json.loads(logged.getvalue())["event"] == "lost it"


def test_what_a_library_repeats_in_an_outage_is_logged_once_in_a_while() -> None:
    clock = ManualClock()
    again = NotAgain("aiokafka", every_s=10, clock=clock)

    def logged(name: str, message: str) -> bool:
        return again.filter(logging.LogRecord(name, logging.ERROR, "", 0, message, (clock.now_ms(),), None))

    assert [logged("aiokafka.conn", "no connection at %s") for _ in range(3)] == [True, False, False]
    assert logged("aiokafka.conn", "something else at %s")
    assert all(logged("shinsei", "the same") for _ in range(3))
    clock.advance(10)
    assert logged("aiokafka.conn", "no connection at %s")


def test_an_exception_is_logged_with_its_traceback(logged: io.StringIO) -> None:
    try:
        raise ZeroDivisionError("a defect")
    except ZeroDivisionError as error:
        structlog.get_logger("x").error("failed", exc_info=error)
    assert "ZeroDivisionError: a defect" in json.loads(logged.getvalue())["exception"]


def test_a_metric_is_made_once() -> None:
    first = counter("shinsei_test_things_total", "Things.", ("kind",))
    assert counter("shinsei_test_things_total", "Things.", ("kind",)) is first
    assert histogram("shinsei_test_seconds", "S.") is histogram("shinsei_test_seconds", "S.")


@pytest.mark.parametrize("buckets", [observability.RPC_BUCKETS_S, observability.STAGE_BUCKETS_S])
def test_bucket_edges_rise(buckets: tuple[float, ...]) -> None:
    assert list(buckets) == sorted(set(buckets))


def test_a_stage_that_takes_the_whole_season_has_a_bucket() -> None:
    """A quantile above the last edge is that edge, however long it took."""
    day_s = 86_400.0
    assert {day_s * days for days in (1, 3, 7, 14, 30, 60)} <= set(observability.STAGE_BUCKETS_S)


def test_many_observed_at_once_are_those_observed_one_after_the_other() -> None:
    one, many = (histogram(f"shinsei_test_{name}_seconds", "Things.", buckets=(0.1, 1.0)) for name in ("one", "many"))
    values = {0.05: 2, 0.1: 3, 0.5: 1, 7.0: 2}
    for value, count in values.items():
        for _ in range(count):
            one.observe(value)
    observability.observe_all(many, values)
    found = [
        {(sample.name.removeprefix(of._name), sample.labels.get("le")): sample.value for sample in samples}
        for of in (one, many)
        for samples in [[sample for sample in next(iter(of.collect())).samples if not sample.name.endswith("_created")]]
    ]
    assert found[0] == pytest.approx(found[1])
    assert found[1]["_count", None] == 8
