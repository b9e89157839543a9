"""Submissions: accepted once, answered after the commit, bounded while they wait."""

import asyncio
from dataclasses import replace
from typing import Any

import asyncpg
import grpc
import pytest

from shinsei.api.application.v1.application_pb2 import Application, Attachment
from shinsei.api.control.v1 import control_pb2 as control
from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.domain.receipt_number import validate_receipt_number
from shinsei.domain.run import Filing, Pacing, RunSpec
from shinsei.domain.simtime import SimTime
from shinsei.season.filing import application
from shinsei.testing import a_run_spec, eventually

DRIVEN = a_run_spec()
CLOCKED = a_run_spec(run_id="standing-1", pacing=Pacing.CLOCK)


def an_application(spec: RunSpec, case: str = "10-000001", minutes: float = 1.0, **fields: Any) -> Application:
    filing = Filing(
        case_id=case,
        procedure=10,
        at=SimTime(spec.start + int(minutes * 60_000)),
        online=True,
        signed=True,
    )
    made = application(spec, filing)
    if spec.pacing is Pacing.CLOCK:
        made.submitted_at_ms = 0
    for name, value in fields.items():
        setattr(made, name, value)
    return made


async def submit(portal: Any, made: Application) -> api.SubmitResponse:
    answer: api.SubmitResponse = await portal.applicants.Submit(api.SubmitRequest(application=made))
    return answer


async def refusal(call: Any) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return caught.value


async def test_the_same_submission_id_always_gets_the_same_receipt_number(portal: Any) -> None:
    await portal.start(DRIVEN)
    first = await submit(portal, an_application(DRIVEN))
    again = await asyncio.gather(*(submit(portal, an_application(DRIVEN)) for _ in range(20)))
    assert validate_receipt_number(first.receipt_number)
    assert not first.duplicate
    assert {(answer.receipt_number, answer.duplicate) for answer in again} == {(first.receipt_number, True)}
    assert (await portal.progress(DRIVEN)).accepted == 1


async def test_a_submission_id_twice_in_one_batch_is_one_application(portal: Any) -> None:
    await portal.start(DRIVEN)
    twice = api.SubmitBatchRequest(applications=[an_application(DRIVEN)] * 2)
    outcomes = (await portal.applicants.SubmitBatch(twice)).outcomes
    assert outcomes[0].receipt_number == outcomes[1].receipt_number
    assert [outcome.duplicate for outcome in outcomes] == [False, True]


async def test_submissions_at_the_same_moment_get_numbers_of_their_own(run_portal: Any) -> None:
    portal = await run_portal(max_turn_s=0.0, max_behind_s=0.0)  # nobody is refused, however busy the machine is
    await portal.start(CLOCKED, speed=60.0)
    answers = await asyncio.gather(
        *(submit(portal, an_application(CLOCKED, f"10-{n:06d}", run_id="")) for n in range(500))
    )
    assert len({answer.receipt_number for answer in answers}) == 500
    progress = await portal.progress(CLOCKED)
    assert (progress.accepted, progress.late, progress.open) == (500, 0, 500)


async def test_each_item_of_a_batch_has_its_own_outcome(portal: Any) -> None:
    await portal.start(DRIVEN)
    wrong_date = an_application(DRIVEN, "10-000002")
    wrong_date.applicant.birth_date = "1980-02-30"
    heic = an_application(DRIVEN, "10-000003")
    heic.attachments.append(Attachment(name="photo.heic", media_type="image/heic", size=100))
    vehicle = an_application(DRIVEN, "28-000001", procedure=28)
    elsewhere = an_application(DRIVEN, "10-000005", run_id="another-run")
    items = [an_application(DRIVEN), wrong_date, heic, vehicle, elsewhere]
    outcomes = (await portal.applicants.SubmitBatch(api.SubmitBatchRequest(applications=items))).outcomes
    assert not outcomes[0].error
    assert outcomes[0].submitted_at_ms == items[0].submitted_at_ms
    for outcome, word in zip(outcomes[1:], ("birth_date", "HEIC", "prefecture", "another-run"), strict=True):
        assert word in outcome.error
        assert not outcome.receipt_number


@pytest.mark.parametrize("count", [0, 1001])
async def test_a_batch_has_1_to_1000_applications(portal: Any, count: int) -> None:
    await portal.start(DRIVEN)
    request = api.SubmitBatchRequest(applications=[an_application(DRIVEN)] * count)
    assert (await refusal(portal.applicants.SubmitBatch(request))).code() is grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"procedure": 99}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"municipality": "482014", "submission_id": "482014-10-1"}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"submission_id": "10-000001"}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"submission_id": "482013-a\tb"}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"serial_number": "", "procedure": 10, "submitted_at_ms": 0}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"run_id": "another-run"}, grpc.StatusCode.FAILED_PRECONDITION),
    ],
)
async def test_a_wrong_submission_is_refused_with_its_reason(
    portal: Any, fields: dict[str, Any], code: grpc.StatusCode
) -> None:
    await portal.start(DRIVEN)
    assert (await refusal(submit(portal, an_application(DRIVEN, **fields)))).code() is code


async def test_without_an_open_run_nothing_is_accepted(portal: Any) -> None:
    error = await refusal(submit(portal, an_application(DRIVEN)))
    assert error.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert "no run is open" in str(error.details())


async def test_a_driven_submission_behind_the_watermark_is_taken_at_it_and_counted_as_late(portal: Any) -> None:
    await portal.start(DRIVEN)
    watermark = DRIVEN.start + 600_000
    await portal.raise_to(DRIVEN, watermark)
    answer = await submit(portal, an_application(DRIVEN, minutes=1))
    assert answer.submitted_at_ms == watermark
    assert (await portal.progress(DRIVEN)).late == 1


async def test_while_the_database_hangs_submissions_are_bounded_and_none_is_lost(run_portal: Any, dsn: str) -> None:
    portal = await run_portal(max_pending=20, commit_timeout_s=0.5)
    await portal.start(CLOCKED, speed=60.0)
    admin = await asyncpg.connect(dsn)
    async with admin.transaction():
        await admin.execute("LOCK TABLE application IN ACCESS EXCLUSIVE MODE")
        calls = [
            asyncio.ensure_future(submit(portal, an_application(CLOCKED, f"10-{n:06d}", run_id=""))) for n in range(60)
        ]
        await asyncio.wait(calls)
        errors = [call.exception() for call in calls]
        codes = [error.code() for error in errors if isinstance(error, grpc.aio.AioRpcError)]
        assert codes.count(grpc.StatusCode.UNAVAILABLE) == 20
        assert codes.count(grpc.StatusCode.RESOURCE_EXHAUSTED) == 40
        busy = next(e for e in errors if e.code() is grpc.StatusCode.RESOURCE_EXHAUSTED)  # type: ignore[union-attr]
        assert int(dict(busy.trailing_metadata())["retry-after-ms"]) > 0  # type: ignore[union-attr]
    await admin.close()

    async def all_committed() -> bool:
        return bool((await portal.progress(CLOCKED)).accepted == 20)

    await eventually(all_committed)
    again = await asyncio.gather(
        *(submit(portal, an_application(CLOCKED, f"10-{n:06d}", run_id="")) for n in range(20))
    )
    assert all(answer.duplicate for answer in again)


async def test_after_a_lost_connection_a_submission_is_there_once(portal: Any, dsn: str) -> None:
    await portal.start(DRIVEN)
    admin = await asyncpg.connect(dsn)
    numbers = set()
    for n in range(5):
        submitting = asyncio.ensure_future(submit(portal, an_application(DRIVEN, f"10-{n:06d}")))
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        numbers.add((await submitting).receipt_number)
    await admin.close()
    assert len(numbers) == 5
    assert (await portal.progress(DRIVEN)).accepted == 5


async def test_a_closed_run_takes_nothing_more_and_knows_what_it_took(portal: Any) -> None:
    await portal.start(DRIVEN)
    accepted = await submit(portal, an_application(DRIVEN, "10-000002"))
    await portal.runs.CloseRun(portal.of(DRIVEN, control.CloseRunRequest))
    again = await submit(portal, an_application(DRIVEN, "10-000002"))
    assert (again.receipt_number, again.duplicate) == (accepted.receipt_number, True)
    assert (await refusal(submit(portal, an_application(DRIVEN)))).code() is grpc.StatusCode.FAILED_PRECONDITION
    await portal.start(replace(DRIVEN, run_id="run-2"))
    await submit(portal, an_application(replace(DRIVEN, run_id="run-2")))
