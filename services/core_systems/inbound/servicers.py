"""gRPC: the registry's stream, registrations, the office's books, this stage's part of the ledger."""

from collections.abc import AsyncIterator

import grpc
from pydantic import TypeAdapter

from core_systems.handlers.reading import Ledger, Mappings, Registrations, check_span
from core_systems.handlers.values import RunKey
from core_systems.handlers.working import Offices
from shinsei.api.control.v1 import control_pb2 as control
from shinsei.api.control.v1 import control_pb2_grpc as control_grpc
from shinsei.api.core_systems.v1 import core_systems_pb2 as pb
from shinsei.api.core_systems.v1 import core_systems_pb2_grpc as pb_grpc
from shinsei.contracts import codec
from shinsei.domain.errors import InvalidInputError, NotFoundError
from shinsei.domain.office.report import OfficeReport
from shinsei.domain.simtime import SimTime

STAGE = "core_systems"
REGISTERED = "registered"

_REPORT = TypeAdapter(OfficeReport)


class RegistryServicer(pb_grpc.RegistryServiceServicer):
    """The resident registry hands out its serial-number mapping."""

    def __init__(self, mappings: Mappings) -> None:
        self._mappings = mappings

    async def StreamMappings(
        self,
        request: pb.StreamMappingsRequest,
        context: grpc.aio.ServicerContext[pb.StreamMappingsRequest, pb.StreamMappingsResponse],
    ) -> AsyncIterator[pb.StreamMappingsResponse]:
        """Mappings that became valid in a span of time, in chunks."""
        after, until = SimTime(request.after_ms), SimTime(request.until_ms)
        check_span(after, until)
        async for chunk in self._mappings.between(_key(request), after, until):
            yield pb.StreamMappingsResponse(
                mappings=[
                    pb.SerialMapping(
                        serial_number=line.serial,
                        resident_number=line.resident,
                        valid_from_ms=line.valid_from,
                        valid_until_ms=line.valid_until or 0,
                    )
                    for line in chunk
                ]
            )


class RegistrationServicer(pb_grpc.RegistrationServiceServicer):
    """Registrations, one core system per business."""

    def __init__(self, registrations: Registrations) -> None:
        self._registrations = registrations

    async def GetRegistration(
        self,
        request: pb.GetRegistrationRequest,
        context: grpc.aio.ServicerContext[pb.GetRegistrationRequest, pb.GetRegistrationResponse],
    ) -> pb.GetRegistrationResponse:
        """One registration by receipt number."""
        found = await self._registrations.by_receipt(request.receipt_number)
        return pb.GetRegistrationResponse(
            receipt_number=found.receipt_number,
            submission_id=found.submission_id,
            core_system=found.core_system,
            resident_number=found.resident_number,
            method=codec.METHODS.to_proto(found.method),  # type: ignore[arg-type]
            registered_at_ms=found.registered_at,
            fields=found.fields,
            batch_id=found.batch_id,
        )


class OfficeServicer(pb_grpc.OfficeServiceServicer):
    """The office's own books."""

    def __init__(self, offices: Offices) -> None:
        self._offices = offices

    async def GetOfficeReport(
        self,
        request: pb.GetOfficeReportRequest,
        context: grpc.aio.ServicerContext[pb.GetOfficeReportRequest, pb.GetOfficeReportResponse],
    ) -> pb.GetOfficeReportResponse:
        """Accounts up to the office's watermark, as JSON."""
        key = _key(request)
        report = await self._offices.report(key)
        if report is None:
            raise NotFoundError("run", f"{key.run_id} of {key.municipality}")
        return pb.GetOfficeReportResponse(watermark_ms=report.until, report=_REPORT.dump_json(report))


class LedgerServicer(control_grpc.LedgerServiceServicer):
    """What this stage knows of a run."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def GetStage(
        self,
        request: control.GetStageRequest,
        context: grpc.aio.ServicerContext[control.GetStageRequest, control.GetStageResponse],
    ) -> control.GetStageResponse:
        """Counts and a fingerprint, all of one moment."""
        stage = await self._ledger.stage(_key(request), SimTime(request.before_ms))
        return control.GetStageResponse(
            stage=STAGE,
            watermark_ms=stage.watermark,
            known=stage.known,
            fingerprint=stage.fingerprint,
            lines=[
                control.LedgerLine(line=REGISTERED, method=codec.METHODS.to_proto(method), count=count)  # type: ignore[arg-type]
                for method, count in stage.registered.items()
            ],
            dead_lettered=stage.dead_lettered,
        )

    async def ListStageIds(
        self,
        request: control.ListStageIdsRequest,
        context: grpc.aio.ServicerContext[control.ListStageIdsRequest, control.ListStageIdsResponse],
    ) -> AsyncIterator[control.ListStageIdsResponse]:
        """The ids themselves."""
        async for chunk in self._ledger.ids(_key(request), SimTime(request.before_ms)):
            yield control.ListStageIdsResponse(submission_ids=chunk)


KeyedRequest = (
    pb.StreamMappingsRequest | pb.GetOfficeReportRequest | control.GetStageRequest | control.ListStageIdsRequest
)


def _key(request: KeyedRequest) -> RunKey:
    if not request.run_id:
        raise InvalidInputError("run_id", "missing")
    if not request.municipality:
        raise InvalidInputError("municipality", "missing")
    return RunKey(run_id=request.run_id, municipality=request.municipality)
