"""What may be uploaded, how much of it, and until when."""

from collections.abc import AsyncIterator, Sequence
from hashlib import sha256
from typing import Any

import grpc
import pytest
from prometheus_client import REGISTRY

from shinsei.api.application.v1.application_pb2 import Attachment
from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.domain.run import Filing
from shinsei.domain.simtime import SimTime
from shinsei.season.filing import application
from shinsei.testing import a_run_spec

SPEC = a_run_spec()
CASE = f"{SPEC.municipality}-10-000001"
PDF = b"%PDF-1.7"


async def upload(portal: Any, chunks: Sequence[bytes], name: str = "form.pdf", case: str = CASE) -> Any:
    async def parts() -> AsyncIterator[api.UploadAttachmentRequest]:
        header = api.AttachmentHeader(submission_id=case, municipality=SPEC.municipality, name=name)
        yield api.UploadAttachmentRequest(header=header)
        for chunk in chunks:
            yield api.UploadAttachmentRequest(chunk=chunk)

    return await portal.applicants.UploadAttachment(parts())


def moved(direction: str) -> float:
    """Bytes of attachments that the portal has counted."""
    return REGISTRY.get_sample_value("shinsei_portal_sim_attachment_bytes_total", {"direction": direction}) or 0.0


async def refusal(call: Any) -> tuple[grpc.StatusCode, str]:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return caught.value.code(), str(caught.value.details())


@pytest.mark.parametrize(
    ("chunks", "name", "case", "words"),
    [
        ([PDF, b""], "form.pdf", CASE, "1 to 1048576"),
        ([b"x"] * 4, "form.pdf", CASE, "more than 3 of them"),
        ([PDF], "../form.pdf", CASE, "plain file name"),
        ([PDF], "fdp.exe\u202e.pdf", CASE, "plain file name"),
        ([PDF], "con.pdf", CASE, "plain file name"),
        ([PDF], "form.pdf", "131016-10-000001", "submission_id"),
        ([PDF], "form.pdf", f"{SPEC.municipality}-../up", "submission_id"),
    ],
)
async def test_what_is_no_upload_is_refused(
    portal: Any, monkeypatch: pytest.MonkeyPatch, chunks: list[bytes], name: str, case: str, words: str
) -> None:
    monkeypatch.setattr("portal_sim.handlers.attachments.MAX_CHUNKS", 3)
    await portal.start(SPEC)
    code, text = await refusal(upload(portal, chunks, name, case))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert words in text


async def test_one_submission_has_no_more_files_than_the_scenario_says(portal: Any) -> None:
    await portal.start(SPEC)
    most = SPEC.demand.attachments.max_files
    for n in range(most):
        await upload(portal, [PDF], f"form-{n}.pdf")
    code, text = await refusal(upload(portal, [PDF], "one-more.pdf"))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert f"at most {most} files" in text
    assert (await upload(portal, [PDF, PDF], "form-0.pdf")).size == 2 * len(PDF)


async def test_nobody_changes_the_files_of_what_has_been_filed(portal: Any) -> None:
    """Whoever knows a submission id could else put other files in the place of those that were signed."""
    await portal.start(SPEC)
    before = moved("uploaded"), moved("downloaded")
    await upload(portal, [PDF])
    filing = Filing(case_id="10-000001", procedure=10, at=SimTime(SPEC.start + 1), online=True, signed=True)
    filed = application(SPEC, filing)
    filed.attachments.append(
        Attachment(name="form.pdf", media_type="application/pdf", size=len(PDF), sha256=sha256(PDF).hexdigest())
    )
    receipt = (await portal.applicants.Submit(api.SubmitRequest(application=filed))).receipt_number
    for name in ("form.pdf", "another.pdf"):
        code, text = await refusal(upload(portal, [b"%PDF-forged"], name))
        assert code is grpc.StatusCode.FAILED_PRECONDITION
        assert "has been filed" in text
    request = api.DownloadAttachmentRequest(municipality=SPEC.municipality, receipt_number=receipt, name="form.pdf")
    got = [part.chunk async for part in portal.pull.DownloadAttachment(request, metadata=portal.token)]
    assert b"".join(got) == PDF
    assert (moved("uploaded"), moved("downloaded")) == (before[0] + len(PDF), before[1] + len(PDF))
