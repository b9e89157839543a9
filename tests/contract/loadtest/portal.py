"""A portal of the test's own, which fails, stands still or asks for corrections, and the plan of a load on it."""

import time
from collections import Counter
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import grpc

from shinsei.api.application.v1 import application_pb2 as pb
from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.api.portal.v1.portal_pb2_grpc import PortalServiceServicer
from shinsei.loadtest.arrivals import RateProfile
from shinsei.loadtest.plan import Plan
from shinsei.loadtest.preset import ApplicantsSection, Preset, load_preset
from shinsei.loadtest.target import run_specs, scenario_of
from shinsei.runtime.clock import sleep


class Portal(PortalServiceServicer):
    """Accepts what comes, at its own pace."""

    def __init__(self) -> None:
        self.takes_s = 0.0
        self._still_s = (0.0, 0.0)
        self._began_s: float | None = None
        self.upload_takes_s = 0.0
        self.upload_ends = grpc.StatusCode.OK
        self.uploads = 0
        self.uploaded: dict[str, pb.Attachment] = {}
        """What came of each application's attachment."""
        self.submitted = 0
        self.filed: list[pb.Application] = []
        """What was submitted one by one."""
        self.batches = 0
        self.accepted: list[int] = []
        """Procedures of what was accepted of batches."""
        self.has_no_room_for_batch = 0
        """Which batch is refused as a whole; 0: none."""
        self.refuses_of_each_batch = 0
        self.asked = Counter[str]()
        self.corrected = Counter[str]()
        self.asks_for_correction_at: dict[str, int] = {}
        """At which look of its applicant, by receipt number."""
        self.registered: set[str] = set()
        self.withdrawn: set[str] = set()
        self.moves_on_after_s = 0.0
        """What becomes of a case, its watcher hears so long after it was stored."""

    async def UploadAttachment(self, request_iterator: Any, context: Any) -> Any:  # noqa: N802
        self.uploads += 1
        header: Any = None
        content = b""
        async for part in request_iterator:
            header = part.header if part.HasField("header") else header
            content += part.chunk
        await sleep(self.upload_takes_s)
        if self.upload_ends is not grpc.StatusCode.OK:
            await context.abort(self.upload_ends, "no")
        self.uploaded[header.submission_id] = pb.Attachment(
            name=header.name, media_type=header.media_type, size=len(content), sha256=sha256(content).hexdigest()
        )
        return api.UploadAttachmentResponse()

    async def Submit(self, request: Any, context: Any) -> Any:  # noqa: N802
        await sleep(self.takes_s)
        await self._stand_still()
        self.submitted += 1
        self.filed.append(pb.Application.FromString(request.signed.application))
        return api.SubmitResponse(receipt_number=f"r-{self.submitted}")

    async def SubmitBatch(self, request: Any, context: Any) -> Any:  # noqa: N802
        self.batches += 1
        if self.batches == self.has_no_room_for_batch:
            await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "busy")
        errors = ["no" if n < self.refuses_of_each_batch else "" for n in range(len(request.signed))]
        filed = (pb.Application.FromString(one.application) for one in request.signed)
        self.accepted += [one.procedure for one, error in zip(filed, errors, strict=True) if not error]
        return api.SubmitBatchResponse(outcomes=[api.SubmitOutcome(error=error) for error in errors])

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

    async def Withdraw(self, request: Any, context: Any) -> Any:  # noqa: N802
        if request.receipt_number in self.registered:
            await context.abort(grpc.StatusCode.FAILED_PRECONDITION, "too late")
        self.withdrawn.add(request.receipt_number)
        return api.WithdrawResponse()

    async def Correct(self, request: Any, context: Any) -> Any:  # noqa: N802
        self.corrected[request.receipt_number] += 1
        return api.CorrectResponse()


def a_status(status: Any) -> api.WatchStatusResponse:
    return api.WatchStatusResponse(transition=api.VisibleTransition(transition=pb.Transition(status=status)))


def a_plan(target: str, per_s: float, length_s: float, **applicants: Any) -> Plan:
    """Applicants alone, evenly, at one office, with a procedure that usually has attachments."""
    shipped = load_preset("spike")
    section = ApplicantsSection.model_validate({"share": 1.0, "slots": 50, "think": "100 ms", **applicants})
    changed = {"applicants": section, "methods": shipped.file.methods[:1], "procedures": {1: 1.0}}
    changed["warm_up"] = 0
    changed["bulk"] = shipped.file.bulk.model_copy(update={"share": 0.0})
    changed["arrivals"] = shipped.file.arrivals.model_copy(update={"process": "uniform"})
    preset = Preset(shipped.path, shipped.text, shipped.file.model_copy(update=changed))
    targets = {"portal_sim": target, "app_mgmt": target}
    specs = run_specs(preset, scenario_of(preset), "load-1")
    return Plan.of(preset, specs, RateProfile.constant(per_s, length_s), targets=targets)
