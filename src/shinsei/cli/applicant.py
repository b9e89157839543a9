"""An applicant at the keyboard: the portal as ``shinsei submit`` and ``shinsei track`` call it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from grpc.aio import AioRpcError

from shinsei.api.application.v1 import application_pb2 as application_pb
from shinsei.api.control.v1 import control_pb2 as control_pb
from shinsei.api.control.v1.control_pb2_grpc import RunServiceStub
from shinsei.api.portal.v1 import portal_pb2 as pb
from shinsei.api.portal.v1.portal_pb2_grpc import PortalServiceStub
from shinsei.contracts.codec import decode_run, encode_run
from shinsei.domain.applicants import Check, found_by
from shinsei.domain.application_check import ACCEPTED_MEDIA_TYPES
from shinsei.domain.application_form import fill
from shinsei.domain.catalogue import Procedure, Signature
from shinsei.domain.certificates import standing_certificate
from shinsei.domain.draws import draw
from shinsei.domain.errors import ConflictError, InvalidInputError
from shinsei.domain.identification import person, serial_number, standing_subjects
from shinsei.domain.municipality import validate_code
from shinsei.domain.run import Pacing, RunSpec, submission_id
from shinsei.domain.simtime import SimTime
from shinsei.runtime.citizens import Cards, sealed
from shinsei.runtime.clock import Clock, RealClock
from shinsei.runtime.rpc import channel, retrying, to_domain
from shinsei.scenario import load

STANDING_SCENARIO = "standing"
BATCH = 500
CHUNK = 1 << 20
GIVE_UP_AFTER_S = 30.0

_PARTITIONS = 8
_ATTEMPTS = 200_000
"""Case ids looked at for one with a defect."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be submitted."""

    procedure: Procedure
    name: str
    """Of the applicant; empty: that of the signer."""
    signed: bool
    files: tuple[Path, ...]
    defective: bool = False
    """With a defect that a clerk finds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRun:
    """A run that takes submissions."""

    spec: RunSpec
    now: SimTime


class Applicant:
    """Calls to the portal; use it as an asynchronous context manager."""

    def __init__(self, target: str, clock: Clock | None = None, cards: Cards | None = None) -> None:
        """Takes the portal's ``host:port``, and the cards with which applications are signed."""
        self._cards = cards
        self._channels = channel(target, "portal_sim", role="applicant"), channel(target, "portal_sim")
        self._portal = PortalServiceStub(self._channels[0])
        self._runs = RunServiceStub(self._channels[1])
        self._clock = clock or RealClock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for opened in self._channels:
            await opened.close()

    async def run_of(self, municipality: str) -> OpenRun:
        """The open run of a municipality (empty: of whichever has a standing one); opens one if there is none.

        Raises:
            InvalidInputError: wrong municipality code.
            ConflictError: a season or a load test is running there.
        """
        if municipality:
            validate_code(municipality)
        spec = load(STANDING_SCENARIO).run_spec(f"standing-{self._clock.now_ms()}")
        wanted = municipality or spec.municipality
        runs = (await _call(lambda: self._runs.ListRuns(control_pb.ListRunsRequest()))).runs
        standing = {run.municipality: run for run in runs if decode_run(run.spec).pacing is Pacing.CLOCK}
        if not municipality:
            # Into a load test, which is paced by the clock too, nobody files unasked: its books would not balance.
            ours = {code: run for code, run in standing.items() if decode_run(run.spec).scenario == spec.scenario}
            standing, wanted = ours, wanted if wanted in ours else next(iter(ours), wanted)
        if wanted in standing:
            run = standing[wanted]
            return OpenRun(spec=decode_run(run.spec), now=SimTime(run.watermark_ms))
        if any(run.municipality == wanted for run in runs):
            raise ConflictError(
                f"a season or a load test is running in {wanted}; submit to another --municipality, or when it is over"
            )
        spec = replace(spec, municipality=wanted, partition=int(wanted[:5]) % _PARTITIONS)
        await self._open(spec)
        return OpenRun(spec=spec, now=spec.start)

    async def submit(self, run: OpenRun, applications: Sequence[application_pb.Application]) -> list[pb.SubmitOutcome]:
        """What became of each application, signed by whom it names; a single one that is refused raises.

        Raises:
            ShinseiError: the portal refuses the application, or is not there.
        """
        spec = run.spec
        signers = {serial_number(spec.seed, one): one for one in standing_subjects(spec)}
        certificates = {serial: standing_certificate(spec, one, run.now) for serial, one in signers.items()}
        signed = [sealed(self._cards, certificates.get(one.serial_number), one) for one in applications]
        if len(signed) == 1:
            request = pb.SubmitRequest(signed=signed[0])
            answer = await _call(lambda: self._portal.Submit(request))
            return [
                pb.SubmitOutcome(
                    receipt_number=answer.receipt_number,
                    submitted_at_ms=answer.submitted_at_ms,
                    duplicate=answer.duplicate,
                )
            ]
        outcomes: list[pb.SubmitOutcome] = []
        for start in range(0, len(signed), BATCH):
            batch = pb.SubmitBatchRequest(signed=signed[start : start + BATCH])
            outcomes += (await _call(partial(self._portal.SubmitBatch, batch))).outcomes
        return outcomes

    async def upload(self, application: application_pb.Application, files: Sequence[Path]) -> None:
        """Sends the bytes of attachments and declares them in the application.

        Raises:
            InvalidInputError: a file cannot be read, or the portal does not take it.
        """
        for file in files:
            content = _read(file)
            media_type = next(iter(sorted(ACCEPTED_MEDIA_TYPES.get(file.suffix[1:].lower(), ()))), "")
            header = pb.AttachmentHeader(
                submission_id=application.submission_id,
                municipality=application.municipality,
                name=file.name,
                media_type=media_type,
            )
            answer = await _call(partial(self._upload, header, content))
            if answer.sha256 != sha256(content).hexdigest():
                raise ConflictError(f"{file.name} has not arrived as it was sent; try again")
            application.attachments.append(
                application_pb.Attachment(name=file.name, media_type=media_type, size=answer.size, sha256=answer.sha256)
            )

    async def _upload(self, header: pb.AttachmentHeader, content: bytes) -> pb.UploadAttachmentResponse:
        answer: pb.UploadAttachmentResponse = await self._portal.UploadAttachment(_parts(header, content))
        return answer

    async def status(self, receipt_number: str) -> pb.GetStatusResponse:
        """The history of an application as its applicant sees it."""
        request = pb.GetStatusRequest(receipt_number=receipt_number)
        return await _call(lambda: self._portal.GetStatus(request))

    async def correct(self, receipt_number: str, n: int | None) -> pb.CorrectResponse:
        """Files the reply to the n-th correction request, from 0, or to the one that is open."""
        request = pb.CorrectRequest(receipt_number=receipt_number, n=n)
        return await _call(lambda: self._portal.Correct(request))

    async def withdraw(self, receipt_number: str) -> pb.WithdrawResponse:
        """Files a withdrawal."""
        request = pb.WithdrawRequest(receipt_number=receipt_number)
        return await _call(lambda: self._portal.Withdraw(request))

    async def watch(self, receipt_number: str) -> AsyncIterator[pb.VisibleTransition]:
        """The history so far, then each further transition as it becomes visible."""
        try:
            async for answer in self._portal.WatchStatus(pb.WatchStatusRequest(receipt_number=receipt_number)):
                yield answer.transition
        except AioRpcError as error:
            raise to_domain(error) from error

    async def _open(self, spec: RunSpec) -> None:
        request = control_pb.StartRunRequest(
            run_id=spec.run_id,
            municipality=spec.municipality,
            spec=encode_run(spec),
            speed=load(STANDING_SCENARIO).clock_speed,
        )
        await _call(lambda: self._runs.StartRun(request))


def application(run: OpenRun, wish: Wish, submission: str, case: str) -> application_pb.Application:
    """An application signed by one of the standing residents; the same case is always filed by the same one."""
    spec = run.spec
    residents = standing_subjects(spec)
    signer = residents[int(draw(spec.seed, case, "signer") * len(residents))]
    applicant = person(spec.seed, signer)
    is_signed = wish.signed and wish.procedure.signature is not Signature.NONE
    return application_pb.Application(
        submission_id=submission,
        municipality=spec.municipality,
        procedure=wish.procedure.number,
        applicant=application_pb.Applicant(
            name=wish.name or applicant.name, birth_date=applicant.birth_date.isoformat(), address=applicant.address
        ),
        serial_number=serial_number(spec.seed, signer) if is_signed else "",
        fields=fill(spec.seed, case, wish.procedure, run.now),
        run_id=spec.run_id,
    )


def new_submission_id(
    spec: RunSpec, procedure: Procedure, ordinal: int, clock: Clock | None = None, *, defective: bool = False
) -> str:
    """An id that nobody has used: procedure, the real moment, ordinal; of a filing with or without a defect.

    Whether a filing has one follows from its case id, so the id is chosen accordingly.

    Raises:
        ConflictError: every filing of this run has a defect, or none has.
    """
    moment = (clock or RealClock()).now_ms()
    wanted = {Check.CONTENT} if defective else {None, Check.FORM}
    for attempt in range(_ATTEMPTS):
        name = f"{procedure.number}-{moment:x}-{ordinal}" + (f"-{attempt}" if attempt else "")
        if found_by(spec, procedure.number, name, 0) in wanted:
            return submission_id(spec.municipality, name)
        if spec.defects is None:
            break
    kind = "a" if defective else "no"
    raise ConflictError(f"no filing of run {spec.run_id} has {kind} defect that a clerk finds; its scenario says so")


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidInputError("--attach", f"{file} cannot be read ({error.strerror})") from None


async def _parts(header: pb.AttachmentHeader, content: bytes) -> AsyncIterator[pb.UploadAttachmentRequest]:
    yield pb.UploadAttachmentRequest(header=header)
    for start in range(0, len(content), CHUNK):
        yield pb.UploadAttachmentRequest(chunk=content[start : start + CHUNK])


async def _call(call: Callable[[], Awaitable[T]]) -> T:
    return await retrying(call, give_up_after_s=GIVE_UP_AFTER_S)
