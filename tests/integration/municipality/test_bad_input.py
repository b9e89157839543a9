"""What cannot be used is kept with its reason and stops nothing, except behind a watermark."""

from dataclasses import replace

import grpc
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from grpc.aio import AioRpcError

from shinsei.api.app_mgmt.v1 import app_mgmt_pb2 as inquiry
from shinsei.api.app_mgmt.v1.app_mgmt_pb2_grpc import InquiryServiceStub
from shinsei.api.application.v1 import application_pb2 as application
from shinsei.api.control.v1 import control_pb2 as control
from shinsei.api.control.v1.control_pb2_grpc import LedgerServiceStub
from shinsei.api.core_systems.v1 import core_systems_pb2 as core
from shinsei.api.core_systems.v1.core_systems_pb2_grpc import (
    OfficeServiceStub,
    RegistrationServiceStub,
)
from shinsei.api.events.v1 import events_pb2 as events
from shinsei.contracts.topics import APPLICATION_FETCHED, STATUS_CHANGED, WORK_COMPLETED, WORK_REQUESTED
from shinsei.domain.demand import filings
from shinsei.domain.lifecycle import Action
from shinsei.domain.run import RunSpec, submission_id
from shinsei.domain.simtime import DAY_MS, HOUR_MS, SimTime
from shinsei.runtime.kafka.dead_letters import REASON
from shinsei.runtime.kafka.partition_worker import STOPPED
from shinsei.testing.builders import a_run_spec
from shinsei.testing.municipality import Feed, Statuses, Town, receipt_of
from shinsei.testing.waiting import eventually


@pytest.fixture
def spec(run_id: str) -> RunSpec:
    built = a_run_spec(run_id=run_id)
    assert isinstance(built, RunSpec)
    return built


async def letters(town: Town, topic: str, run_id: str) -> list[tuple[bytes, str]]:
    """Values and reasons of a run's dead letters."""
    consumer = AIOKafkaConsumer(
        f"{topic}.dead", bootstrap_servers=town.bootstrap, auto_offset_reset="earliest", group_id=None
    )
    await consumer.start()
    try:
        ends = await consumer.end_offsets(consumer.assignment())
        found = []
        while any([await consumer.position(partition) < end for partition, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                for record in records:
                    headers = dict(record.headers)
                    if headers.get("run") == run_id.encode():
                        found.append((record.value, headers[REASON].decode()))
        return found
    finally:
        await consumer.stop()


def a_fetched(
    spec: RunSpec, case: str, at: SimTime, **changes: object
) -> tuple[events.ApplicationFetched, str, SimTime]:
    data = application.Application(
        submission_id=submission_id(spec.municipality, case),
        municipality=spec.municipality,
        procedure=10,
        receipt_number=receipt_of(spec, case),
        submitted_at_ms=at - 1,
        run_id=spec.run_id,
    )
    for name, value in changes.items():
        setattr(data, name, value)
    message = events.ApplicationFetched(fetched_at_ms=at, application=data)
    return message, f"{submission_id(spec.municipality, case)}/fetched", at


async def begun(town: Town, spec: RunSpec) -> tuple[Feed, Statuses]:
    feed, statuses = town.feed(spec), await town.statuses(spec)
    await feed.begin()
    return feed, statuses


async def test_an_undecodable_application_ends_in_the_dead_letters_and_the_rest_goes_on(
    town: Town, spec: RunSpec
) -> None:
    feed, statuses = await begun(town, spec)
    at = SimTime(spec.start + HOUR_MS)
    _, identity, _ = a_fetched(spec, "10-900001", at)
    feed.number += 1
    await feed.deliver([feed.record(b"\xff\xfe", events.ApplicationFetched.DESCRIPTOR.full_name, identity, at)])
    await feed.send([a_fetched(spec, "10-900002", at, procedure=28), a_fetched(spec, "10-900003", at)])
    await feed.poll_until(SimTime(spec.start + DAY_MS))
    await statuses.reached(feed.watermark)
    ends = {line.submission_id: line.action for line in statuses.lines}
    dead = [submission_id(spec.municipality, case) for case in ("10-900001", "10-900002")]
    assert [ends[name] for name in dead] == [Action.DEAD_LETTER, Action.DEAD_LETTER]
    assert ends[submission_id(spec.municipality, "10-900003")] is not Action.DEAD_LETTER
    found = await letters(town, APPLICATION_FETCHED.name, spec.run_id)
    assert found[0][0] == b"\xff\xfe"
    assert ["ApplicationFetched" in found[0][1], "prefecture" in found[1][1]] == [True, True]
    ledger, run, code = LedgerServiceStub(town.inquiry), spec.run_id, spec.municipality
    assert (await ledger.GetStage(control.GetStageRequest(run_id=run, municipality=code))).dead_lettered == 2
    listing = ledger.ListStageIds(control.ListStageIdsRequest(run_id=run, municipality=code, line="dead_lettered"))
    assert [name async for part in listing for name in part.submission_ids] == dead


async def test_a_message_of_no_known_case_is_kept_apart(town: Town, spec: RunSpec) -> None:
    feed, statuses = await begun(town, spec)
    feed.number += 1
    await feed.deliver([feed.record(b"\xff", "shinsei.api.events.v1.Nonsense", "nobody/knows", spec.start)])
    await feed.poll_until(SimTime(spec.start + DAY_MS))
    await statuses.reached(feed.watermark)
    assert len(await letters(town, APPLICATION_FETCHED.name, spec.run_id)) == 1
    assert not [line for line in statuses.lines if line.action is Action.DEAD_LETTER]


async def test_a_case_that_comes_twice_is_opened_once(town: Town, spec: RunSpec) -> None:
    feed, statuses = await begun(town, spec)
    at = SimTime(spec.start + HOUR_MS)
    await feed.send([a_fetched(spec, "10-900001", at), a_fetched(spec, "10-900001", SimTime(at + 1))])
    await feed.poll_until(SimTime(spec.start + DAY_MS))
    await statuses.reached(feed.watermark)
    name = submission_id(spec.municipality, "10-900001")
    stored = [line.at for line in statuses.lines if line.submission_id == name and line.action is Action.STORE]
    assert stored == [at]


async def test_an_application_with_a_paper_cases_number_does_not_stop_the_office(town: Town, spec: RunSpec) -> None:
    paper = next(filing.case_id for filing in filings(spec) if not filing.online)
    feed, statuses = await begun(town, spec)
    await feed.send([a_fetched(spec, paper, SimTime(spec.start + HOUR_MS))])
    await feed.poll_until(SimTime(spec.start + DAY_MS))
    await statuses.reached(feed.watermark)
    assert len(await letters(town, WORK_REQUESTED.name, spec.run_id)) == 1
    dead = {line.submission_id for line in statuses.lines if line.action is Action.DEAD_LETTER}
    assert dead == {submission_id(spec.municipality, paper)}


async def test_a_run_of_another_kernel_is_refused(town: Town, spec: RunSpec) -> None:
    other = replace(spec, kernel_version="0")
    feed = town.feed(other)
    await feed.begin()

    async def refused() -> bool:
        return bool(await letters(town, APPLICATION_FETCHED.name, spec.run_id))

    await eventually(refused, within_s=30)
    (letter,) = await letters(town, APPLICATION_FETCHED.name, spec.run_id)
    assert "kernel 0" in letter[1]


async def test_messages_behind_the_end_of_a_run_are_ignored(town: Town, spec: RunSpec) -> None:
    feed, statuses = await begun(town, spec)
    await feed.poll_until(SimTime(spec.start + 2 * DAY_MS))
    await feed.close()
    await statuses.reached(feed.watermark)
    await feed.send([a_fetched(spec, "10-900001", feed.watermark)])
    office = OfficeServiceStub(town.core)
    asked = core.GetOfficeReportRequest(run_id=spec.run_id, municipality=spec.municipality)
    report = await office.GetOfficeReport(asked)
    assert report.watermark_ms == feed.watermark
    # A second run of the same municipality begins where the first has ended.
    following = town.feed(replace(spec, run_id=f"{spec.run_id}-2"))
    back = await town.statuses(following.spec)
    await following.begin()
    await following.poll_until(SimTime(spec.start + DAY_MS))
    await back.reached(following.watermark)
    assert (await office.GetOfficeReport(asked)).report == report.report
    name = submission_id(spec.municipality, "10-900001")
    assert name not in {line.submission_id for line in statuses.lines}


async def skip_to_the_end(town: Town, partition: TopicPartition) -> None:
    """What a person does about a stopped partition, here for the tests that follow."""
    consumer = AIOKafkaConsumer(bootstrap_servers=town.bootstrap, group_id="app_mgmt", enable_auto_commit=False)
    await consumer.start()
    consumer.assign([partition])
    await consumer.commit(await consumer.end_offsets([partition]))
    await consumer.stop()


async def test_a_step_that_cannot_be_read_stops_its_partition_with_an_alert(town: Town, spec: RunSpec) -> None:
    alone = replace(spec, partition=7)
    feed, statuses = await begun(town, alone)
    await feed.poll_until(SimTime(spec.start + DAY_MS))
    await statuses.reached(feed.watermark)
    broken = feed.record(b"\xff", events.WorkProgressed.DESCRIPTOR.full_name, "x/work", spec.start)
    await town.producer.send_all(WORK_COMPLETED.name, 7, [broken])
    stopped = STOPPED.labels(WORK_COMPLETED.name, "7")
    await eventually(lambda: stopped._value.get() == 1, within_s=30)
    await town.app_mgmt.stop()
    await skip_to_the_end(town, TopicPartition(WORK_COMPLETED.name, 7))


@pytest.mark.parametrize("topic", [WORK_COMPLETED.name, STATUS_CHANGED.name])
async def test_what_is_no_event_of_its_topic_is_buried_and_stops_nothing(town: Town, spec: RunSpec, topic: str) -> None:
    """Nobody on the spine wrote it, so nothing is missing without it, watermark or not."""
    feed, statuses = await begun(town, spec)
    await feed.poll_until(SimTime(spec.start + DAY_MS))
    await statuses.reached(feed.watermark)
    alien = feed.record(b"\xff", "alien.v1.Message", "x/alien", spec.start)
    await town.producer.send_all(topic, spec.partition, [alien])
    await feed.poll_until(SimTime(spec.start + 2 * DAY_MS))
    await statuses.reached(feed.watermark)
    assert await letters(town, topic, spec.run_id) == [
        (b"\xff", f"message type 'alien.v1.Message' does not belong on {topic}")
    ]


NOT_FOUND, INVALID = grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT
WRONG_REQUESTS = (
    (inquiry.GetCaseRequest(receipt_number="0"), NOT_FOUND, "receipt"),
    (inquiry.GetCasesRequest(run_id="x", municipality="482013"), INVALID, "1 to 1000"),
    (inquiry.ListCasesRequest(municipality="482013"), INVALID, "run_id"),
    (inquiry.ListCasesRequest(run_id="x", municipality="482013"), NOT_FOUND, "run"),
    (inquiry.ListCasesRequest(run_id="x", municipality="482013", page_size=501), INVALID, "page_size"),
    (inquiry.ListCasesRequest(run_id="x", municipality="482013", page_token="?"), INVALID, "page_token"),
    (inquiry.ListCasesRequest(run_id="x", municipality="482013", status=99), INVALID, "99"),  # type: ignore[arg-type]
    (core.GetRegistrationRequest(receipt_number="0"), NOT_FOUND, "receipt"),
    (core.GetOfficeReportRequest(run_id="x", municipality="482013"), NOT_FOUND, "run"),
    (core.GetOfficeReportRequest(run_id="x"), INVALID, "municipality"),
    (control.GetStageRequest(run_id="x", municipality="482013"), NOT_FOUND, "run"),
)


async def test_a_wrong_request_gets_the_status_that_says_why(town: Town) -> None:
    calls = {
        inquiry.GetCaseRequest: InquiryServiceStub(town.inquiry).GetCase,
        inquiry.GetCasesRequest: InquiryServiceStub(town.inquiry).GetCases,
        inquiry.ListCasesRequest: InquiryServiceStub(town.inquiry).ListCases,
        core.GetRegistrationRequest: RegistrationServiceStub(town.core).GetRegistration,
        core.GetOfficeReportRequest: OfficeServiceStub(town.core).GetOfficeReport,
        control.GetStageRequest: LedgerServiceStub(town.core).GetStage,
    }
    for request, code, word in WRONG_REQUESTS:
        with pytest.raises(AioRpcError) as failure:
            await calls[type(request)](request)
        assert failure.value.code() is code, request
        assert word in (failure.value.details() or "")
