import pytest

from app_mgmt.handlers.values import ReactionArrived, ReceivedApplication, RefusedMessage, RunOpened, WorkDone
from app_mgmt.inbound.consuming import by_run
from app_mgmt.inbound.decoding import intake_message, tracking_message
from shinsei.api.application.v1 import application_pb2 as application
from shinsei.api.events.v1 import events_pb2 as events
from shinsei.contracts import codec
from shinsei.contracts.topics import WORK_COMPLETED
from shinsei.domain.applicants import ReactionKind
from shinsei.domain.history import CaseTransition
from shinsei.domain.lifecycle import Action, Status
from shinsei.domain.simtime import HOUR_MS, SimTime
from shinsei.testing.builders import A_MUNICIPALITY, JUNE_FIRST, a_run_spec
from shinsei.testing.fakes import a_record

CASE = f"{A_MUNICIPALITY}-10-000001"
IDENTITY = f"run-1/{CASE}/fetched/0"


def fetched(**changes: object) -> events.ApplicationFetched:
    data = application.Application(
        submission_id=CASE,
        municipality=A_MUNICIPALITY,
        procedure=10,
        receipt_number="1000000000000001",
        submitted_at_ms=JUNE_FIRST,
        run_id="run-1",
        fields={"remarks": "x"},
    )
    for name, value in changes.items():
        setattr(data, name, value)
    return events.ApplicationFetched(fetched_at_ms=JUNE_FIRST + HOUR_MS, application=data)


def test_an_application_keeps_its_bytes() -> None:
    body = intake_message(a_record(fetched()))
    assert isinstance(body, ReceivedApplication)
    assert application.Application.FromString(body.payload).fields == {"remarks": "x"}
    assert body.fetched_at == JUNE_FIRST + HOUR_MS


def test_bytes_that_are_no_message_are_refused_with_the_case_of_their_event_id() -> None:
    record = a_record(fetched(), event_id=IDENTITY, at=SimTime(JUNE_FIRST + 7))
    body = intake_message(record._replace(value=b"\xff\xff"))
    assert isinstance(body, RefusedMessage)
    assert (body.submission_id, body.at) == (CASE, JUNE_FIRST + 7)


def test_an_event_id_of_another_municipality_names_no_case() -> None:
    body = intake_message(a_record(fetched(procedure=99), event_id="run-1/482021-10-000001/fetched/0"))
    assert isinstance(body, RefusedMessage)
    assert body.submission_id is None


def a_reply(**changes: object) -> events.ReactionFetched:
    reply = events.ReactionFetched(
        run_id="run-1",
        submission_id=CASE,
        receipt_number="1000000000000001",
        kind=application.REACTION_KIND_REPLY,
        n=1,
        filed_at_ms=JUNE_FIRST,
        fetched_at_ms=JUNE_FIRST + HOUR_MS,
    )
    for name, value in changes.items():
        setattr(reply, name, value)
    return reply


def test_a_reply_keeps_its_number_and_both_its_times() -> None:
    body = intake_message(a_record(a_reply()))
    assert isinstance(body, ReactionArrived)
    assert (body.kind, body.n, body.filed_at) == (ReactionKind.REPLY, 1, JUNE_FIRST)
    assert body.fetched_at == JUNE_FIRST + HOUR_MS


@pytest.mark.parametrize(
    "changes",
    [
        {"submission_id": "482021-10-000001"},
        {"run_id": "run-2"},
        {"kind": application.REACTION_KIND_UNSPECIFIED},
        {"filed_at_ms": JUNE_FIRST + 2 * HOUR_MS},
    ],
)
def test_a_reply_that_cannot_be_true_is_refused_and_ends_no_case(changes: dict[str, object]) -> None:
    body = intake_message(a_record(a_reply(**changes), event_id=IDENTITY))
    assert isinstance(body, RefusedMessage)
    assert body.submission_id is None


def test_an_inconsistent_application_is_refused_with_its_data() -> None:
    body = intake_message(a_record(fetched(procedure=29), event_id=IDENTITY))
    assert isinstance(body, RefusedMessage)
    assert "prefecture" in body.reason
    assert body.payload


def test_a_message_of_another_topic_is_refused() -> None:
    body = intake_message(a_record(events.WorkProgressed(run_id="run-1")))
    assert isinstance(body, RefusedMessage)
    assert "does not belong" in body.reason


def test_a_run_of_another_kernel_is_refused() -> None:
    def opened(version: str) -> object:
        spec = codec.encode_run(a_run_spec(kernel_version=version))
        return intake_message(a_record(events.RunStarted(run_id="run-1", municipality=A_MUNICIPALITY, spec=spec)))

    assert isinstance(opened(a_run_spec().kernel_version), RunOpened)
    assert isinstance(opened("0"), RefusedMessage)


def test_a_batch_is_gathered_by_run_in_order() -> None:
    records = [
        a_record(events.Watermark(at_ms=n), number=n, municipality=town)
        for n, town in enumerate(("482013", "482021", "482013"), start=1)
    ]
    groups = by_run(records)
    assert [(key.municipality, [record.number for record in group]) for key, group in groups] == [
        ("482013", [1, 3]),
        ("482021", [2]),
    ]


def progressed() -> events.WorkProgressed:
    row = CaseTransition(at=JUNE_FIRST, action=Action.CHECK, status=Status.CHECKED)
    return events.WorkProgressed(run_id="run-1", submission_id=CASE, transitions=[codec.transition_to_proto(row)])


def test_a_step_keeps_its_bytes_for_the_history() -> None:
    record = a_record(progressed(), topic=WORK_COMPLETED.name)
    body = tracking_message(record)
    assert isinstance(body, WorkDone)
    assert body.payload == record.value


@pytest.mark.parametrize("value", [b"\xff\xff", b""])
def test_a_step_that_cannot_be_read_is_an_error(value: bytes) -> None:
    record = a_record(progressed(), topic=WORK_COMPLETED.name)._replace(value=value)
    with pytest.raises(codec.DecodeError):
        tracking_message(record)
