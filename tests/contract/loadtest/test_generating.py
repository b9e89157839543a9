"""The real generator against a portal of the test's own, which fails, stands still or asks for corrections."""

import asyncio
import csv
import json
import sys
import time
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import grpc
import pytest
from tests.contract.loadtest.portal import Portal, a_plan

from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.api.portal.v1.portal_pb2_grpc import PortalServiceStub
from shinsei.domain.draws import draw
from shinsei.loadtest.arrivals import Process
from shinsei.loadtest.books import (
    ACCEPTED,
    DROPPED,
    ERROR,
    FAILED,
    OFFERED,
    REFUSED,
    VISIBLE,
    WATCH,
    WATCHED,
    Books,
    ended_otherwise,
)
from shinsei.loadtest.generator import LOG, PLAN, Generator
from shinsei.loadtest.grouping import rows_by_group
from shinsei.loadtest.histogram import Histogram
from shinsei.loadtest.plan import LOOKS, Plan
from shinsei.loadtest.preset import ApplicantsSection, BulkSection, CallersSection
from shinsei.runtime.clock import sleep
from shinsei.runtime.rpc import GrpcServer
from shinsei.testing.waiting import eventually

BARE = Path(__file__).resolve().parents[3] / "bench" / "cross-check" / "client.py"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


async def books_of(plan: Plan, folder: Path) -> Books:
    """What the generator says of this plan."""
    generator = Generator(folder, processes=1)

    async def has_ended() -> bool:
        return generator.exit_code is not None

    await generator.start(plan)
    try:
        await eventually(has_ended, within_s=90)
    finally:
        await generator.stop()
    assert generator.exit_code == 0, generator.last_words()
    books = Books(0.0)
    for tick in generator.ticks():
        books.take(tick)
    return books


def counts(books: Books) -> Sequence[int]:
    """The totals, which methods and procedures must add up to."""
    columns = dict.fromkeys((OFFERED, ACCEPTED, DROPPED, REFUSED, FAILED))
    for rows in rows_by_group(books.by_group, {name: name for name in columns}):
        for name in columns:
            assert sum(row[name] for row in rows.values()) == books.totals[name]
    return [books.totals[name] for name in columns]


async def test_an_upload_that_fails_is_a_failed_application_and_no_call_of_those_that_were_served(
    portal: Portal, server: GrpcServer, tmp_path: Path
) -> None:
    portal.upload_ends = grpc.StatusCode.UNAVAILABLE
    books = await books_of(a_plan(server.own_target, 5, 2, p_attachment=1.0, attachment_kb=1.0), tmp_path)
    assert counts(books) == [10, 0, 0, 0, 10]
    assert portal.submitted == 0
    assert books.requests.keys() == {"UploadAttachment (failed)"}
    assert books.requests["UploadAttachment (failed)"].codes == Counter(UNAVAILABLE=10)


async def test_an_acceptance_counts_from_the_intended_moment_with_its_upload(
    portal: Portal, server: GrpcServer, tmp_path: Path
) -> None:
    portal.upload_takes_s = 0.7
    books = await books_of(a_plan(server.own_target, 5, 2, p_attachment=1.0, attachment_kb=1.0), tmp_path)
    assert counts(books) == [10, 10, 0, 0, 0]
    assert (books.requests["Submit"].response.quantile(0.01) or 0.0) >= 0.7
    assert (books.requests["Submit"].service.quantile(0.01) or 9.0) < 0.7


async def test_a_fault_of_the_generator_itself_is_told_under_a_code_of_its_own(
    server: GrpcServer, tmp_path: Path
) -> None:
    callers = CallersSection.model_validate({"per_s": 2.0, "slots": 5})
    plan = a_plan(server.own_target, 5, 2).model_copy(update={"linkage": callers, "secret_file": "/nowhere"})
    books = await books_of(plan, tmp_path)
    assert counts(books) == [10, 10, 0, 0, 0]
    assert books.requests["LinkageServers (failed)"].codes.keys() == {ERROR}
    assert "/nowhere" in (tmp_path / LOG).read_text()


async def test_a_screen_that_is_dead_shows_in_the_calls_that_failed_and_in_nothing_that_is_filed(
    server: GrpcServer, tmp_path: Path
) -> None:
    clerks = CallersSection.model_validate({"per_s": 2.0, "slots": 5})
    plan = a_plan(server.own_target, 5, 2).model_copy(update={"clerks": clerks, "app_mgmt": "127.0.0.1:1"})
    books = await books_of(plan, tmp_path)
    assert counts(books) == [10, 10, 0, 0, 0]
    assert books.requests.keys() == {"Submit", "ListCases (failed)"}
    assert books.calls_failed == books.requests["ListCases (failed)"].codes.total() > 0


async def test_a_batch_counts_by_its_applications_refused_as_a_whole_or_each_for_itself(
    portal: Portal, server: GrpcServer, tmp_path: Path
) -> None:
    portal.has_no_room_for_batch, portal.refuses_of_each_batch = 2, 1
    shares = {"applicants": ApplicantsSection(share=0.0), "bulk": BulkSection(share=1.0, batch=5)}
    mixed = {"procedures": {1: 1.0, 2: 1.0}}
    books = await books_of(a_plan(server.own_target, 10, 2).model_copy(update=shares | mixed), tmp_path)
    # Four batches of five: one finds no room, of each of the others one application is refused.
    assert counts(books) == [20, 12, 0, 5, 3]
    assert Counter(portal.accepted) == {number: books.by_group[ACCEPTED][f"procedure-{number}"] for number in (1, 2)}
    assert books.requests["SubmitBatch"].codes == Counter(OK=3)
    for number in (1, 2):
        assert books.latencies[f"{ACCEPTED}/procedure-{number}"].count == portal.accepted.count(number)
    assert books.requests["SubmitBatch (refused)"].codes == Counter(RESOURCE_EXHAUSTED=1)


async def test_an_arrival_that_finds_no_free_slot_is_dropped_and_every_one_is_explained(
    portal: Portal, server: GrpcServer, tmp_path: Path
) -> None:
    portal.takes_s = 3.0
    books = await books_of(a_plan(server.own_target, 10, 2, slots=1), tmp_path)
    offered, accepted, dropped, refused, failed = counts(books)
    assert (offered, refused, failed) == (20, 0, 0)
    assert dropped > 0
    assert offered == accepted + dropped
    assert books.requests["Submit"].codes.total() == accepted == portal.submitted


async def test_whoever_would_reply_looks_some_times_and_the_end_waits_for_that(
    portal: Portal, server: GrpcServer, tmp_path: Path
) -> None:
    portal.asks_for_correction_at, portal.registered = {"r-1": 3}, {"r-2"}
    books = await books_of(a_plan(server.own_target, 3, 1, p_correct=1.0, think="1500 ms"), tmp_path)
    assert counts(books) == [3, 3, 0, 0, 0]
    assert portal.asked == {"r-1": 3, "r-2": 1, "r-3": LOOKS}
    assert portal.corrected == {"r-1": 1}
    assert books.later_dropped == 0


async def test_each_thinks_for_a_time_of_their_own_before_the_next_thing(
    portal: Portal, server: GrpcServer, tmp_path: Path
) -> None:
    plan = a_plan(server.own_target, 4, 2, p_poll=1.0, think="1 s").model_copy(update={"requests_csv": str(tmp_path)})
    await books_of(plan, tmp_path)
    filed: list[float] = []
    polled: list[float] = []
    with (tmp_path / "requests-0.csv").open(encoding="utf-8") as lines:
        for line in csv.DictReader(lines):
            (polled if line["name"] == "GetStatus" else filed).append(float(line["intended_s"]))
    thought_s = [plan.applicants.thinks_s(draw(plan.seed, f"0.1.{n:x}", "think")) for n in range(len(filed))]
    assert len(set(thought_s)) == len(filed) == 8
    due_s = sorted(at + one for at, one in zip(sorted(filed), thought_s, strict=True))
    # From the answer, which the portal gives at once.
    assert sorted(polled) == pytest.approx(due_s, abs=0.2)


async def test_what_finds_no_slot_later_is_counted(portal: Portal, server: GrpcServer, tmp_path: Path) -> None:
    portal.takes_s = 1.2
    books = await books_of(a_plan(server.own_target, 5, 3, p_poll=1.0, think="500 ms", slots=1), tmp_path)
    assert books.totals[ACCEPTED] - portal.asked.total() == books.later_dropped > 0


async def test_a_watch_counts_until_the_registration_and_not_at_all_where_none_comes(
    portal: Portal, server: GrpcServer, tmp_path: Path
) -> None:
    portal.moves_on_after_s, portal.withdrawn = 1.5, {"r-2"}
    books = await books_of(a_plan(server.own_target, 2, 1, p_watch=1.0), tmp_path)
    assert counts(books) == [2, 2, 0, 0, 0]
    # To the message that shows the registration: the first came at once.
    assert (books.latencies["visible"].count, books.latencies["visible"].highest_s >= 1.5) == (1, True)
    assert books.requests[WATCH].codes == books.requests[ended_otherwise(WATCH)].codes == Counter(OK=1)
    assert (books.totals[WATCHED], books.still_open(VISIBLE)) == (2, 0)
    (seen,) = (found for name, found in books.latencies.items() if name.startswith(f"{VISIBLE}/procedure"))
    assert (seen.count, seen.highest_s >= 1.5) == (1, True)


async def test_a_trace_comes_at_its_own_moments_and_every_call_of_it_has_a_line(
    portal: Portal, server: GrpcServer, tmp_path: Path
) -> None:
    moments = (0.25, 0.25, 1.75)
    traced = {"process": Process.TRACE, "trace": moments, "requests_csv": str(tmp_path)}
    books = await books_of(a_plan(server.own_target, 0, 2).model_copy(update=traced), tmp_path)
    assert counts(books) == [3, 3, 0, 0, 0]
    with (tmp_path / "requests-0.csv").open(encoding="utf-8") as lines:
        found = sorted(float(line["intended_s"]) for line in csv.DictReader(lines))
    assert [one - found[0] for one in found] == pytest.approx([0.0, 0.0, 1.5], abs=1e-5)


async def test_a_bare_client_says_the_same_of_a_portal_whose_pace_is_known(
    portal: Portal, server: GrpcServer, tmp_path: Path
) -> None:
    per_s, length_s = 10, 3
    portal.takes_s = 0.5
    books = await books_of(a_plan(server.own_target, per_s, length_s), tmp_path)
    command = (sys.executable, str(BARE), str(tmp_path / PLAN), str(length_s), "0")
    told, _ = await (await asyncio.create_subprocess_exec(*command, stdout=PIPE)).communicate()
    bare = json.loads(told)
    assert counts(books) == [30, 30, 0, 0, 0]
    assert (bare["accepted"], portal.submitted) == (30, 60)
    assert bare["per_s"] == pytest.approx(per_s, rel=0.05)
    assert bare["p50_s"] == pytest.approx(0.5, abs=0.1)
    assert books.requests["Submit"].response.quantile(0.5) == pytest.approx(bare["p50_s"], rel=0.15)


async def one_after_the_other(target: str, per_s: float, length_s: float) -> Histogram:
    """What a user lives through who waits for the answer before asking again: at most so many a second."""
    found, ends_s = Histogram(), time.monotonic() + length_s
    async with grpc.aio.insecure_channel(target) as channel:
        stub = PortalServiceStub(channel)
        while (asks_s := time.monotonic()) < ends_s:
            await stub.Submit(api.SubmitRequest(), timeout=30)
            found.record(time.monotonic() - asks_s)
            await sleep(max(asks_s + 1 / per_s - time.monotonic(), 0.0))
    return found


async def test_waiting_for_answers_hides_a_portal_that_stands_still(
    portal: Portal, server: GrpcServer, tmp_path: Path
) -> None:
    """The reason for all of this: coordinated omission."""
    per_s, length_s = 20.0, 5.0
    portal.stand_still_for(1.0, 3.0)
    blind = await one_after_the_other(server.own_target, per_s, length_s)
    portal.stand_still_for(1.0, 3.0)
    books = await books_of(a_plan(server.own_target, per_s, length_s, slots=100), tmp_path)
    honest = books.requests["Submit"].response
    assert counts(books) == [100, 100, 0, 0, 0]
    # One of sixty waits for two seconds; of a hundred who come by themselves forty do, for one second in the mean.
    assert blind.highest_s == pytest.approx(2.0, abs=0.5)
    assert honest.highest_s == pytest.approx(2.0, abs=0.5)
    assert (blind.quantile(0.9) or 9.0) < 0.3
    assert honest.quantile(0.9) == pytest.approx(1.5, abs=0.4)
