"""gRPC: the inquiry screen (申請内容照会) and this stage's part of the ledger."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator

import grpc

from app_mgmt.handlers.reading import (
    FIRST_PAGE,
    Case,
    CaseFilter,
    Cases,
    Ledger,
    PageStart,
    find_cases,
    list_cases,
)
from app_mgmt.handlers.values import RunKey
from shinsei.api.app_mgmt.v1 import app_mgmt_pb2 as pb
from shinsei.api.app_mgmt.v1 import app_mgmt_pb2_grpc as pb_grpc
from shinsei.api.application.v1 import application_pb2 as application
from shinsei.api.control.v1 import control_pb2 as control
from shinsei.api.control.v1 import control_pb2_grpc as control_grpc
from shinsei.contracts import codec
from shinsei.contracts.codec import DecodeError
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.simtime import SimTime

STAGE = "app_mgmt"


class InquiryServicer(pb_grpc.InquiryServiceServicer):
    """What clerks, robots and core systems read off the screen."""

    def __init__(self, cases: Cases) -> None:
        self._cases = cases

    async def GetCase(
        self, request: pb.GetCaseRequest, context: grpc.aio.ServicerContext[pb.GetCaseRequest, pb.GetCaseResponse]
    ) -> pb.GetCaseResponse:
        """One case with its history."""
        return pb.GetCaseResponse(case=_case(await self._cases.by_receipt(request.receipt_number)))

    async def GetCases(
        self, request: pb.GetCasesRequest, context: grpc.aio.ServicerContext[pb.GetCasesRequest, pb.GetCasesResponse]
    ) -> pb.GetCasesResponse:
        """Many cases by submission id."""
        found = await find_cases(self._cases, _key(request), request.submission_ids)
        return pb.GetCasesResponse(cases=[_case(case) for case in found])

    async def ListCases(
        self,
        request: pb.ListCasesRequest,
        context: grpc.aio.ServicerContext[pb.ListCasesRequest, pb.ListCasesResponse],
    ) -> pb.ListCasesResponse:
        """A filtered page in the order of storing."""
        start = _page_start(request.page_token)
        page, following = await list_cases(self._cases, _key(request), _filter(request), start, request.page_size)
        return pb.ListCasesResponse(
            cases=[_case(case) for case in page], next_page_token="" if following is None else _token(following)
        )


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
                control.LedgerLine(line=line, method=codec.METHODS.to_proto(method), count=count)  # type: ignore[arg-type]
                for (line, method), count in stage.lines.items()
            ],
            dead_lettered=stage.dead_lettered,
        )

    async def ListStageIds(
        self,
        request: control.ListStageIdsRequest,
        context: grpc.aio.ServicerContext[control.ListStageIdsRequest, control.ListStageIdsResponse],
    ) -> AsyncIterator[control.ListStageIdsResponse]:
        """The ids themselves."""
        async for chunk in self._ledger.ids(_key(request), SimTime(request.before_ms), request.line):
            yield control.ListStageIdsResponse(submission_ids=chunk)


KeyedRequest = pb.GetCasesRequest | pb.ListCasesRequest | control.GetStageRequest | control.ListStageIdsRequest


def _key(request: KeyedRequest) -> RunKey:
    if not request.run_id:
        raise InvalidInputError("run_id", "missing")
    if not request.municipality:
        raise InvalidInputError("municipality", "missing")
    return RunKey(run_id=request.run_id, municipality=request.municipality)


def _filter(request: pb.ListCasesRequest) -> CaseFilter:
    try:
        return CaseFilter(
            status=codec.STATUSES.optional_from_proto(request.status),
            procedure=request.procedure,
            method=codec.METHODS.optional_from_proto(request.method),
        )
    except DecodeError as error:
        raise InvalidInputError("filter", str(error)) from error


def _case(case: Case) -> pb.Case:
    return pb.Case(
        application=application.Application.FromString(case.payload),
        status=codec.STATUSES.to_proto(case.status),  # type: ignore[arg-type]
        method=codec.METHODS.to_proto(case.method),  # type: ignore[arg-type]
        resident_number=case.resident_number,
        stored_at_ms=case.stored_at,
        history=[codec.transition_to_proto(transition) for transition in case.history],
    )


def _token(start: PageStart) -> str:
    return urlsafe_b64encode(f"{start.stored_at}|{start.submission_id}".encode()).decode()


def _page_start(token: str) -> PageStart:
    if not token:
        return FIRST_PAGE
    try:
        stored_at, _, submission_id = urlsafe_b64decode(token).decode().partition("|")
        return PageStart(stored_at=SimTime(int(stored_at)), submission_id=submission_id)
    except ValueError:
        raise InvalidInputError("page_token", "not a token of this list; leave it empty for the first page") from None
