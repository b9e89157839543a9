"""Between portal and office: every case once, at the time that the plan says, whatever happens to the process."""

import asyncio
import json
import signal
import uuid
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import pytest

from shinsei.api.application.v1.application_pb2 import Attachment
from shinsei.api.control.v1 import control_pb2 as control
from shinsei.api.events.v1 import events_pb2 as events
from shinsei.api.portal.v1 import portal_pb2 as portal_api
from shinsei.contracts.codec import decode_change
from shinsei.domain.demand import filings
from shinsei.domain.lifecycle import Action
from shinsei.domain.plan import VirtualRun
from shinsei.domain.run import Change, RunSpec
from shinsei.domain.simtime import DAY_MS, HOUR_MS, SimTime
from shinsei.season.filing import application
from shinsei.testing import a_run_spec, eventually


def a_run(**changes: Any) -> RunSpec:
    run_id = f"run-{uuid.uuid4().hex[:8]}"
    return a_run_spec(run_id=run_id, **{"demand.population": 20_000, "line.bandwidth_mbps": 0.5, **changes})


def planned(spec: RunSpec, end: int, changes: tuple[Change, ...] = ()) -> dict[str, int]:
    """When each case is fetched, by the plan in virtual time."""
    run = VirtualRun(spec, changes)
    run.advance(SimTime(end))
    return {line.submission_id: line.at for line in run.lines(SimTime(end)) if line.action is Action.FETCH}


def before(fetched: dict[str, int], end: int) -> dict[str, int]:
    return {case: at for case, at in fetched.items() if at < end}


async def arrived(office: Any, end: int) -> None:
    await eventually(lambda: office.seen.watermark >= end, within_s=60, what=f"watermark {end}")


@pytest.mark.parametrize(
    "settings",
    [{"FETCH_MODE": "single"}, {"FETCH_MODE": "batch"}, {"LIST_PAGE": "3"}],
    ids=["single", "batch", "paged"],
)
async def test_every_case_is_fetched_once_at_the_time_of_the_plan(open_site: Any, settings: dict[str, str]) -> None:
    spec = a_run(**{"line.outages": ((a_run_spec().start + DAY_MS, a_run_spec().start + DAY_MS + 2 * HOUR_MS),)})
    end = spec.start + 4 * DAY_MS
    site = await open_site(**settings)
    driver, office = await site.open(spec)
    await asyncio.wait_for(driver.drive(end), 60)
    await arrived(office, end)
    expected = planned(spec, end)
    assert len(expected) > 50
    assert before(office.seen.fetched, end) == expected
    assert isinstance(office.seen.messages[0], events.RunStarted)
    assert office.seen.messages[1].at_ms == spec.start
    stage = await site.ledger(spec)
    accepted = [item for item in filings(spec) if item.online and item.at < stage.watermark_ms]
    assert (stage.known, stage.stage) == (len(accepted), "linkage_server")
    progress = await driver.progress()
    # The statuses of the poll of ``end`` are known up to the poll after it.
    assert (progress.returned_ms, progress.late) == (end + spec.poll.interval_ms, 0)


async def test_a_server_that_is_killed_again_and_again_changes_nothing(open_site: Any) -> None:
    spec = a_run()
    end = spec.start + 4 * DAY_MS
    site = await open_site()
    driver, office = await site.open(spec)
    driving = asyncio.create_task(driver.drive(end))
    for share in (0.2, 0.5, 0.8):
        await arrived(office, int(spec.start + share * (end - spec.start)))
        await site.linkage.end(signal.SIGKILL)
        await site.linkage.start()
    await asyncio.wait_for(driving, 100)
    await arrived(office, end)
    assert before(office.seen.fetched, end) == planned(spec, end)


async def test_a_line_outage_by_a_change_holds_cases_and_statuses_back(open_site: Any) -> None:
    spec = a_run()
    end = spec.start + 3 * DAY_MS
    site = await open_site()
    driver, office = await site.open(spec)
    outage = json.dumps({"kind": "line", "value": 20 * 60}).encode()
    not_before = spec.start + DAY_MS
    made = await driver.runs.MakeChange(driver.of(control.MakeChangeRequest, change=outage, not_before_ms=not_before))
    assert made.at_ms == not_before
    await asyncio.wait_for(driver.drive(end), 60)
    await arrived(office, end)
    kept = await driver.runs.ListChanges(driver.of(control.ListChangesRequest))
    changes = tuple(decode_change(raw) for raw in kept.changes)
    assert before(office.seen.fetched, end) == planned(spec, end, changes)
    assert not [at for at in office.seen.fetched.values() if made.at_ms + HOUR_MS < at < made.at_ms + 20 * HOUR_MS]
    sent = [message for message in office.seen.messages if isinstance(message, events.ChangeMade)]
    assert [(message.at_ms, message.n) for message in sent] == [(made.at_ms, 0)]


async def test_statuses_come_back_to_the_portal_once_each(open_site: Any) -> None:
    spec = a_run()
    end = spec.start + 2 * DAY_MS
    site = await open_site(FETCH_MODE="batch")
    driver, office = await site.open(spec)
    await asyncio.wait_for(driver.drive(end), 60)
    request = driver.of(control.ReadTraceRequest)
    cases = {case.submission_id: case async for chunk in driver.runs.ReadTrace(request) for case in chunk.cases}
    for case, at in before(office.seen.fetched, end - HOUR_MS).items():
        assert [row.at_ms for row in cases[case].transitions][1:] == [at] * 3


async def test_a_closed_run_ends_the_log_when_everything_has_come_back(open_site: Any) -> None:
    spec = a_run()
    end = spec.start + DAY_MS
    site = await open_site()
    driver, office = await site.open(spec)
    await asyncio.wait_for(driver.drive(end), 60)
    office.answers = False
    await driver.file_up_to(end + 2 * HOUR_MS, end)
    await driver.runs.CloseRun(driver.of(control.CloseRunRequest))
    await arrived(office, end + 2 * HOUR_MS)
    assert not office.seen.closed
    office.answers = True
    await office._answer(office.seen.watermark)
    await eventually(lambda: office.seen.closed, within_s=30)
    assert isinstance(office.seen.messages[-1], events.RunClosed)
    # The municipality is free for another run.
    again = a_run()
    other, other_office = await site.open(again)
    await asyncio.wait_for(other.drive(again.start + DAY_MS), 60)
    await arrived(other_office, again.start + DAY_MS)


async def test_attachment_bytes_reach_the_payload_store_before_the_message_that_names_them(open_site: Any) -> None:
    spec = a_run()
    site = await open_site()
    driver, office = await site.open(spec)
    item = next(filing for filing in filings(spec) if filing.online)
    good, bad = b"%PDF-1.7 " + bytes(3_000_000), b"MZ is no picture"
    case = application(spec, item)
    del case.attachments[:]
    for name, media_type, content in (("a.pdf", "application/pdf", good), ("b.png", "image/png", bad)):

        async def parts(
            name: str = name, media_type: str = media_type, content: bytes = content
        ) -> AsyncIterator[portal_api.UploadAttachmentRequest]:
            header = portal_api.AttachmentHeader(
                submission_id=case.submission_id, municipality=spec.municipality, name=name, media_type=media_type
            )
            yield portal_api.UploadAttachmentRequest(header=header)
            for start in range(0, len(content), 1 << 20):
                yield portal_api.UploadAttachmentRequest(chunk=content[start : start + (1 << 20)])

        uploaded = await driver.applicants.UploadAttachment(parts())
        case.attachments.append(
            Attachment(name=name, media_type=media_type, size=uploaded.size, sha256=uploaded.sha256)
        )
    answer = await driver.applicants.Submit(portal_api.SubmitRequest(application=case))
    await driver.runs.CommitFrontier(driver.of(control.CommitFrontierRequest, frontier_ms=item.at + HOUR_MS))
    await driver.runs.RaiseWatermark(driver.of(control.RaiseWatermarkRequest, watermark_ms=item.at + HOUR_MS))
    await eventually(lambda: office.seen.fetched, within_s=30)
    message = next(message for message in office.seen.messages if isinstance(message, events.ApplicationFetched))
    name = f"{spec.municipality}/{answer.receipt_number}/0"
    assert list(message.payloads) == [name]
    stored = (site.folder / "payloads" / name).read_bytes()
    assert sha256(stored).digest() == sha256(good).digest()
    held_back = site.folder / "payloads" / "quarantine" / spec.municipality / answer.receipt_number / "1"
    assert held_back.read_bytes() == bad
    lines = (site.folder / "linkage.log").read_text(encoding="utf-8").splitlines()
    (told,) = (json.loads(line) for line in lines if "attachment_quarantined" in line)
    named = (told["run_id"], told["submission_id"], told["receipt_number"])
    assert named == (spec.run_id, case.submission_id, answer.receipt_number)


async def test_a_status_that_cannot_be_decoded_stops_its_partition(open_site: Any) -> None:
    spec = a_run(partition=5)
    site = await open_site()
    driver, office = await site.open(spec)
    await asyncio.wait_for(driver.drive(spec.start + DAY_MS), 60)
    office.answers = False
    await office.send_raw(b"\xff\xff\xff")
    log = site.folder / "linkage.log"
    await eventually(lambda: "partition_stopped" in log.read_text(), within_s=30)
    before_s = (await driver.progress()).returned_ms
    await office._answer(spec.start + 2 * DAY_MS)
    assert (await driver.progress(after=before_s, wait_ms=500)).returned_ms == before_s
