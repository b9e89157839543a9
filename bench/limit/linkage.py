"""The bare linkage server: a poller a municipality, and the reader of statuses that pushes them back."""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka import ConsumerRecord

from bench.limit.outbox import Outbox
from bench.limit.portal import PULL
from bench.limit.pushing import Pushing
from bench.limit.reading import accept, read
from bench.limit.wire import contents
from bench.limit.wiring import CHANGED, FETCHED, RUN_ID, Wiring, pool, producer
from shinsei.api.events.v1.events_pb2 import ApplicationFetched
from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.contracts.wire import field, number_field
from shinsei.runtime.clock import RealClock
from shinsei.runtime.queries import load_queries
from shinsei.runtime.rpc import channel

SQL = load_queries("bench.limit", "linkage.sql")
PAGE, BATCH, AT_ONCE, WAIT_MS = 10_000, 1_000, 64, 10_000
_CLOCK = RealClock()


class Poller:
    """Pulls for one municipality: list, commit, get, hand on, acknowledge."""

    def __init__(self, stub: "Pull", connections: Any, outbox: Outbox, key: int, municipality: str) -> None:
        self._pull = stub
        self._pool = connections
        self._outbox = outbox
        self._key = key
        self._municipality = municipality

    async def run(self, *, singly: bool) -> None:
        """Pulls for ever."""
        while True:
            listing = await self._pull.listing(self._municipality)
            if listing:
                await self._hand_on(listing, singly=singly)

    async def _hand_on(self, listing: Sequence[api.Entry], *, singly: bool) -> None:
        receipts = [entry.receipt_number for entry in listing]
        names = [entry.submission_id for entry in listing]
        now_ms = _CLOCK.now_ms()
        await self._pool.execute(SQL["poll"], self._key, receipts, [entry.stamp_ms for entry in listing], names, now_ms)
        applications = await self._pull.get(self._municipality, receipts, singly=singly)
        at, whole = number_field(1, _CLOCK.now_ms()), number_field(4, 1)
        messages = [
            (f"{RUN_ID}/{name}/fetched", at + field(2, application) + whole)
            for name, application in zip(names, applications, strict=True)
        ]
        async with self._pool.acquire() as connection, connection.transaction():
            lot = await self._outbox.append(connection, self._municipality, messages)
        self._outbox.send(lot)
        await self._pull.acknowledge(self._municipality, receipts)


class Pull:
    """The pull interface; answers with applications stay bytes."""

    def __init__(self, target: str) -> None:
        opened = channel(target)

        def call(name: str, answer: Any = None) -> Any:
            return opened.unary_unary(
                f"/{PULL}/{name}",
                request_serializer=lambda request: request.SerializeToString(),
                response_deserializer=None if answer is None else answer.FromString,
            )

        self._list = call("ListReceipts", api.ListReceiptsResponse)
        self._one = call("GetApplication")
        self._many = call("GetApplications")
        self._acknowledge = call("Acknowledge", api.AcknowledgeResponse)
        self.push = call("PushStatus", api.PushStatusResponse)

    async def listing(self, municipality: str) -> Sequence[api.Entry]:
        """What is not acknowledged; waits a while for something to come."""
        request = api.ListReceiptsRequest(run_id=RUN_ID, municipality=municipality, wait_ms=WAIT_MS, page_size=PAGE)
        answer: api.ListReceiptsResponse = await self._list(request, wait_for_ready=True)
        return answer.entries

    async def get(self, municipality: str, receipts: Sequence[str], *, singly: bool) -> list[bytes]:
        """Encoded applications, in the order asked for."""
        if singly:
            limit = asyncio.Semaphore(AT_ONCE)
            return await asyncio.gather(*(self._get(municipality, receipt, limit) for receipt in receipts))
        found: list[bytes] = []
        for start in range(0, len(receipts), BATCH):
            part = receipts[start : start + BATCH]
            request = api.GetApplicationsRequest(run_id=RUN_ID, municipality=municipality, receipt_numbers=part)
            found += contents(await self._many(request))
        return found

    async def _get(self, municipality: str, receipt: str, limit: asyncio.Semaphore) -> bytes:
        request = api.GetApplicationRequest(run_id=RUN_ID, municipality=municipality, receipt_number=receipt)
        async with limit:
            return contents(await self._one(request))[0]

    async def acknowledge(self, municipality: str, receipts: Sequence[str]) -> None:
        """They need not be listed again."""
        keys = [api.EntryKey(receipt_number=receipt) for receipt in receipts]
        await self._acknowledge(api.AcknowledgeRequest(run_id=RUN_ID, municipality=municipality, entries=keys))


async def run(wiring: Wiring) -> None:
    """Polls and pushes for ever."""
    connections, pull = await pool(wiring, "linkage", 12), Pull(wiring.portal)
    kind = ApplicationFetched.DESCRIPTOR.full_name
    outbox = Outbox(connections, await producer(wiring), FETCHED, kind, wiring.municipalities)
    pushing = Pushing(connections, pull.push, wiring.municipalities)

    async def keep(partition: int, records: Sequence[ConsumerRecord]) -> None:
        async with connections.acquire() as connection, connection.transaction():
            await accept(connection, records)
            await pushing.buffer(connection, partition, records)
        pushing.wake(partition)

    pollers = [
        Poller(pull, connections, outbox, key, municipality).run(singly=singly)
        for key, (municipality, singly) in enumerate(wiring.singly.items())
    ]
    await asyncio.gather(outbox.run(), pushing.run(), read(wiring, CHANGED, keep), *pollers)
