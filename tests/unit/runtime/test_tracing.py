"""Traces: the same ids for a case wherever it is told, one choice everywhere, and nothing at all when off."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shinsei.domain.simtime import SimTime
from shinsei.runtime import tracing
from shinsei.runtime.errors import StartError
from shinsei.runtime.kafka import Record
from shinsei.runtime.tracing import Identity, spans
from shinsei.runtime.tracing.opentelemetry import Sink

CASE = ("season-1", "482013-0007")
RECORD = Record(
    topic="work.completed",
    partition=3,
    offset=41,
    key=b"482013",
    type="shinsei.api.events.v1.WorkProgressed",
    run_id=CASE[0],
    municipality="482013",
    number=9,
    event_id=f"{CASE[0]}/{CASE[1]}/work-REGISTER/0",
    at=SimTime(1_622_509_200_000),
    sent_ms=5_000,
    value=b"",
    headers=[],
    traceparent=Identity.of_case(*CASE).header,
)


class Told:
    """What was sent, once it has been."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        tracing.shut_down()
        return self.exporter.get_finished_spans()


@pytest.fixture
def told() -> Iterator[Told]:
    made = Told()
    spans.use(Sink("core_systems", made.exporter), 1.0, "core_systems")
    yield made
    tracing.shut_down()


def ids(span: ReadableSpan) -> tuple[int, int]:
    assert span.context is not None
    return span.context.trace_id, span.context.span_id


def test_a_case_is_one_trace_from_its_submission_to_every_event(told: Told) -> None:
    tracing.submitted([CASE], 1_000, 1_020)
    tracing.handled([RECORD], 5_080)
    root, step = told.spans
    case = Identity.of_case(*CASE)
    assert ids(root) == (case.trace_id, case.span_id)
    assert root.parent is None
    assert ids(step)[0] == case.trace_id
    assert step.parent is not None
    assert step.parent.span_id == case.span_id
    assert step.name == "work.completed work-REGISTER"
    assert (step.start_time, step.end_time) == (5_000_000_000, 5_080_000_000)
    assert step.attributes is not None
    assert step.attributes["shinsei.simulated_time"] == "2021-06-01T10:00:00+09:00"


def test_a_step_that_is_repeated_is_the_same_span_and_another_reader_has_his_own(told: Told) -> None:
    tracing.handled([RECORD], 5_080)
    tracing.handled([RECORD], 9_000)
    spans._Tracing.service = "linkage_server"
    tracing.handled([RECORD], 5_090)
    first, again, other = told.spans
    assert ids(first) == ids(again) != ids(other)


def test_what_came_in_a_header_is_what_the_step_hangs_on(told: Told) -> None:
    parent = Identity(trace_id=7, span_id=8)
    assert tracing.handled([RECORD._replace(traceparent=parent.header)], 5_080) == f"{7:032x}"
    (step,) = told.spans
    assert ids(step)[0] == 7
    assert step.parent is not None
    assert step.parent.span_id == 8


def test_the_callers_own_trace_is_linked(told: Told) -> None:
    caller = Identity(trace_id=11, span_id=12)
    tracing.submitted([CASE], 1_000, 1_020, caller.header)
    (root,) = told.spans
    assert [link.context.trace_id for link in root.links] == [11]


@pytest.mark.parametrize("text", ["", "no"])
def test_a_reader_follows_its_writer_who_has_chosen_nothing(told: Told, text: str) -> None:
    assert tracing.handled([RECORD._replace(traceparent=text)], 5_080) == ""
    assert told.spans == ()


def test_events_of_no_case_have_no_span(told: Told) -> None:
    tracing.handled([RECORD._replace(event_id=f"{CASE[0]}/482013/watermark/7")], 5_080)
    assert told.spans == ()


def test_every_service_chooses_the_same_cases_about_as_many_as_asked(told: Told) -> None:
    spans._Tracing.share = 0.25
    names = [f"482013-{n:04}" for n in range(2_000)]
    chosen = {name for name in names if tracing.is_traced("r", name)}
    tracing.submitted((("r", name) for name in names), 0, 1)
    assert {span.attributes["shinsei.submission"] for span in told.spans if span.attributes} == chosen
    assert 400 < len(chosen) < 600


@pytest.mark.usefixtures("told")
def test_whoever_knows_the_event_alone_says_the_same_of_its_case() -> None:
    """A relay asks of each event; of one that is of no case, or has no step, it may be wrong in a yes."""
    spans._Tracing.share = 0.25
    for name in (f"482013-10-{n:04}" for n in range(200)):
        is_traced = tracing.is_traced("season-1", name) is not None
        assert tracing.may_be_traced("season-1", f"season-1/{name}/work-CHECK/3") is is_traced
        assert tracing.may_be_traced("season-1", f"season-1/{name}") is is_traced


@pytest.mark.parametrize("text", ["", "00-0-0-01", f"00-{0:032x}-{1:016x}-01", f"00-{1:032x}-{0:016x}-01", "no"])
def test_a_header_that_is_none_is_passed_over(text: str) -> None:
    assert Identity.read(text) is None


def test_a_header_reads_as_it_was_written() -> None:
    case = Identity.of_case(*CASE)
    assert Identity.read(case.header) == case


def test_off_nothing_is_traced_and_nothing_is_loaded() -> None:
    code = (
        "import sys; from shinsei.runtime import tracing; import shinsei.runtime.kafka, shinsei.runtime.outbox\n"
        "tracing.configure('portal_sim', '', 1.0); tracing.submitted([('r', 's')], 0, 1)\n"
        "assert tracing.is_traced('r', 's') is None and not tracing.is_on()\n"
        "assert not [name for name in sys.modules if name.startswith('opentelemetry')]"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_what_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "shinsei.runtime.tracing.opentelemetry", None)
    with pytest.raises(StartError, match="which is not installed"):
        tracing.configure("portal_sim", "127.0.0.1:4317", 1.0)
