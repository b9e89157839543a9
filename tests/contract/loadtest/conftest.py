from collections.abc import AsyncIterator

import grpc
import pytest
from tests.contract.loadtest.portal import Portal

from shinsei.api.portal.v1.portal_pb2_grpc import add_PortalServiceServicer_to_server
from shinsei.runtime.rpc import GrpcServer


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
