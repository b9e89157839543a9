"""Statuses that came back: committed with their watermark, visible from the first working push."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import grpc
import pytest

from shinsei.api.control.v1 import control_pb2 as control
from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.contracts.codec import STATUSES, transition_to_proto, transitions_from_proto
from shinsei.domain.history import CaseTransition
from shinsei.domain.lifecycle import Action, Status, next_status
from shinsei.domain.receipt_number import receipt_number
from shinsei.domain.run import Filing, RunSpec
from shinsei.domain.simtime import SimTime
from shinsei.season.filing import application
from shinsei.testing import a_run_spec

SPEC = a_run_spec()
POLL = SPEC.poll.interval_ms
LIFE = (
    Action.SUBMIT,
    Action.FETCH,
    Action.STORE,
    Action.IDENTIFY,
    Action.CHECK,
    Action.QUEUE_FOR_LINKAGE,
    Action.START_LINKAGE,
    Action.REGISTER,
    Action.EXAMINE,
    Action.GRANT,
    Action.NOTIFY,
)


def transitions(first: int, last: int, at: int) -> list[CaseTransition]:
    """Steps ``first`` to ``last`` of an easy life, a millisecond apart."""
    status: Status | None = None
    made = []
    for step, action in enumerate(LIFE):
        status = next_status("x", status, action)
        made.append(CaseTransition(at=SimTime(at + step), action=action, status=status))
    return made[first : last + 1]


def update(number: int, case: str, rows: Sequence[CaseTransition]) -> api.StatusUpdate:
    return api.StatusUpdate(
        number=number, submission_id=case, transitions=[transition_to_proto(transition) for transition in rows]
    )


async def submitted(portal: Any, spec: RunSpec, case: str = "10-000001") -> api.SubmitResponse:
    filing = Filing(case_id=case, procedure=10, at=SimTime(spec.start + 1), online=True, signed=True)
    answer: api.SubmitResponse = await portal.applicants.Submit(
        api.SubmitRequest(application=application(spec, filing))
    )
    return answer


async def status(portal: Any, receipt: str) -> api.GetStatusResponse:
    answer: api.GetStatusResponse = await portal.applicants.GetStatus(api.GetStatusRequest(receipt_number=receipt))
    return answer


CASE = f"{SPEC.municipality}-10-000001"


async def test_a_transition_is_visible_from_the_first_push_after_it(portal: Any) -> None:
    await portal.start(SPEC)
    receipt = (await submitted(portal, SPEC)).receipt_number
    before = await status(portal, receipt)
    assert [row.transition.action for row in before.history] == [1]
    # Pushed ahead of its time all the same: the applicant sees it only when the watermark has come back so far.
    await portal.push(SPEC, SPEC.start + POLL, update(1, CASE, transitions(1, 3, SPEC.start + POLL + 5)))
    assert len((await status(portal, receipt)).history) == 1
    await portal.push(SPEC, SPEC.start + 2 * POLL)
    seen = await status(portal, receipt)
    assert seen.status == STATUSES.to_proto(Status.IDENTIFIED)
    assert [row.visible_from_ms for row in seen.history[1:]] == [SPEC.start + 2 * POLL] * 3


async def test_in_an_outage_a_transition_becomes_visible_with_the_first_working_push(portal: Any) -> None:
    await portal.start(SPEC)
    receipt = (await submitted(portal, SPEC)).receipt_number
    outage = json.dumps({"kind": "line", "value": 30}).encode()
    request = portal.of(SPEC, control.MakeChangeRequest, change=outage)
    began = (await portal.runs.MakeChange(request)).at_ms
    await portal.push(SPEC, began + POLL, update(1, CASE, transitions(1, 1, began - 1)))
    assert len((await status(portal, receipt)).history) == 1
    await portal.push(SPEC, began + 2 * POLL)
    assert (await status(portal, receipt)).history[1].visible_from_ms == began + 2 * POLL


async def test_a_repeated_update_is_ignored_and_a_gap_is_refused(portal: Any) -> None:
    await portal.start(SPEC)
    await submitted(portal, SPEC)
    first = update(1, CASE, transitions(1, 7, SPEC.start + 5))
    second = update(2, CASE, transitions(8, 9, SPEC.start + 50))
    await portal.push(SPEC, SPEC.start, first)
    await portal.push(SPEC, SPEC.start + POLL, first, second)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await portal.push(SPEC, SPEC.start + 2 * POLL, update(4, CASE, transitions(10, 10, SPEC.start + 90)))
    assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    progress = await portal.progress(SPEC)
    assert (progress.registered, progress.decided, progress.open) == (1, 1, 0)
    assert progress.returned_ms == SPEC.start + POLL


async def test_a_watched_case_streams_until_its_end(portal: Any) -> None:
    await portal.start(SPEC)
    receipt = (await submitted(portal, SPEC)).receipt_number
    seen: list[int] = []
    has_begun = asyncio.Event()

    async def watch() -> None:
        async for answer in portal.applicants.WatchStatus(api.WatchStatusRequest(receipt_number=receipt)):
            seen.append(answer.transition.transition.action)
            has_begun.set()

    watching = asyncio.ensure_future(watch())
    await has_begun.wait()
    await portal.push(SPEC, SPEC.start + POLL, update(1, CASE, transitions(1, 8, SPEC.start + 5)))
    await portal.push(SPEC, SPEC.start + 2 * POLL, update(2, CASE, transitions(9, 10, SPEC.start + POLL + 5)))
    await watching
    assert len(seen) == len(LIFE)


async def test_the_trace_holds_every_case_with_its_whole_history(portal: Any) -> None:
    await portal.start(SPEC)
    for n in range(3):
        await submitted(portal, SPEC, f"10-{n:06d}")
    await portal.push(SPEC, SPEC.start + POLL, update(1, CASE, transitions(1, 7, SPEC.start + 5)))
    await portal.push(SPEC, SPEC.start + POLL, update(2, CASE, transitions(8, 10, SPEC.start + 50)))
    request = portal.of(SPEC, control.ReadTraceRequest)
    cases = [case async for chunk in portal.runs.ReadTrace(request) for case in chunk.cases]
    assert [case.submission_id[-1] for case in cases] == ["0", "1", "2"]
    assert [len(case.transitions) for case in cases] == [1, len(LIFE), 1]
    assert [row.action for row in transitions_from_proto(cases[1].transitions)] == list(LIFE)


async def test_an_unknown_receipt_number_is_not_found_and_a_mistyped_one_is_told(portal: Any) -> None:
    await portal.start(SPEC)
    receipt = (await submitted(portal, SPEC)).receipt_number
    mistyped = receipt[:-1] + str((int(receipt[-1]) + 1) % 10)
    for number, code in (
        (mistyped, grpc.StatusCode.INVALID_ARGUMENT),
        (receipt_number(999_999_999_999_999), grpc.StatusCode.NOT_FOUND),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await status(portal, number)
        assert caught.value.code() is code
