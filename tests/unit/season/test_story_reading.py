"""Where a story comes from: what a source knows is told once, and one that is away is named and leaves the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError
from tests.unit.season.test_story import HISTORY

from shinsei.api.app_mgmt.v1 import app_mgmt_pb2 as app_pb
from shinsei.api.application.v1 import application_pb2 as application_pb
from shinsei.api.control.v1 import control_pb2 as control_pb
from shinsei.api.portal.v1 import portal_pb2 as portal_pb
from shinsei.contracts import headers as wire
from shinsei.contracts.codec import encode_run, transition_to_proto
from shinsei.contracts.headers import Headers
from shinsei.contracts.topics import APPLICATION_FETCHED, STATUS_CHANGED
from shinsei.domain.simtime import SimTime
from shinsei.season.story import messages, reading
from shinsei.season.story.messages import messages_of
from shinsei.season.story.reading import read_story
from shinsei.stack.site import Addresses
from shinsei.testing.builders import a_run_spec

BROKER, RECEIPT, SUBMISSION, PARTITION = "127.0.0.1:1", "1000000000000008", "482013-10-000001", 3
SPEC = a_run_spec(run_id="r")
ADDRESSES = Addresses(portal="", linkage="", app_mgmt="", core="", kafka_bootstrap=BROKER, postgres="")


def an_item(number: int, *, topic: str = APPLICATION_FETCHED.name, case: str = SUBMISSION, run_id: str = "r") -> Any:
    """A record as Kafka hands it over; what is written later has the greater number."""
    kind = "shinsei.api.events.v1.ApplicationFetched"
    headers = Headers(
        type=kind,
        run_id=run_id,
        number=number,
        event_id=f"{run_id}/{case}/FETCH/0",
        at=SimTime(number),
        sent_ms=1_000 + number,
    )
    return SimpleNamespace(
        topic=topic, partition=PARTITION, key=b"482013", value=b"", headers=wire.encode(headers), timestamp=9_000
    )


@dataclass
class Kafka:
    """A broker with these records in the partition of each topic, one handed over at a time; or none at all."""

    log: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    is_away: bool = False
    at: dict[TopicPartition, int] = field(default_factory=dict)
    is_stopped: bool = False

    async def start(self) -> None:
        if self.is_away:
            raise KafkaConnectionError("nobody there")

    async def stop(self) -> None:
        self.is_stopped = True

    def assign(self, places: Sequence[TopicPartition]) -> None:
        self.at = dict.fromkeys(places, -1)

    async def seek_to_beginning(self, *places: TopicPartition) -> None:
        self.at = dict.fromkeys(places, 0)

    async def end_offsets(self, places: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        return {place: len(self.log.get(place.topic, ())) for place in places}

    async def position(self, place: TopicPartition) -> int:
        return self.at[place]

    async def getmany(self, *places: TopicPartition, **_: int) -> dict[TopicPartition, list[Any]]:
        found = {place: list(self.log.get(place.topic, ())[self.at[place] : self.at[place] + 1]) for place in places}
        for place, items in found.items():
            for item in items:
                item.offset = self.at[place]
            self.at[place] += len(items)
        return found


@pytest.fixture
def kafka(monkeypatch: pytest.MonkeyPatch) -> Kafka:
    broker = Kafka()
    monkeypatch.setattr(messages, "AIOKafkaConsumer", lambda **_: broker)
    return broker


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> None:
    """All but Kafka answer: the portal knows the first step, application management the whole history."""
    rows = [transition_to_proto(step) for step in HISTORY]
    seen = portal_pb.GetStatusResponse(
        receipt_number=RECEIPT,
        submission_id=SUBMISSION,
        municipality=SPEC.municipality,
        procedure=10,
        history=[portal_pb.VisibleTransition(transition=rows[0], visible_from_ms=rows[0].at_ms)],
    )
    answers = {
        "_portal": seen,
        "_case": app_pb.Case(history=rows),
        "_registration": {"core_system": "child benefit"},
        "_fetches": (),
        "_spec": SPEC,
    }
    for name, answer in answers.items():
        monkeypatch.setattr(reading, name, answering(answer))


def answering(answer: Any) -> Any:
    async def ask(*_: Any) -> Any:
        return answer

    return ask


@pytest.mark.parametrize(
    ("named", "found", "asks_for_closed"),
    [("r", "r", [False]), ("", "r", [False]), ("old", "old", [False, True]), ("gone", "r", [False, True])],
)
async def test_closed_runs_are_asked_for_only_where_the_case_is_of_none_that_is_open(
    monkeypatch: pytest.MonkeyPatch, named: str, found: str, asks_for_closed: list[bool]
) -> None:
    """Those of many months together are more than a message takes."""
    asked = []

    async def list_runs(request: Any, **_: Any) -> Any:
        asked.append(request.include_closed)
        ids = ("old", "r") if request.include_closed else ("r",)
        runs = [
            control_pb.RunInfo(
                run_id=run_id,
                municipality=SPEC.municipality,
                spec=encode_run(replace(SPEC, run_id=run_id)),
                closed=run_id == "old",
            )
            for run_id in ids
        ]
        return control_pb.ListRunsResponse(runs=runs)

    monkeypatch.setattr(reading, "RunServiceStub", lambda _: SimpleNamespace(ListRuns=list_runs))
    case = app_pb.Case(application=application_pb.Application(run_id=named)) if named else None
    spec = await reading._spec(BROKER, SPEC.municipality, case)
    assert spec is not None
    assert (spec.run_id, asked) == (found, asks_for_closed)


async def test_a_record_that_is_in_its_topic_twice_is_told_once_and_counted(kafka: Kafka) -> None:
    """What was sent again comes behind; the same number on another topic is another message."""
    kafka.log = {
        APPLICATION_FETCHED.name: [an_item(1), an_item(2), an_item(1), an_item(2), an_item(2)],
        STATUS_CHANGED.name: [an_item(1, topic=STATUS_CHANGED.name)],
    }
    told, again = await messages_of(BROKER, "r", SUBMISSION, PARTITION)
    places = [(one.topic, one.partition, one.offset, one.number, one.sent_ms) for one in told]
    assert places == [
        (APPLICATION_FETCHED.name, PARTITION, 0, 1, 1_001),
        (STATUS_CHANGED.name, PARTITION, 0, 1, 1_001),
        (APPLICATION_FETCHED.name, PARTITION, 1, 2, 1_002),
    ]
    assert again == 3
    assert kafka.is_stopped


async def test_of_other_cases_and_runs_and_of_what_cannot_be_read_nothing_is_told(kafka: Kafka) -> None:
    broken = an_item(4)
    broken.headers = [("run", b"r"), ("no", b"many")]
    others = [an_item(2, case="482013-10-000002"), an_item(3, run_id="another"), broken]
    kafka.log = {APPLICATION_FETCHED.name: [*others, an_item(1), *others]}
    told, again = await messages_of(BROKER, "r", SUBMISSION, PARTITION)
    assert ([one.number for one in told], again) == ([1], 0)


@pytest.mark.usefixtures("services")
async def test_without_kafka_the_rest_is_told_and_kafka_is_named(kafka: Kafka) -> None:
    kafka.is_away = True
    story = await read_story(ADDRESSES, RECEIPT)
    assert story.missing == (f"Kafka (Kafka at {BROKER} does not answer (KafkaConnectionError))",)
    assert (story.messages, story.sent_again, kafka.is_stopped) == ((), 0, True)
    assert story.steps == HISTORY
    assert (story.visible_from[0], set(story.visible_from[1:])) == (HISTORY[0].at, {None})
    assert sum(one.took_ms for one in story.stretches) == story.lead_time_ms == HISTORY[-1].at - HISTORY[0].at
    assert story.registration == {"core_system": "child benefit"}


@pytest.mark.usefixtures("services")
async def test_who_wants_no_messages_misses_none_of_a_kafka_that_is_away(kafka: Kafka) -> None:
    kafka.is_away = True
    assert (await read_story(ADDRESSES, RECEIPT, with_messages=False)).missing == ()
