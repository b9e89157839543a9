"""Whoever calls beside those who file: a clerk opens a case, a linkage server pulls and takes nothing away."""

from collections import Counter
from pathlib import Path
from typing import Any

import grpc
import pytest
from tests.contract.loadtest.portal import Portal, a_plan
from tests.contract.loadtest.test_generating import books_of, counts

from shinsei.api.app_mgmt.v1 import app_mgmt_pb2 as inquiry
from shinsei.api.app_mgmt.v1.app_mgmt_pb2_grpc import InquiryServiceServicer, add_InquiryServiceServicer_to_server
from shinsei.api.application.v1 import application_pb2 as pb
from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.api.portal.v1.portal_pb2_grpc import (
    PullServiceServicer,
    add_PortalServiceServicer_to_server,
    add_PullServiceServicer_to_server,
)
from shinsei.loadtest.preset import CallersSection
from shinsei.runtime.rpc import GrpcServer

SECRET = "secret"  # noqa: S105 - it opens a server of the test's own
pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


class Called(PullServiceServicer, InquiryServiceServicer):
    """Notes what is asked, and by whom."""

    def __init__(self) -> None:
        self.calls: Counter[tuple[str, ...]] = Counter()

    async def Login(self, request: Any, context: Any) -> Any:  # noqa: N802
        self.calls["Login", request.client_secret] += 1
        return api.LoginResponse(token="good", expires_in_s=600)

    async def ListReceipts(self, request: Any, context: Any) -> Any:  # noqa: N802
        self.calls["ListReceipts", dict(context.invocation_metadata())["authorization"]] += 1
        entries = [api.Entry(receipt_number="r-1"), api.Entry(receipt_number="r-1", n=1), api.Entry(change=b"{}")]
        return api.ListReceiptsResponse(entries=entries)

    async def GetApplications(self, request: Any, context: Any) -> Any:  # noqa: N802
        self.calls["GetApplications", *request.receipt_numbers] += 1
        return api.GetApplicationsResponse()

    async def Acknowledge(self, request: Any, context: Any) -> Any:  # noqa: N802
        self.calls["Acknowledge",] += 1
        return api.AcknowledgeResponse()

    async def ListCases(self, request: Any, context: Any) -> Any:  # noqa: N802
        self.calls["ListCases",] += 1
        page = [inquiry.Case(application=pb.Application(receipt_number=one)) for one in ("r-1", "r-2")]
        return inquiry.ListCasesResponse(cases=page)

    async def GetCase(self, request: Any, context: Any) -> Any:  # noqa: N802
        self.calls["GetCase", request.receipt_number] += 1
        return inquiry.GetCaseResponse()


async def test_a_clerk_opens_a_case_and_a_linkage_server_gets_what_is_open_and_acknowledges_nothing(
    portal: Portal, tmp_path: Path
) -> None:
    called = Called()

    def add(to: grpc.aio.Server) -> None:
        add_PortalServiceServicer_to_server(portal, to)
        add_PullServiceServicer_to_server(called, to)
        add_InquiryServiceServicer_to_server(called, to)

    server = GrpcServer("127.0.0.1", 0, [add], ["shinsei.api.portal.v1.PortalService"])
    await server.start()
    try:
        (tmp_path / "secret").write_text(f"{SECRET}\n")
        callers = CallersSection.model_validate({"per_s": 2.0, "slots": 5})
        asked = {"clerks": callers, "linkage": callers, "secret_file": str(tmp_path / "secret")}
        books = await books_of(a_plan(server.own_target, 5, 2).model_copy(update=asked), tmp_path)
    finally:
        await server.stop()
    assert counts(books) == [10, 10, 0, 0, 0]
    assert called.calls == {
        ("Login", SECRET): 1,
        ("ListReceipts", "Bearer good"): 4,
        ("GetApplications", "r-1"): 4,
        ("ListCases",): 4,
        ("GetCase", "r-2"): 4,
    }
    told = {name: request.codes.total() for name, request in books.requests.items()}
    assert told == {"Submit": 10} | {name: number for (name, *_), number in called.calls.items()}
