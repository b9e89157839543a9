"""The pull interface: tokens, gets, attachments with bytes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import sha256
from typing import Any

import grpc
import pytest
from tests.integration.portal_sim.conftest import SECRET

from shinsei.api.application.v1.application_pb2 import Attachment
from shinsei.api.control.v1 import control_pb2 as control
from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.domain.run import Filing
from shinsei.domain.simtime import SimTime
from shinsei.runtime.clock import RealClock
from shinsei.season.filing import application
from shinsei.testing import a_run_spec, eventually
from shinsei.testing.flags import fault_flags

SPEC = a_run_spec()
ONLINE: dict[str, Any] = {"online": True, "signed": True}
CASE = f"{SPEC.municipality}-10-000001"


async def refusal(call: Any) -> grpc.StatusCode:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    code: grpc.StatusCode = caught.value.code()
    return code


async def code_of(call: Any) -> grpc.StatusCode:
    try:
        await call
    except grpc.aio.AioRpcError as error:
        code: grpc.StatusCode = error.code()
        return code
    return grpc.StatusCode.OK


def made(case: str = "10-000001") -> Any:
    filing = Filing(case_id=case, procedure=10, at=SimTime(SPEC.start + 1), online=True, signed=True)
    return application(SPEC, filing)


async def logged_in(portal: Any, **login: Any) -> tuple[tuple[str, str], ...]:
    """What a client says with each call."""
    answer = await portal.pull.Login(api.LoginRequest(client_secret=SECRET, **login))
    return (("authorization", f"Bearer {answer.token}"),)


async def upload(portal: Any, content: bytes, name: str = "form.pdf", media_type: str = "application/pdf") -> Any:
    async def parts() -> AsyncIterator[api.UploadAttachmentRequest]:
        header = api.AttachmentHeader(
            submission_id=CASE, municipality=SPEC.municipality, name=name, media_type=media_type
        )
        yield api.UploadAttachmentRequest(header=header)
        for start in range(0, len(content), 1 << 20):
            yield api.UploadAttachmentRequest(chunk=content[start : start + (1 << 20)])

    return await portal.applicants.UploadAttachment(parts())


async def test_a_call_without_a_valid_token_is_unauthenticated(run_portal: Any) -> None:
    portal = await run_portal(token_ttl_s=1)
    await portal.start(SPEC)
    request = portal.of(SPEC, api.ListReceiptsRequest)
    assert await refusal(portal.pull.ListReceipts(request)) is grpc.StatusCode.UNAUTHENTICATED
    login = api.LoginRequest(client_id="linkage_server", client_secret="guessed")
    assert await refusal(portal.pull.Login(login)) is grpc.StatusCode.UNAUTHENTICATED
    began = RealClock().now_ms()
    await eventually(lambda: RealClock().now_ms() > began + 1_001)
    assert await refusal(portal.list(SPEC)) is grpc.StatusCode.UNAUTHENTICATED


async def test_tokens_expire_for_as_long_as_they_are_made_to(portal: Any) -> None:
    """The flag ``token-storm``: a token that it has struck is no good afterwards either, and a new one is."""
    await portal.start(SPEC)
    request = portal.of(SPEC, api.ListReceiptsRequest)
    with fault_flags("portal_sim") as board:
        board.set_flag("token-storm", 90)
        [storm] = board.standing()
        tokens = [await logged_in(portal, client_id="linkage_server") for _ in range(20)]
        codes = [await code_of(portal.pull.ListReceipts(request, metadata=token)) for token in tokens]
        assert codes.count(grpc.StatusCode.UNAUTHENTICATED) == storm.struck > 10
        board.clear()
    assert [await code_of(portal.pull.ListReceipts(request, metadata=token)) for token in tokens] == codes
    token = await logged_in(portal, client_id="linkage_server")
    assert await code_of(portal.pull.ListReceipts(request, metadata=token)) is grpc.StatusCode.OK


async def test_a_client_speaks_for_its_own_municipalities_only(portal: Any) -> None:
    await portal.start(SPEC)
    login = api.LoginRequest(client_id="elsewhere", client_secret="a test's secret")
    token = (("authorization", f"Bearer {(await portal.pull.Login(login)).token}"),)
    request = portal.of(SPEC, api.ListReceiptsRequest)
    assert await refusal(portal.pull.ListReceipts(request, metadata=token)) is grpc.StatusCode.PERMISSION_DENIED
    assert not (await portal.pull.ListRuns(api.ListRunsRequest(), metadata=token)).runs


async def test_a_municipality_never_sees_anothers_receipt_numbers(portal: Any) -> None:
    """Not in a listing, nor by a number that it has come to know; they are of one run, to make it hard."""
    neighbour = replace(SPEC, municipality="131016")
    receipts = {}
    for spec in (SPEC, neighbour):
        await portal.start(spec)
        filing = Filing(case_id="10-000001", procedure=10, at=SimTime(SPEC.start + 1), **ONLINE)
        answer = await portal.applicants.Submit(api.SubmitRequest(application=application(spec, filing)))
        receipts[spec.municipality] = answer.receipt_number
        await portal.raise_to(spec, SPEC.start + 1000)
    theirs, own = receipts[SPEC.municipality], receipts[neighbour.municipality]
    token = await logged_in(portal, client_id="elsewhere")
    listed = await portal.pull.ListReceipts(portal.of(neighbour, api.ListReceiptsRequest), metadata=token)
    assert [entry.receipt_number for entry in listed.entries] == [own]
    runs = (await portal.pull.ListRuns(api.ListRunsRequest(), metadata=token)).runs
    assert [run.municipality for run in runs] == [neighbour.municipality]
    for request, call in (
        (portal.of(neighbour, api.GetApplicationRequest, receipt_number=theirs), portal.pull.GetApplication),
        (portal.of(neighbour, api.GetApplicationsRequest, receipt_numbers=[own, theirs]), portal.pull.GetApplications),
    ):
        assert await refusal(call(request, metadata=token)) is grpc.StatusCode.NOT_FOUND
    download = api.DownloadAttachmentRequest(municipality="131016", receipt_number=theirs, name="form.pdf")
    assert await refusal(portal.pull.DownloadAttachment(download, metadata=token).read()) is grpc.StatusCode.NOT_FOUND
    keys = [api.EntryKey(receipt_number=theirs)]
    with contextlib.suppress(grpc.aio.AioRpcError):
        await portal.pull.Acknowledge(portal.of(neighbour, api.AcknowledgeRequest, entries=keys), metadata=token)
    assert [entry.receipt_number for entry in (await portal.list(SPEC)).entries] == [theirs], "still there for its own"


ABOUT_A_MUNICIPALITY = {
    "ListReceipts": api.ListReceiptsRequest,
    "GetApplication": api.GetApplicationRequest,
    "GetApplications": api.GetApplicationsRequest,
    "DownloadAttachment": api.DownloadAttachmentRequest,
    "Acknowledge": api.AcknowledgeRequest,
    "PushStatus": api.PushStatusRequest,
}


def test_every_call_about_a_municipality_is_tried() -> None:
    methods = api.DESCRIPTOR.services_by_name["PullService"].methods
    assert set(ABOUT_A_MUNICIPALITY) == {method.name for method in methods} - {"Login", "ListRuns"}


@pytest.mark.parametrize("name", ABOUT_A_MUNICIPALITY)
async def test_a_token_for_one_municipality_opens_no_other(portal: Any, name: str) -> None:
    await portal.start(SPEC)
    token = await logged_in(portal, client_id="linkage_server", municipality="131016")
    call = getattr(portal.pull, name)(ABOUT_A_MUNICIPALITY[name](municipality=SPEC.municipality), metadata=token)
    answer = call.read() if name == "DownloadAttachment" else call
    assert await refusal(answer) is grpc.StatusCode.PERMISSION_DENIED


async def test_a_token_is_good_for_the_scopes_that_were_asked_for(portal: Any) -> None:
    await portal.start(SPEC)
    token = await logged_in(portal, client_id="linkage_server", scopes=[api.PULL_SCOPE_APPLICATIONS])
    await portal.pull.ListReceipts(portal.of(SPEC, api.ListReceiptsRequest), metadata=token)
    push = portal.of(SPEC, api.PushStatusRequest, watermark_ms=SPEC.start)
    assert await refusal(portal.pull.PushStatus(push, metadata=token)) is grpc.StatusCode.PERMISSION_DENIED
    login = api.LoginRequest(client_id="linkage_server", client_secret=SECRET, scopes=[api.PULL_SCOPE_UNSPECIFIED])
    assert await refusal(portal.pull.Login(login)) is grpc.StatusCode.INVALID_ARGUMENT


async def test_a_client_that_calls_too_often_is_refused_for_a_moment(run_portal: Any) -> None:
    portal = await run_portal(calls_per_s=5)
    await portal.start(SPEC)
    request = portal.of(SPEC, api.ListReceiptsRequest)
    calls = [portal.pull.ListReceipts(request, metadata=portal.token) for _ in range(12)]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    refused = [one for one in answers if isinstance(one, grpc.aio.AioRpcError)]
    assert {one.code() for one in refused} == {grpc.StatusCode.RESOURCE_EXHAUSTED}
    assert all(int(dict(one.trailing_metadata())["retry-after-ms"]) <= 1_000 for one in refused)
    other = await logged_in(portal, client_id="elsewhere")
    await portal.pull.ListRuns(api.ListRunsRequest(), metadata=other)


async def test_applications_are_got_as_they_were_filed_with_what_the_portal_adds(portal: Any) -> None:
    await portal.start(SPEC)
    filed = [made(f"10-{n:06d}") for n in range(3)]
    receipts = []
    for item in filed:
        answer = await portal.applicants.Submit(api.SubmitRequest(application=item))
        receipts.append(answer.receipt_number)
        item.receipt_number = answer.receipt_number
    request = portal.of(SPEC, api.GetApplicationsRequest, receipt_numbers=receipts[::-1])
    got = await portal.pull.GetApplications(request, metadata=portal.token)
    assert list(got.applications) == filed[::-1]
    single = portal.of(SPEC, api.GetApplicationRequest, receipt_number=receipts[1])
    assert (await portal.pull.GetApplication(single, metadata=portal.token)).application == filed[1]
    unknown = portal.of(SPEC, api.GetApplicationRequest, receipt_number="0" * 16)
    assert await refusal(portal.pull.GetApplication(unknown, metadata=portal.token)) is grpc.StatusCode.NOT_FOUND


async def test_attachment_bytes_come_out_as_they_went_in(portal: Any) -> None:
    await portal.start(SPEC)
    content = b"%PDF-1.7 " + bytes(range(256)) * 9_000
    uploaded = await upload(portal, content)
    assert (uploaded.size, uploaded.sha256) == (len(content), sha256(content).hexdigest())
    item = made()
    item.attachments.append(
        Attachment(name="form.pdf", media_type="application/pdf", size=uploaded.size, sha256=uploaded.sha256)
    )
    receipt = (await portal.applicants.Submit(api.SubmitRequest(application=item))).receipt_number
    request = api.DownloadAttachmentRequest(municipality=SPEC.municipality, receipt_number=receipt, name="form.pdf")
    chunks = [part.chunk async for part in portal.pull.DownloadAttachment(request, metadata=portal.token)]
    assert b"".join(chunks) == content
    assert max(map(len, chunks)) <= 1 << 20
    await portal.raise_to(SPEC, SPEC.start + 1000)
    entry = (await portal.list(SPEC)).entries[0]
    assert (entry.files, entry.size) == (1, len(content))


async def test_an_attachment_that_was_not_uploaded_with_this_digest_is_refused(portal: Any) -> None:
    await portal.start(SPEC)
    item = made()
    item.attachments.append(Attachment(name="form.pdf", media_type="application/pdf", size=5, sha256="ab" * 32))
    submitting = portal.applicants.Submit(api.SubmitRequest(application=item))
    assert await refusal(submitting) is grpc.StatusCode.INVALID_ARGUMENT
    assert (await portal.progress(SPEC)).accepted == 0


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (b"x", "photo.heic", "image/heic"),
        (b"", "form.pdf", "application/pdf"),
        (b"x" * 10_000_001, "form.pdf", "application/pdf"),
        (b"x", "program.exe", ""),
    ],
    ids=["heic", "empty", "too large", "unknown type"],
)
async def test_an_upload_that_the_portal_does_not_take_leaves_nothing(
    portal: Any, content: bytes, name: str, media_type: str
) -> None:
    await portal.start(SPEC)
    assert await refusal(upload(portal, content, name, media_type)) is grpc.StatusCode.INVALID_ARGUMENT


async def test_the_ledger_counts_and_names_what_was_accepted(portal: Any) -> None:
    await portal.start(SPEC)
    for n in range(5):
        await portal.applicants.Submit(api.SubmitRequest(application=made(f"10-{n:06d}")))
    await portal.raise_to(SPEC, SPEC.start + 1000)
    stage = await portal.ledger.GetStage(portal.of(SPEC, control.GetStageRequest))
    assert (stage.known, stage.watermark_ms) == (5, SPEC.start + 1000)
    assert stage.fingerprint
    request = portal.of(SPEC, control.ListStageIdsRequest)
    ids = [one async for chunk in portal.ledger.ListStageIds(request) for one in chunk.submission_ids]
    assert len(ids) == 5


async def test_a_listing_comes_in_pages_that_fit_together(portal: Any) -> None:
    """What is filed meanwhile is of the next listing, and what is acknowledged meanwhile skips nothing."""
    await portal.start(SPEC)
    cases = [f"10-{n:06d}" for n in range(1, 8)]
    for case in cases:
        await portal.applicants.Submit(api.SubmitRequest(application=made(case)))
    await portal.raise_to(SPEC, SPEC.start + 1000)
    whole = [entry.receipt_number for entry in (await portal.list(SPEC)).entries]
    request = portal.of(SPEC, api.ListReceiptsRequest, page_size=3)
    pages = []
    for _ in range(3):
        page = await portal.pull.ListReceipts(request, metadata=portal.token)
        pages.append([entry.receipt_number for entry in page.entries])
        assert page.watermark_ms == SPEC.start + 1000
        keys = [api.EntryKey(receipt_number=number) for number in pages[-1]]
        await portal.pull.Acknowledge(portal.of(SPEC, api.AcknowledgeRequest, entries=keys), metadata=portal.token)
        later = application(
            SPEC, Filing(case_id=f"10-9{len(pages):05d}", procedure=10, at=SimTime(SPEC.start + 2000), **ONLINE)
        )
        await portal.applicants.Submit(api.SubmitRequest(application=later))
        await portal.raise_to(SPEC, SPEC.start + 1000 + 2000 * len(pages))
        request.page_token = page.next_page_token
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [number for page in pages for number in page] == whole
    assert not request.page_token
    assert len((await portal.list(SPEC)).entries) == 3


@pytest.mark.parametrize(
    "token", ["?", "1.0.2.3", "9999999999999.0.1.0.x", "2.0.1.99999999999.x", "5.0.1.0.\0"], ids=repr
)
async def test_a_page_of_no_listing_is_refused(portal: Any, token: str) -> None:
    await portal.start(SPEC)
    request = portal.of(SPEC, api.ListReceiptsRequest, page_token=token)
    assert await refusal(portal.pull.ListReceipts(request, metadata=portal.token)) is grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.parametrize("size", [-1, 10_001])
async def test_a_page_has_a_limit(portal: Any, size: int) -> None:
    await portal.start(SPEC)
    request = portal.of(SPEC, api.ListReceiptsRequest, page_size=size)
    assert await refusal(portal.pull.ListReceipts(request, metadata=portal.token)) is grpc.StatusCode.INVALID_ARGUMENT
