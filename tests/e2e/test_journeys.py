"""Journeys of applications through all four services, and what must never come through."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace

import asyncpg
import grpc
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.structs import ConsumerRecord

from shinsei.api.application.v1 import application_pb2 as pb
from shinsei.api.control.v1 import control_pb2 as control
from shinsei.api.control.v1.control_pb2_grpc import RunServiceStub
from shinsei.api.portal.v1 import portal_pb2 as portal
from shinsei.api.portal.v1.portal_pb2_grpc import PortalServiceStub
from shinsei.contracts.codec import encode_change, encode_run
from shinsei.domain import demand
from shinsei.domain.catalogue import PROCEDURES, Level, Signature
from shinsei.domain.lifecycle import Action, Status
from shinsei.domain.linkage_method import FOUR_METHODS, LinkageMethod
from shinsei.domain.municipality import is_prefecture
from shinsei.domain.plan import VirtualRun
from shinsei.domain.run import Change, ChangeKind, Filing, RunSpec
from shinsei.domain.simtime import DAY_MS, MINUTE_MS, SimTime
from shinsei.domain.trace import trace_hash
from shinsei.runtime.citizens import open_cards
from shinsei.runtime.identity import kafka_options
from shinsei.runtime.rpc import channel
from shinsei.scenario import load
from shinsei.season.drive import SeasonDriver
from shinsei.season.filing import signed
from shinsei.season.gateway import Gateway
from shinsei.season.outcome import CaseHistory
from shinsei.season.pacing import Pace, PaceSpec
from shinsei.stack import Stack
from shinsei.stack.local import home_of
from shinsei.testing.command_line import CommandLine
from shinsei.testing.services import owners_dsn
from shinsei.testing.waiting import eventually

MUNICIPAL = [procedure for procedure in PROCEDURES if procedure.level is Level.MUNICIPAL]
VEHICLE = [procedure for procedure in PROCEDURES if procedure.level is Level.PREFECTURAL]
QUICK_EXAMINATION = [f'office.examination.{one.key}={{mean = "1 d", cv = 0.3}}' for one in MUNICIPAL]
"""Some procedures have a time of their own, the others that of their core system: here all have one."""


def now_ms() -> int:
    """Real time."""
    return time.time_ns() // 1_000_000


def run_id(name: str) -> str:
    """A run id of this test run."""
    return f"{name}-{now_ms()}"


def one_of_each(spec: RunSpec, numbers: Sequence[int]) -> list[Filing]:
    """One filing of each procedure, a minute apart."""
    return [
        Filing(
            case_id=f"{number:02d}-900001",
            procedure=number,
            at=SimTime(spec.start + (10 + number) * MINUTE_MS),
            online=True,
            signed=PROCEDURES[number - 1].signature is not Signature.NONE,
        )
        for number in numbers
    ]


async def drive(gateway: Gateway, filings: Mapping[RunSpec, Sequence[Filing]]) -> dict[RunSpec, list[CaseHistory]]:
    """Drives runs to their end, closes them and returns their histories."""
    driver = SeasonDriver(gateway, filings, Pace(PaceSpec(), now_ms), now_ms)
    await driver.run()
    assert not [refusal for standing in driver.standings for refusal in standing.refused]
    histories = {spec: list(await gateway.histories(spec)) for spec in filings}
    for spec in filings:
        await gateway.close_run(spec)
    return histories


async def test_every_municipal_procedure_is_decided_by_each_of_the_four_methods(gateway: Gateway) -> None:
    """27 procedures, four routes: each case is registered once and decided once."""
    keys = ", ".join(f'"{procedure.key}"' for procedure in MUNICIPAL)
    scenario = load("smoke", [f"twins.procedures=[{keys}]", *QUICK_EXAMINATION])
    specs = [spec for spec in scenario.run_specs(run_id("each")) if spec.twin_method in FOUR_METHODS]
    numbers = [procedure.number for procedure in MUNICIPAL]
    assert len(numbers) == 27
    histories = await drive(gateway, {spec: one_of_each(spec, numbers) for spec in specs})
    for spec in specs:
        assert all(spec.policy.method_of(number) is spec.twin_method for number in numbers)
        assert sorted(case.procedure for case in histories[spec]) == numbers
        for case in histories[spec]:
            actions = [line.action for line in case.lines]
            assert actions.count(Action.REGISTER) == 1, case.submission_id
            assert len([action for action in actions if action in {Action.GRANT, Action.DENY}]) == 1
            assert case.lines[-1].status is Status.NOTIFIED


async def test_vehicle_procedures_are_refused_by_a_municipality_and_leave_a_prefecture_by_the_one_stop_service(
    gateway: Gateway,
) -> None:
    """The four are prefectural: never in the core systems of a municipality, never in the four methods."""
    scenario = load("all-procedures")
    specs = {is_prefecture(spec.municipality): spec for spec in scenario.run_specs(run_id("vehicle"))}
    prefecture = replace(specs[True], end=SimTime(specs[True].start + 14 * DAY_MS))
    numbers = [procedure.number for procedure in VEHICLE]
    assert len(numbers) == 4
    histories = (await drive(gateway, {prefecture: one_of_each(prefecture, numbers)}))[prefecture]
    assert [case.procedure for case in histories] == numbers
    for case in histories:
        actions = [line.action for line in case.lines]
        assert Action.IDENTIFY not in actions
        assert actions.count(Action.REGISTER) == 1
    municipality = replace(specs[False], end=SimTime(specs[False].start + DAY_MS))
    await gateway.start(municipality)
    refusals = await gateway.file(municipality, one_of_each(municipality, numbers))
    assert len(refusals) == 4
    assert all("prefect" in refusal for refusal in refusals)
    await gateway.close_run(municipality)


async def test_changes_made_while_running_are_in_the_trace_as_in_the_plan(gateway: Gateway) -> None:
    """Scenario, seed and changes make the trace; when in real time they were typed does not matter."""
    specs = load("smoke", ["twins.methods=['TRANSCRIPTION', 'BATCH_IMPORT']"]).run_specs(run_id("changes"))
    wanted = [
        Change(
            at=SimTime(0), n=0, kind=ChangeKind.POLICY, procedure=specs[0].demand.procedure, method=LinkageMethod.RPA
        ),
        Change(at=SimTime(0), n=0, kind=ChangeKind.STAFF, value=3),
        Change(at=SimTime(0), n=0, kind=ChangeKind.LINE, value=36 * 60),
        Change(at=SimTime(0), n=0, kind=ChangeKind.REGISTRY_FEED, value=0),
    ]

    async def meddle() -> None:
        for days, change in enumerate(wanted):
            for spec in specs:
                await gateway.progress(spec, after=SimTime(spec.start + (3 + 2 * days) * DAY_MS), wait_ms=20_000)
                await gateway.make_change(spec, encode_change(change), not_before=SimTime(0))

    filings = {spec: [filing for filing in demand.filings(spec) if filing.online] for spec in specs}
    driver = SeasonDriver(gateway, filings, Pace(PaceSpec(), now_ms), now_ms)
    async with asyncio.TaskGroup() as group:
        opened = [group.create_task(gateway.start(spec)) for spec in specs]
        await asyncio.wait(opened)
        group.create_task(meddle())
        group.create_task(driver.run())
    for spec in specs:
        changes = await gateway.changes(spec)
        assert [change.kind for change in changes] == [change.kind for change in wanted]
        plan = VirtualRun(spec, changes)
        plan.advance(spec.end)
        live = [line for case in await gateway.histories(spec) for line in case.lines]
        assert trace_hash(live, end=spec.end) == trace_hash(plan.lines(spec.end))
        untouched = VirtualRun(spec)
        untouched.advance(spec.end)
        assert trace_hash(live, end=spec.end) != trace_hash(untouched.lines(spec.end))
        await gateway.close_run(spec)


@pytest.fixture
async def portal_channel(stack: Stack) -> AsyncIterator[grpc.aio.Channel]:
    """A channel to the portal, as applicants have it."""
    async with channel(stack.addresses.portal, "portal_sim", role="applicant") as opened:
        yield opened


@pytest.fixture
async def control_channel(stack: Stack) -> AsyncIterator[grpc.aio.Channel]:
    """Another, as the driver of a season has it."""
    async with channel(stack.addresses.portal, "portal_sim") as opened:
        yield opened


async def open_standing(channel: grpc.aio.Channel, name: str) -> RunSpec:
    """Opens a run that goes by the clock, a simulated day in two seconds."""
    spec = load("standing", QUICK_EXAMINATION).run_specs(run_id(name))[0]
    request = control.StartRunRequest(
        run_id=spec.run_id, municipality=spec.municipality, spec=encode_run(spec), speed=43_200
    )
    await RunServiceStub(channel).StartRun(request)
    return spec


def a_request(stack: Stack, spec: RunSpec, number: int) -> portal.SubmitRequest:
    """A signed application for a standing run; the portal stamps it."""
    filing = Filing(case_id=f"10-{number:06d}", procedure=10, at=spec.start, online=True, signed=True)
    return portal.SubmitRequest(signed=signed(spec, filing, open_cards(home_of(stack.home).citizens)))


async def test_a_status_is_watched_from_submission_to_decision(
    stack: Stack, portal_channel: grpc.aio.Channel, control_channel: grpc.aio.Channel
) -> None:
    """The applicant sees each transition from a poll time on, in order, and the stream ends with the case."""
    spec = await open_standing(control_channel, "watch")
    applicant = PortalServiceStub(portal_channel)
    answer = await applicant.Submit(a_request(stack, spec, 1))
    again = await applicant.Submit(a_request(stack, spec, 1))
    assert again.duplicate
    assert again.receipt_number == answer.receipt_number
    assert again.submitted_at_ms == answer.submitted_at_ms
    watched = []
    async for update in applicant.WatchStatus(portal.WatchStatusRequest(receipt_number=answer.receipt_number)):
        watched.append(update.transition)
        assert update.transition.visible_from_ms >= update.transition.transition.at_ms
    actions = [item.transition.action for item in watched]
    assert actions[0] == pb.APPLICATION_ACTION_SUBMIT
    assert actions.count(pb.APPLICATION_ACTION_REGISTER) == 1
    assert watched[-1].transition.status == pb.APPLICATION_STATUS_NOTIFIED
    assert {pb.APPLICATION_ACTION_GRANT, pb.APPLICATION_ACTION_DENY} & set(actions)
    seen = await applicant.GetStatus(portal.GetStatusRequest(receipt_number=answer.receipt_number))
    assert [item.transition for item in seen.history] == [item.transition for item in watched]
    await RunServiceStub(control_channel).CloseRun(
        control.CloseRunRequest(run_id=spec.run_id, municipality=spec.municipality)
    )


SLOW_COMMITS = """
CREATE OR REPLACE FUNCTION slow_commit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF hashtext(NEW.submission_id) % 3 = 0 THEN PERFORM pg_sleep(0.15); END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER slow_commit AFTER INSERT ON application
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow_commit();
"""


async def test_submissions_that_commit_out_of_order_are_all_polled(
    portal_channel: grpc.aio.Channel, control_channel: grpc.aio.Channel, gateway: Gateway, stack: Stack
) -> None:
    """A poll takes what is not acknowledged; a row that commits late is not passed over."""
    spec = await open_standing(control_channel, "late")
    applicant = PortalServiceStub(portal_channel)
    database = await asyncpg.connect(owners_dsn(stack, "portal_sim"))
    await database.execute(SLOW_COMMITS)
    try:
        count = 120

        async def submit(number: int) -> str:
            answer = await applicant.Submit(a_request(stack, spec, number))
            return str(answer.receipt_number)

        async def trickle() -> list[str]:
            tasks = []
            for number in range(count):
                tasks.append(asyncio.create_task(submit(number)))
                await applicant.GetStatus(portal.GetStatusRequest(receipt_number=await tasks[0]))
            return list(await asyncio.gather(*tasks))

        receipts = await trickle()
    finally:
        await database.execute("DROP TRIGGER slow_commit ON application; DROP FUNCTION slow_commit()")
        await database.close()
    assert len(set(receipts)) == count

    async def all_registered() -> bool:
        return (await gateway.progress(spec, after=SimTime(0), wait_ms=0)).registered == count

    await eventually(all_registered, within_s=60, every_s=0.2, what="all registered")
    assert (await gateway.progress(spec, after=SimTime(0), wait_ms=0)).late == 0
    await gateway.close_run(spec)


async def test_what_cannot_be_decoded_is_a_dead_letter_and_stops_nobody(stack: Stack, shinsei: CommandLine) -> None:
    """Raw bytes, reason and origin are kept; a season through the same partitions is whole."""
    rubbish = b"\xff\xfenot a message"

    async def found(consumer: AIOKafkaConsumer) -> list[ConsumerRecord]:
        """Five of ours; other tests leave letters on the same stack."""
        letters: list[ConsumerRecord] = []
        while len(letters) < 5:
            letter = await consumer.getone()
            letters += [letter] if letter.value == rubbish else []
        return letters

    options = kafka_options(stack.addresses.kafka_bootstrap)
    producer = AIOKafkaProducer(bootstrap_servers=stack.addresses.kafka_bootstrap, **options)
    await producer.start()
    try:
        for partition in range(5):
            await producer.send_and_wait("application.fetched", rubbish, key=b"482013", partition=partition)
    finally:
        await producer.stop()
    consumer = AIOKafkaConsumer(
        "application.fetched.dead",
        bootstrap_servers=stack.addresses.kafka_bootstrap,
        auto_offset_reset="earliest",
        group_id=None,
        **options,
    )
    await consumer.start()
    try:
        letters = await asyncio.wait_for(found(consumer), timeout=20)
    finally:
        await consumer.stop()
    for letter in letters:
        headers = dict(letter.headers)
        assert headers["x-reason"]
        assert headers["x-orig-topic"] == b"application.fetched"
    summary = await shinsei.season("smoke", "--methods", "RPA,BATCH_IMPORT")
    assert summary["ledger"]["unaccounted"] == 0
    assert summary["ledger"]["dead_lettered"] == 0
