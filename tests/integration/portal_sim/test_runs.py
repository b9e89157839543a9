"""Runs: the root watermark, by a driver or by the clock; changes; restarts."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import asyncpg
import grpc
import pytest

from shinsei.api.control.v1 import control_pb2 as control
from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.contracts.codec import decode_change, encode_run
from shinsei.domain.run import ChangeKind, Filing, Pacing, RunSpec
from shinsei.season.filing import application
from shinsei.testing import a_run_spec, eventually

DRIVEN = a_run_spec()
CLOCKED = a_run_spec(run_id="standing-1", pacing=Pacing.CLOCK)
MINUTE = 60_000
POLL = DRIVEN.poll.interval_ms


async def refusal(call: Any) -> grpc.StatusCode:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    code: grpc.StatusCode = caught.value.code()
    return code


async def submit(portal: Any, spec: RunSpec, case: str, at: int = 0) -> api.SubmitResponse:
    filing = Filing(case_id=case, procedure=10, at=at or spec.start, online=True, signed=True)  # type: ignore[arg-type]
    made = application(spec, filing)
    made.submitted_at_ms = at
    answer: api.SubmitResponse = await portal.applicants.Submit(api.SubmitRequest(application=made))
    return answer


async def change(
    portal: Any, spec: RunSpec, kind: str = "staff", not_before: int = 0, change_id: str = ""
) -> control.MakeChangeResponse:
    raw = json.dumps({"kind": kind, "value": 30}).encode()
    request = portal.of(spec, control.MakeChangeRequest, not_before_ms=not_before, change=raw, change_id=change_id)
    answer: control.MakeChangeResponse = await portal.runs.MakeChange(request)
    return answer


async def file(portal: Any, cases: Iterable[int]) -> list[int]:
    """Files cases of the clock's run at once; the stamps of all of them, committed."""
    answers = await asyncio.gather(*(submit(portal, CLOCKED, f"10-{case:06d}") for case in cases))
    return [answer.submitted_at_ms for answer in answers]


async def pull(portal: Any, spec: RunSpec) -> tuple[int, list[int]]:
    """A listing by small pages, each of them acknowledged: its watermark and its cases."""
    cases: list[int] = []
    token = ""
    while True:
        request = portal.of(spec, api.ListReceiptsRequest, page_size=7, page_token=token)
        page = await portal.pull.ListReceipts(request, metadata=portal.token)
        cases += [int(entry.submission_id.rpartition("-")[2]) for entry in page.entries]
        keys = [api.EntryKey(receipt_number=entry.receipt_number) for entry in page.entries]
        await portal.pull.Acknowledge(portal.of(spec, api.AcknowledgeRequest, entries=keys), metadata=portal.token)
        token = page.next_page_token
        if not token:
            return page.watermark_ms, sorted(cases)


@asynccontextmanager
async def held_open(dsn: str, spec: RunSpec, case: int) -> AsyncIterator[Callable[[], Awaitable[int]]]:
    """The transaction that stores a case stays open: another has its id, and gives it back in the end.

    Yields what tells how many transactions wait.
    """
    other = await asyncpg.connect(dsn)
    transaction = other.transaction()
    await transaction.start()
    await other.execute(
        "INSERT INTO application (receipt_number, run_key, submission_id, procedure, submitted_at_ms, files, size,"
        " payload) SELECT 'of nobody', key, $1, 10, 0, 0, 0, '' FROM run",
        f"{spec.municipality}-10-{case:06d}",
    )
    try:
        yield lambda: other.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted")
    finally:
        await transaction.rollback()
        await other.close()


async def test_the_same_run_twice_is_harmless_and_another_is_refused(portal: Any) -> None:
    await portal.start(DRIVEN)
    await portal.start(DRIVEN)
    assert await refusal(portal.start(replace(DRIVEN, run_id="run-2"))) is grpc.StatusCode.ALREADY_EXISTS
    assert await refusal(portal.start(replace(DRIVEN, seed=2))) is grpc.StatusCode.FAILED_PRECONDITION
    assert await refusal(portal.start(replace(DRIVEN, kernel_version="0"))) is grpc.StatusCode.FAILED_PRECONDITION
    listed = await portal.runs.ListRuns(control.ListRunsRequest())
    assert [(run.run_id, run.closed) for run in listed.runs] == [("run-1", False)]


async def test_a_run_that_would_be_too_large_written_in_full_is_refused(
    portal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Application management writes it anew: what is left out is there, and a 1 is a 1.0."""
    full = encode_run(DRIVEN)
    short = re.sub(rb"(?<=\d)\.0(?=[,}\]])", b"", full)
    assert len(short) < len(full) - 100
    request = control.StartRunRequest(run_id=DRIVEN.run_id, municipality=DRIVEN.municipality, spec=short)
    monkeypatch.setattr("portal_sim.inbound.runs.BYTES", {"StartRun": len(full) - 1})
    assert await refusal(portal.runs.StartRun(request)) is grpc.StatusCode.INVALID_ARGUMENT
    monkeypatch.setattr("portal_sim.inbound.runs.BYTES", {"StartRun": len(full)})
    await portal.runs.StartRun(request)


async def test_a_watermark_needs_a_committed_frontier_and_only_rises(portal: Any) -> None:
    await portal.start(DRIVEN)
    too_far = portal.of(DRIVEN, control.RaiseWatermarkRequest, watermark_ms=DRIVEN.start + POLL)
    assert await refusal(portal.runs.RaiseWatermark(too_far)) is grpc.StatusCode.FAILED_PRECONDITION
    await portal.raise_to(DRIVEN, DRIVEN.start + POLL)
    await portal.raise_to(DRIVEN, DRIVEN.start + 1)
    assert (await portal.progress(DRIVEN)).watermark_ms == DRIVEN.start + POLL


async def test_a_listing_waits_for_its_watermark_and_holds_what_is_not_acknowledged(portal: Any) -> None:
    await portal.start(DRIVEN)
    waiting = asyncio.ensure_future(portal.list(DRIVEN, wait_until=DRIVEN.start + POLL, wait_ms=20_000))
    for n in range(3):
        await submit(portal, DRIVEN, f"10-{n:06d}", DRIVEN.start + n * MINUTE + 1)
    await submit(portal, DRIVEN, "10-000009", DRIVEN.start + 2 * POLL)
    assert not waiting.done()
    await portal.raise_to(DRIVEN, DRIVEN.start + POLL)
    listing = await waiting
    assert listing.watermark_ms == DRIVEN.start + POLL
    assert [entry.submission_id[-1] for entry in listing.entries] == ["0", "1", "2"]
    keys = [api.EntryKey(receipt_number=entry.receipt_number) for entry in listing.entries[:2]]
    for _ in range(2):
        request = portal.of(DRIVEN, api.AcknowledgeRequest, entries=keys)
        await portal.pull.Acknowledge(request, metadata=portal.token)
    assert [entry.submission_id[-1] for entry in (await portal.list(DRIVEN)).entries] == ["2"]


async def test_submissions_whose_commits_overtake_each_other_are_all_listed(run_portal: Any) -> None:
    portal = await run_portal(max_turn_s=0.0, max_behind_s=0.0)  # nobody is refused, however busy the machine is
    await portal.start(CLOCKED, speed=3600.0)
    listed: list[str] = []
    done = asyncio.Event()

    async def pull() -> None:
        after = CLOCKED.start
        while True:
            last = done.is_set()
            listing = await portal.list(CLOCKED, wait_until=0 if last else after + MINUTE, wait_ms=50)
            stamps = [entry.stamp_ms for entry in listing.entries]
            # Nothing may come behind what an earlier listing called complete.
            assert not stamps or min(stamps) >= after
            after = listing.watermark_ms
            listed.extend(entry.submission_id for entry in listing.entries)
            keys = [api.EntryKey(receipt_number=entry.receipt_number) for entry in listing.entries]
            request = portal.of(CLOCKED, api.AcknowledgeRequest, entries=keys)
            await portal.pull.Acknowledge(request, metadata=portal.token)
            if last:
                return

    pulling = asyncio.ensure_future(pull())
    for start in range(0, 1000, 100):
        await asyncio.gather(*(submit(portal, CLOCKED, f"10-{n:06d}") for n in range(start, start + 100)))
    done.set()
    await pulling
    assert sorted(listed) == [f"{CLOCKED.municipality}-10-{n:06d}" for n in range(1000)]
    assert (await portal.progress(CLOCKED)).late == 0


async def test_a_commit_that_is_late_holds_back_what_overtakes_it_and_is_not_passed_over(
    run_portal: Any, dsn: str
) -> None:
    portal = await run_portal(max_turn_s=0.0, max_behind_s=0.0)
    await portal.start(CLOCKED, speed=3600.0)
    told = 0
    for first in range(0, 500, 100):
        sooner, late, later = range(first, first + 10), first + 10, range(first + 11, first + 40)
        await file(portal, sooner)
        async with held_open(dsn, CLOCKED, late) as waiting:
            filing = asyncio.ensure_future(file(portal, [late]))
            await eventually(waiting, what="a commit that waits")
            overtaking = await file(portal, later)
            reached, cases = await pull(portal, CLOCKED)
            assert cases == list(sooner)
            assert not filing.done()
        (stamp,) = await filing
        assert told < reached <= stamp <= min(overtaking)
        told, cases = await pull(portal, CLOCKED)
        assert cases == [late, *later]
    assert (await portal.progress(CLOCKED)).late == 0


async def test_the_watermark_of_a_driver_waits_for_a_commit_that_is_late(portal: Any, dsn: str) -> None:
    """Whatever the driver thinks that it has filed: the transaction shares the lock of the run until it ends."""
    await portal.start(DRIVEN)
    reached = DRIVEN.start + POLL
    await portal.runs.CommitFrontier(portal.of(DRIVEN, control.CommitFrontierRequest, frontier_ms=reached))
    async with held_open(dsn, DRIVEN, 1) as waiting:
        filing = asyncio.ensure_future(submit(portal, DRIVEN, "10-000001", DRIVEN.start + MINUTE))
        await eventually(waiting, what="a commit that waits")
        request = portal.of(DRIVEN, control.RaiseWatermarkRequest, watermark_ms=reached)
        raising = asyncio.ensure_future(portal.runs.RaiseWatermark(request))

        async def both() -> bool:
            return await waiting() == 2

        await eventually(both, what="a watermark that waits for it")
        assert await pull(portal, DRIVEN) == (DRIVEN.start, [])
    await asyncio.gather(filing, raising)
    assert await pull(portal, DRIVEN) == (reached, [1])


async def test_the_clock_of_a_run_goes_on_over_a_restart_and_never_back(run_portal: Any) -> None:
    portal = await run_portal()
    await portal.start(CLOCKED, speed=60.0)
    told = (await portal.list(CLOCKED, wait_until=CLOCKED.start + 1, wait_ms=5_000)).watermark_ms
    assert told > CLOCKED.start
    again = await run_portal()
    assert (await again.list(CLOCKED)).watermark_ms >= told
    await again.runs.SetClock(again.of(CLOCKED, control.SetClockRequest, speed=0.001))
    stamp = (await submit(again, CLOCKED, "10-000001")).submitted_at_ms
    assert stamp >= told
    for speed in (-1, 1e300, float("nan")):
        assert await refusal(again.runs.SetClock(again.of(CLOCKED, control.SetClockRequest, speed=speed))) is (
            grpc.StatusCode.INVALID_ARGUMENT
        )


async def test_a_change_takes_effect_at_the_first_poll_behind_the_frontier(portal: Any) -> None:
    await portal.start(DRIVEN)
    await portal.runs.CommitFrontier(portal.of(DRIVEN, control.CommitFrontierRequest, frontier_ms=DRIVEN.start + POLL))
    staff = await change(portal, DRIVEN)
    line = await change(portal, DRIVEN, "line")
    later = await change(portal, DRIVEN, not_before=DRIVEN.start + 10 * POLL)
    assert [staff.at_ms, line.at_ms, later.at_ms] == [DRIVEN.start + n * POLL for n in (2, 3, 10)]
    assert [staff.n, line.n, later.n] == [0, 1, 2]
    kept = await portal.runs.ListChanges(portal.of(DRIVEN, control.ListChangesRequest))
    assert [decode_change(raw).kind for raw in kept.changes] == [ChangeKind.STAFF, ChangeKind.LINE, ChangeKind.STAFF]
    # It travels ahead of the watermark that covers it: the poll of its time finds it listed.
    await portal.raise_to(DRIVEN, DRIVEN.start + 2 * POLL)
    listing = await portal.list(DRIVEN)
    assert [(entry.kind, entry.n) for entry in listing.entries] == [(api.ENTRY_KIND_CHANGE, n) for n in range(3)]
    assert all(entry.stamp_ms < staff.at_ms for entry in listing.entries)


async def test_a_change_that_is_asked_for_again_under_its_id_is_recorded_once(portal: Any) -> None:
    """A client whose answer was lost repeats the call; an outage must not become two."""
    await portal.start(DRIVEN)
    first = await change(portal, DRIVEN, "line", change_id="outage")
    await portal.runs.CommitFrontier(portal.of(DRIVEN, control.CommitFrontierRequest, frontier_ms=DRIVEN.start + POLL))
    again = await asyncio.gather(*(change(portal, DRIVEN, "line", change_id="outage") for _ in range(5)))
    assert {(answer.at_ms, answer.n) for answer in again} == {(first.at_ms, first.n)}
    other = await change(portal, DRIVEN, "line", change_id="another")
    assert other.n == 1
    assert await refusal(change(portal, DRIVEN, "staff", change_id="outage")) is grpc.StatusCode.FAILED_PRECONDITION
    assert await refusal(change(portal, DRIVEN, change_id="x" * 65)) is grpc.StatusCode.INVALID_ARGUMENT
    kept = await portal.runs.ListChanges(portal.of(DRIVEN, control.ListChangesRequest))
    assert len(kept.changes) == 2
    later = DRIVEN.start + 3 * POLL
    await portal.runs.CommitFrontier(portal.of(DRIVEN, control.CommitFrontierRequest, frontier_ms=later))
    await portal.raise_to(DRIVEN, later)
    assert [entry.n for entry in (await portal.list(DRIVEN)).entries] == [0, 1]
    await portal.runs.CloseRun(portal.of(DRIVEN, control.CloseRunRequest))
    assert (await change(portal, DRIVEN, "line", change_id="outage")).n == first.n


async def test_a_change_of_a_running_clock_is_listed_ahead_of_its_time(portal: Any) -> None:
    await portal.start(CLOCKED, speed=3600.0)
    made = await change(portal, CLOCKED)
    listing = await portal.list(CLOCKED, wait_until=made.at_ms, wait_ms=5_000)
    assert [entry.n for entry in listing.entries] == [0]
    assert listing.entries[0].stamp_ms < made.at_ms <= listing.watermark_ms


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"kind": "weather"}', b'{"kind": "staff", "value": "many"}'])
async def test_a_change_that_cannot_be_read_is_refused(portal: Any, raw: bytes) -> None:
    await portal.start(DRIVEN)
    request = portal.of(DRIVEN, control.MakeChangeRequest, change=raw)
    assert await refusal(portal.runs.MakeChange(request)) is grpc.StatusCode.INVALID_ARGUMENT


async def test_a_change_behind_the_end_of_the_calendar_is_refused(portal: Any) -> None:
    await portal.start(DRIVEN)
    assert await refusal(change(portal, DRIVEN, not_before=2**62)) is grpc.StatusCode.INVALID_ARGUMENT


async def test_a_closed_run_of_the_clock_lets_its_last_submissions_be_fetched(portal: Any) -> None:
    await portal.start(CLOCKED, speed=1.0)
    stamp = (await submit(portal, CLOCKED, "10-000001")).submitted_at_ms
    await portal.runs.CloseRun(portal.of(CLOCKED, control.CloseRunRequest))
    listing = await portal.list(CLOCKED, wait_until=stamp + POLL, wait_ms=5_000)
    assert listing.closed
    assert listing.watermark_ms == CLOCKED.start + POLL
    assert len(listing.entries) == 1
    runs = (await portal.pull.ListRuns(api.ListRunsRequest(), metadata=portal.token)).runs
    assert [run.closed for run in runs] == [True]
    assert await refusal(change(portal, CLOCKED)) is grpc.StatusCode.FAILED_PRECONDITION


async def test_progress_waits_until_more_has_come_back(portal: Any) -> None:
    await portal.start(DRIVEN)
    waiting = asyncio.ensure_future(portal.progress(DRIVEN, after=DRIVEN.start, wait_ms=20_000))
    await portal.push(DRIVEN, DRIVEN.start)
    assert not waiting.done()
    await portal.push(DRIVEN, DRIVEN.start + POLL)
    assert (await waiting).returned_ms == DRIVEN.start + POLL

    async def counted() -> bool:
        request = portal.of(DRIVEN, control.GetStageRequest)
        stage = await portal.ledger.GetStage(request)
        return bool(stage.known == 0 and stage.stage == "portal")

    await eventually(counted)
