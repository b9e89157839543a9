"""Replies and withdrawals: filed once, listed like a submission, refused in one line where there is nothing to do."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import grpc
import pytest

from shinsei.api.application.v1 import application_pb2 as application_pb
from shinsei.api.control.v1 import control_pb2 as control
from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.contracts.codec import transition_to_proto
from shinsei.domain.distributions import Distribution
from shinsei.domain.history import CaseTransition
from shinsei.domain.lifecycle import Action, Status, next_status
from shinsei.domain.receipt_number import receipt_number
from shinsei.domain.run import Filing, Pacing, RunSpec
from shinsei.domain.simtime import DAY_MS, HOUR_MS, SimTime
from shinsei.season.filing import application
from shinsei.testing import a_run_spec
from shinsei.testing.applicants import corrections, defects, withdrawals

SEASON: RunSpec = a_run_spec(defects=defects(), corrections=corrections())
STANDING: RunSpec = a_run_spec(defects=defects(), corrections=corrections(), pacing=Pacing.CLOCK)
UNDOING = replace(STANDING, withdrawals=withdrawals(undo_min=Distribution(mean=10.0)))
CASE = f"{SEASON.municipality}-10-000001"
POLL = SEASON.poll.interval_ms
STILL = 1e-6
"""Speed of a clock that hardly moves while a test looks."""
REPLY, WITHDRAWAL = application_pb.REACTION_KIND_REPLY, application_pb.REACTION_KIND_WITHDRAWAL
ASKED = (Action.FETCH, Action.STORE, Action.IDENTIFY, Action.REQUEST_CORRECTION)
REGISTERED = (*ASKED, Action.CORRECT, Action.CHECK, Action.QUEUE_FOR_LINKAGE, Action.START_LINKAGE, Action.REGISTER)


def an_update(actions: Sequence[Action], at: int, number: int = 1) -> api.StatusUpdate:
    """The transitions of a case, a millisecond apart."""
    status: Status = Status.SUBMITTED
    rows = []
    for step, action in enumerate(actions):
        status = next_status("x", status, action)
        rows.append(CaseTransition(at=SimTime(at + step), action=action, status=status))
    return api.StatusUpdate(
        number=number, submission_id=CASE, transitions=[transition_to_proto(transition) for transition in rows]
    )


async def submitted(portal: Any, spec: RunSpec, at: int) -> str:
    filing = Filing(case_id="10-000001", procedure=10, at=SimTime(at), online=True, signed=True)
    answer = await portal.applicants.Submit(api.SubmitRequest(application=application(spec, filing)))
    return str(answer.receipt_number)


async def standing(portal: Any, actions: Sequence[Action], spec: RunSpec = STANDING) -> str:
    """A standing run with one case whose applicant can see what has happened; its receipt number."""
    await portal.start(spec, STILL)
    receipt = await submitted(portal, spec, 0)
    await portal.push(spec, spec.start + 2 * POLL, an_update(actions, STANDING.start + 5))
    return receipt


def a_reply(at: int, n: int = 0, case: str = CASE) -> api.Reaction:
    return api.Reaction(submission_id=case, kind=REPLY, n=n, filed_at_ms=at)


async def react(portal: Any, *reactions: api.Reaction) -> list[tuple[bool, str]]:
    request = portal.of(SEASON, api.ReactBatchRequest, reactions=reactions)
    return [(one.duplicate, one.error) for one in (await portal.applicants.ReactBatch(request)).outcomes]


async def refused(call: Any) -> tuple[grpc.StatusCode, str]:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    assert "\n" not in str(caught.value.details())
    return caught.value.code(), str(caught.value.details())


async def test_a_season_files_reactions_once_and_lists_them_with_their_stamps(portal: Any) -> None:
    await portal.start(SEASON)
    receipt = await submitted(portal, SEASON, SEASON.start + 1)
    reply = a_reply(SEASON.start + HOUR_MS)
    withdrawal = api.Reaction(submission_id=CASE, kind=WITHDRAWAL, filed_at_ms=SEASON.start + 2 * HOUR_MS)
    assert await react(portal, reply, withdrawal) == [(False, ""), (False, "")]
    assert await react(portal, reply, a_reply(SEASON.start + HOUR_MS, n=1)) == [(True, ""), (False, "")]
    await portal.raise_to(SEASON, SEASON.start + DAY_MS)
    entries = (await portal.list(SEASON)).entries
    assert [(entry.receipt_number, entry.n, entry.kind, entry.stamp_ms - SEASON.start) for entry in entries] == [
        (receipt, 0, api.ENTRY_KIND_SUBMISSION, 1),
        (receipt, 1, api.ENTRY_KIND_REPLY, HOUR_MS),
        (receipt, 2, api.ENTRY_KIND_REPLY, HOUR_MS),
        (receipt, -1, api.ENTRY_KIND_WITHDRAWAL, 2 * HOUR_MS),
    ]
    keys = [api.EntryKey(receipt_number=receipt, n=n) for n in (0, 2, -1)]
    await portal.pull.Acknowledge(portal.of(SEASON, api.AcknowledgeRequest, entries=keys), metadata=portal.token)
    assert [entry.n for entry in (await portal.list(SEASON)).entries] == [1]
    assert await react(portal, withdrawal) == [(True, "")]
    assert [entry.n for entry in (await portal.list(SEASON)).entries] == [1]


async def test_a_reaction_of_an_unknown_case_is_refused_beside_the_others(portal: Any) -> None:
    await portal.start(SEASON)
    await submitted(portal, SEASON, SEASON.start + 1)
    outcomes = await react(portal, a_reply(SEASON.start + 9, case=f"{CASE}9"), a_reply(SEASON.start + 9))
    assert [bool(error) for _, error in outcomes] == [True, False]


async def test_a_reaction_outside_the_run_is_refused(portal: Any) -> None:
    await portal.start(SEASON)
    code, _ = await refused(react(portal, a_reply(SEASON.end)))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    code, _ = await refused(react(portal))
    assert code is grpc.StatusCode.INVALID_ARGUMENT


async def test_requests_are_listed_once_their_applicants_can_see_them(portal: Any) -> None:
    await portal.start(SEASON)
    await submitted(portal, SEASON, SEASON.start + 1)

    async def requested(after: int = 0) -> list[tuple[str, int, int, int]]:
        request = portal.of(SEASON, control.ListCorrectionsRequest, after_ms=after)
        answer = await portal.runs.ListCorrections(request)
        return [(one.submission_id, one.n, one.requested_at_ms, one.visible_from_ms) for one in answer.corrections]

    await portal.push(SEASON, SEASON.start + POLL, an_update(ASKED, SEASON.start + POLL + 5))
    assert await requested() == []
    await portal.push(SEASON, SEASON.start + 2 * POLL)
    asked = SEASON.start + POLL + 5 + ASKED.index(Action.REQUEST_CORRECTION)
    assert await requested() == [(CASE, 0, asked, SEASON.start + 2 * POLL)]
    assert await requested(asked) == []


async def test_an_applicant_replies_to_the_open_request_and_twice_is_once(portal: Any) -> None:
    receipt = await standing(portal, ASKED)
    first = await portal.applicants.Correct(api.CorrectRequest(receipt_number=receipt))
    again = await portal.applicants.Correct(api.CorrectRequest(receipt_number=receipt, n=0))
    assert (first.n, first.duplicate) == (0, False)
    assert (again.filed_at_ms, again.duplicate) == (first.filed_at_ms, True)


async def test_an_applicant_withdraws_and_twice_is_once(portal: Any) -> None:
    receipt = await standing(portal, ASKED)
    first = await portal.applicants.Withdraw(api.WithdrawRequest(receipt_number=receipt))
    again = await portal.applicants.Withdraw(api.WithdrawRequest(receipt_number=receipt))
    assert not first.duplicate
    assert (again.filed_at_ms, again.duplicate) == (first.filed_at_ms, True)


async def test_where_clerks_undo_a_registration_it_can_be_withdrawn(portal: Any) -> None:
    receipt = await standing(portal, REGISTERED, UNDOING)
    assert not (await portal.applicants.Withdraw(api.WithdrawRequest(receipt_number=receipt))).duplicate


async def test_a_decision_is_not_withdrawn_even_where_clerks_undo_registrations(portal: Any) -> None:
    receipt = await standing(portal, (*REGISTERED, Action.EXAMINE, Action.GRANT), UNDOING)
    code, details = await refused(portal.applicants.Withdraw(api.WithdrawRequest(receipt_number=receipt)))
    assert code is grpc.StatusCode.FAILED_PRECONDITION
    assert "is granted: too late to withdraw it" in details


@pytest.mark.parametrize(
    ("actions", "call", "code", "says"),
    [
        (ASKED[:3], "Correct", grpc.StatusCode.FAILED_PRECONDITION, "no reply is open"),
        ((*ASKED, Action.EXPIRE), "Correct", grpc.StatusCode.FAILED_PRECONDITION, "has ended: EXPIRED"),
        ((*ASKED, Action.EXPIRE), "Withdraw", grpc.StatusCode.FAILED_PRECONDITION, "has ended: EXPIRED"),
        (REGISTERED, "Correct", grpc.StatusCode.FAILED_PRECONDITION, "no reply is open"),
        (REGISTERED, "Withdraw", grpc.StatusCode.FAILED_PRECONDITION, "too late to withdraw"),
    ],
)
async def test_where_nothing_is_open_the_applicant_is_told_so(
    portal: Any, actions: Sequence[Action], call: str, code: grpc.StatusCode, says: str
) -> None:
    receipt = await standing(portal, actions)
    request = api.CorrectRequest if call == "Correct" else api.WithdrawRequest
    found, details = await refused(getattr(portal.applicants, call)(request(receipt_number=receipt)))
    assert found is code
    assert says in details


async def test_an_unknown_receipt_or_request_is_said_to_be_so(portal: Any) -> None:
    receipt = await standing(portal, ASKED)
    for number, n, code in (
        (receipt_number(100_000_000_000_007), 0, grpc.StatusCode.NOT_FOUND),
        ("123", 0, grpc.StatusCode.INVALID_ARGUMENT),
        (receipt, 3, grpc.StatusCode.INVALID_ARGUMENT),
    ):
        found, _ = await refused(portal.applicants.Correct(api.CorrectRequest(receipt_number=number, n=n)))
        assert found is code
    found, _ = await refused(
        portal.applicants.Withdraw(api.WithdrawRequest(receipt_number=receipt_number(100_000_000_000_007)))
    )
    assert found is grpc.StatusCode.NOT_FOUND


async def test_in_a_season_only_the_driver_says_when_applicants_react(portal: Any) -> None:
    await portal.start(SEASON)
    receipt = await submitted(portal, SEASON, SEASON.start + 1)
    found, details = await refused(portal.applicants.Withdraw(api.WithdrawRequest(receipt_number=receipt)))
    assert found is grpc.StatusCode.FAILED_PRECONDITION
    assert "its driver" in details


async def test_when_the_time_to_correct_is_over_the_portal_takes_no_reply(portal: Any) -> None:
    receipt = await standing(portal, ASKED)
    await portal.runs.SetClock(portal.of(STANDING, control.SetClockRequest, speed=1e6))
    waited = portal.of(STANDING, api.ListReceiptsRequest, wait_until_ms=STANDING.start + 11 * DAY_MS, wait_ms=20_000)
    await portal.pull.ListReceipts(waited, metadata=portal.token)
    found, details = await refused(portal.applicants.Correct(api.CorrectRequest(receipt_number=receipt)))
    assert found is grpc.StatusCode.FAILED_PRECONDITION
    assert "is over" in details
