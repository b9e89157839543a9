"""The bare portal: takes applications, lists them, hands them out, strikes them, keeps what comes back."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import grpc

from bench.limit.coalescing import Coalesced
from bench.limit.intake import MOST, SQL, Intake, Taken
from bench.limit.wiring import Wiring, pool
from shinsei.api.application.v1.application_pb2 import Application, SignedApplication
from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.contracts.wire import field, number_field
from shinsei.runtime.identity import own_identity
from shinsei.runtime.rpc import LETS_PING
from shinsei.runtime.rpc_limits import MAX_MESSAGE_BYTES

PORTAL, PULL = "shinsei.api.portal.v1.PortalService", "shinsei.api.portal.v1.PullService"
_RECEIPT, _SUBMITTED = 8, 9
"""Fields of an application that the portal sets."""
_QUEUES = 4
"""As the product has them: gRPC takes up one call of a queue in a turn of the event loop."""
_SIZES = [("grpc.max_send_message_length", MAX_MESSAGE_BYTES), ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES)]


class Portal:
    """Its calls; what can be passed on as bytes is."""

    def __init__(self, connections: Any, municipalities: Sequence[str]) -> None:
        self._pool = connections
        self._keys = {municipality: n for n, municipality in enumerate(municipalities)}
        self._waiting = [0] * len(municipalities)
        """Entries not acknowledged, by municipality."""
        self._came = [asyncio.Event() for _ in municipalities]
        self._intake = Intake(connections, self._stored)
        self._gets = Coalesced(self._get, lanes=2, linger_s=0.0, most=MOST)

    async def submit(self, request: api.SubmitRequest, context: Any) -> api.SubmitResponse:
        """One application."""
        (receipt,) = await self._intake.submit([self._taken(request.signed)])
        return api.SubmitResponse(receipt_number=receipt)

    async def submit_batch(self, request: api.SubmitBatchRequest, context: Any) -> api.SubmitBatchResponse:
        """Many in one transaction."""
        receipts = await self._intake.submit([self._taken(signed) for signed in request.signed])
        return api.SubmitBatchResponse(outcomes=[api.SubmitOutcome(receipt_number=receipt) for receipt in receipts])

    async def list_receipts(self, request: api.ListReceiptsRequest, context: Any) -> api.ListReceiptsResponse:
        """Waits until there is something, for a while."""
        key = self._keys[request.municipality]
        if not self._waiting[key]:
            self._came[key].clear()
            try:
                async with asyncio.timeout(request.wait_ms / 1000):
                    await self._came[key].wait()
            except TimeoutError:
                return api.ListReceiptsResponse()
        rows = await self._pool.fetch(SQL["list"], key, request.page_size)
        return api.ListReceiptsResponse(
            entries=[api.Entry(receipt_number=row[0], stamp_ms=row[1], submission_id=row[2]) for row in rows]
        )

    async def get_one(self, request: api.GetApplicationRequest, context: Any) -> bytes:
        """One application; those asked for at once come out of the database together."""
        return (await self._gets([request.receipt_number]))[0]

    async def get_many(self, request: api.GetApplicationsRequest, context: Any) -> bytes:
        """Many applications in the order asked for."""
        return b"".join(await self._get(request.receipt_numbers))

    async def acknowledge(self, request: api.AcknowledgeRequest, context: Any) -> api.AcknowledgeResponse:
        """Strikes entries off the list."""
        key = self._keys[request.municipality]
        await self._pool.execute(SQL["acknowledge"], key, [entry.receipt_number for entry in request.entries])
        self._waiting[key] -= len(request.entries)
        return api.AcknowledgeResponse()

    async def push_status(self, request: api.PushStatusRequest, context: Any) -> api.PushStatusResponse:
        """Keeps transitions."""
        updates = request.updates
        await self._pool.execute(
            SQL["push"],
            self._keys[request.municipality],
            [update.number for update in updates],
            [update.submission_id for update in updates],
            [update.SerializeToString() for update in updates],
            updates[-1].number,
        )
        return api.PushStatusResponse()

    async def _get(self, receipts: Sequence[str]) -> list[bytes]:
        rows = await self._pool.fetch(SQL["get"], list(receipts))
        found = {
            row[0]: field(1, row[2] + field(_RECEIPT, row[0].encode()) + number_field(_SUBMITTED, row[1]))
            for row in rows
        }
        return [found[receipt] for receipt in receipts]

    def _taken(self, signed: SignedApplication) -> Taken:
        """What was signed, by whomever."""
        application = Application.FromString(signed.application)
        return self._keys[application.municipality], application, signed.application

    def _stored(self, key: int, count: int) -> None:
        self._waiting[key] += count
        self._came[key].set()


async def run(wiring: Wiring) -> None:
    """Serves for ever."""
    portal = Portal(await pool(wiring, "portal"), wiring.municipalities)
    servers = [_server(wiring, portal) for _ in range(_QUEUES)]
    for server in servers:
        await server.start()
    await servers[0].wait_for_termination()


def _server(wiring: Wiring, portal: Portal) -> grpc.aio.Server:
    server = grpc.aio.server(options=[*_SIZES, *LETS_PING, ("grpc.so_reuseport", 1)])
    server.add_generic_rpc_handlers(
        (
            _service(
                PORTAL,
                Submit=(portal.submit, api.SubmitRequest),
                SubmitBatch=(portal.submit_batch, api.SubmitBatchRequest),
            ),
            _service(
                PULL,
                ListReceipts=(portal.list_receipts, api.ListReceiptsRequest),
                GetApplication=(portal.get_one, api.GetApplicationRequest),
                GetApplications=(portal.get_many, api.GetApplicationsRequest),
                Acknowledge=(portal.acknowledge, api.AcknowledgeRequest),
                PushStatus=(portal.push_status, api.PushStatusRequest),
            ),
        )
    )
    identity = own_identity()
    if identity is None:
        server.add_insecure_port(wiring.portal)
    else:
        server.add_secure_port(wiring.portal, identity.for_server())
    return server


def _service(name: str, **calls: tuple[Callable[[Any, Any], Awaitable[Any]], Any]) -> grpc.GenericRpcHandler:
    return grpc.method_handlers_generic_handler(
        name,
        {
            call: grpc.unary_unary_rpc_method_handler(
                answer, request_deserializer=request.FromString, response_serializer=_bytes
            )
            for call, (answer, request) in calls.items()
        },
    )


def _bytes(answer: Any) -> bytes:
    return answer if isinstance(answer, bytes) else bytes(answer.SerializeToString())
