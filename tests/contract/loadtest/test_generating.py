"""The real generator against a portal of the test's own, which fails, stands still or asks for corrections."""

import asyncio
import sys
import time
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import grpc
import pytest

from shinsei.api.application.v1 import application_pb2 as pb
from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.api.portal.v1.portal_pb2_grpc import (
    PortalServiceServicer,
    PortalServiceStub,
    add_PortalServiceServicer_to_server,
)
from shinsei.loadtest.arrivals import RateProfile
from shinsei.loadtest.books import ACCEPTED, DROPPED, ERROR, FAILED, OFFERED, REFUSED, WATCH, Books, ended_otherwise
from shinsei.loadtest.generator import LOG, PLAN, Generator
from shinsei.loadtest.histogram import Histogram
from shinsei.loadtest.plan import LOOKS, Plan
from shinsei.loadtest.preset import ApplicantsSection, CallersSection, Preset, load_preset
from shinsei.loadtest.target import run_specs, scenario_of
from shinsei.runtime.clock import sleep
from shinsei.runtime.rpc import GrpcServer
from shinsei.testing.waiting import eventually

LOCUSTFILE = Path(__file__).resolve().parents[3] / "loadtest" / "locustfile.py"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


class Portal(PortalServiceServicer):
    """Accepts what comes, at its own pace."""

    def __init__(self) -> None:
        self.takes_s = 0.0
        self._still_s = (0.0, 0.0)
        self._began_s: float | None = None
        self.upload_takes_s = 0.0
        self.upload_ends = grpc.StatusCode.OK
        self.submitted = 0
        self.asked = Counter[str]()
        self.corrected = Counter[str]()
        self.asks_for_correction_at: dict[str, int] = {}
        """At which look of its applicant, by receipt number."""
        self.registered: set[str] = set()
        self.withdrawn: set[str] = set()
        self.moves_on_after_s = 0.0
        """What becomes of a case, its watcher hears so long after it was stored."""

    async def UploadAttachment(self, request_iterator: Any, context: Any) -> Any:  # noqa: N802
        await sleep(self.upload_takes_s)
        if self.upload_ends is not grpc.StatusCode.OK:
            await context.abort(self.upload_ends, "no")
        return api.UploadAttachmentResponse()

    async def Submit(self, request: Any, context: Any) -> Any:  # noqa: N802
        await sleep(self.takes_s)
        await self._stand_still()
        self.submitted += 1
        return api.SubmitResponse(receipt_number=f"r-{self.submitted}")

    def stand_still_for(self, from_s: float, until_s: float) -> None:
        """Answers nothing in this span, which counts from the next submission."""
        self._still_s, self._began_s = (from_s, until_s), None

    async def _stand_still(self) -> None:
        now_s = time.monotonic()
        self._began_s = now_s if self._began_s is None else self._began_s
        from_s, until_s = (self._began_s + moment_s for moment_s in self._still_s)
        if from_s <= now_s < until_s:
            await sleep(until_s - now_s)

    async def GetStatus(self, request: Any, context: Any) -> Any:  # noqa: N802
        receipt = request.receipt_number
        self.asked[receipt] += 1
        if self.asked[receipt] == self.asks_for_correction_at.get(receipt):
            return api.GetStatusResponse(status=pb.APPLICATION_STATUS_CORRECTION_REQUESTED)
        is_done = receipt in self.registered
        return api.GetStatusResponse(
            status=pb.APPLICATION_STATUS_REGISTERED if is_done else pb.APPLICATION_STATUS_STORED
        )

    async def WatchStatus(self, request: Any, context: Any) -> AsyncIterator[Any]:  # noqa: N802
        yield a_status(pb.APPLICATION_STATUS_STORED)
        await sleep(self.moves_on_after_s)
        is_withdrawn = request.receipt_number in self.withdrawn
        yield a_status(pb.APPLICATION_STATUS_WITHDRAWN if is_withdrawn else pb.APPLICATION_STATUS_REGISTERED)

    async def Correct(self, request: Any, context: Any) -> Any:  # noqa: N802
        self.corrected[request.receipt_number] += 1
        return api.CorrectResponse()


def a_status(status: Any) -> api.WatchStatusResponse:
    return api.WatchStatusResponse(transition=api.VisibleTransition(transition=pb.Transition(status=status)))


@pytest.fixture
def portal() -> Portal:
    return Portal()


@pytest.fixture
async def server(portal: Portal) -> AsyncIterator[GrpcServer]:
    def add(to: grpc.aio.Server) -> None:
        add_PortalServiceServicer_to_server(portal, to)

    server = GrpcServer("127.0.0.1", 0, [add], ["shinsei.api.portal.v1.PortalService"])
    await server.start()
    yield server
    await server.stop()


def a_plan(target: str, per_s: float, length_s: float, **applicants: Any) -> Plan:
    """Applicants alone, evenly, at one office, with a procedure that usually has attachments."""
    shipped = load_preset("spike")
    section = ApplicantsSection.model_validate({"share": 1.0, "slots": 50, "think": "100 ms", **applicants})
    changed = {"applicants": section, "methods": shipped.file.methods[:1], "procedures": {1: 1.0}}
    changed["bulk"] = shipped.file.bulk.model_copy(update={"share": 0.0})
    changed["arrivals"] = shipped.file.arrivals.model_copy(update={"process": "uniform"})
    preset = Preset(shipped.path, shipped.text, shipped.file.model_copy(update=changed))
    targets = {"portal_sim": target, "app_mgmt": target}
    specs = run_specs(preset, scenario_of(preset), "load-1")
    return Plan.of(preset, specs, RateProfile.constant(per_s, length_s), targets=targets)


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
    return [books.totals[name] for name in (OFFERED, ACCEPTED, DROPPED, REFUSED, FAILED)]


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


async def test_the_ordinary_locust_command_says_what_came_of_it_and_fails_where_something_failed(
    portal: Portal, server: GrpcServer, tmp_path: Path
) -> None:
    portal.upload_ends = grpc.StatusCode.UNAVAILABLE
    plan = a_plan(server.own_target, 5, 2, p_attachment=1.0, attachment_kb=1.0)
    (tmp_path / PLAN).write_text(plan.model_dump_json())
    command = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--headless", "--only-summary"]
    locust = await asyncio.create_subprocess_exec(
        *command, "--plan", str(tmp_path / PLAN), stdout=PIPE, stderr=PIPE, cwd=tmp_path
    )
    _, told = await locust.communicate()
    assert locust.returncode == 1
    assert "offered 10, accepted 0, dropped 0, refused 0, failed 10" in told.decode()
    assert "the generator's lag at p99 was" in told.decode()
