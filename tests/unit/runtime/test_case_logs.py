"""What is logged about a case names it by receipt number and trace, and nobody by name."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shinsei.api.application.v1 import application_pb2 as application
from shinsei.api.events.v1 import events_pb2 as events
from shinsei.runtime import tracing
from shinsei.runtime.kafka import DeadLetters, Record
from shinsei.runtime.observability import configure_logging
from shinsei.runtime.tracing import Identity, spans
from shinsei.runtime.tracing.opentelemetry import Sink
from shinsei.testing.fakes import InMemoryProducer, a_record

RUN, CASE, RECEIPT = "run-1", "482013-10-000001", "1000000000000008"


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    root = logging.getLogger()
    before = root.handlers[:], root.level
    configure_logging("app_mgmt", "json", "info")
    yield stream
    root.handlers[:], root.level = before
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def traced() -> Iterator[None]:
    spans.use(Sink("app_mgmt", InMemorySpanExporter()), 1.0, "app_mgmt")
    yield
    tracing.shut_down()


def fetched() -> Record:
    person = application.Applicant(name="見本花子", address="見本市1-1", birth_date="1990-01-01")
    content = application.Application(submission_id=CASE, receipt_number=RECEIPT, applicant=person, serial_number="S1")
    return a_record(events.ApplicationFetched(application=content), event_id=f"{RUN}/{CASE}/fetched/0")


async def told_of(record: Record, logged: io.StringIO) -> dict[str, Any]:
    await DeadLetters(InMemoryProducer()).send(record, "cannot be true")
    return json.loads(logged.getvalue().splitlines()[-1])


async def test_a_dead_letter_names_its_case_and_the_trace(logged: io.StringIO, traced: None) -> None:
    event = await told_of(fetched(), logged)
    assert (event["receipt_number"], event["submission_id"]) == (RECEIPT, CASE)
    assert event["trace_id"] == f"{Identity.of_case(RUN, CASE).trace_id:032x}"
    assert not any(secret in logged.getvalue() for secret in ("見本", "1990-01-01", "S1"))


async def test_without_tracing_there_is_no_trace_to_look_for(logged: io.StringIO) -> None:
    event = await told_of(fetched(), logged)
    assert event["receipt_number"] == RECEIPT
    assert "trace_id" not in event


async def test_what_is_about_no_case_or_cannot_be_read_is_logged_all_the_same(logged: io.StringIO) -> None:
    watermark = await told_of(a_record(events.Watermark(), event_id=f"{RUN}/482013/watermark/0"), logged)
    assert "submission_id" not in watermark
    raw = a_record(events.Watermark(), event_id=f"{RUN}/{CASE}/fetched/0")
    broken = raw._replace(value=b"\xff")
    assert (await told_of(broken, logged))["submission_id"] == CASE
