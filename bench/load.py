"""A driver without a tool around it: as much as goes through (closed), or a rate (open), to one portal.

Closed, it keeps two seconds' worth of applications under way, which finds the highest rate and says nothing about
latencies; calls under way are as many as the portal takes (``bench.allowance``). Open, each call is made at its moment
whatever became of those before. Either way, who is refused comes again when the portal has said, and not before.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

import grpc

from bench.allowance import Allowance
from bench.modes import Mode
from bench.payloads import Filing, Payloads, request
from bench.registered import Registered
from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.runtime.clock import RealClock, sleep
from shinsei.runtime.errors import OverloadedError
from shinsei.runtime.rpc import channel, to_domain

_WINDOW_S = 2.0
_CALL = "/shinsei.api.portal.v1.PortalService/{}"
_CALL_EVERY_S = 0.1
"""At an even rate, at least so often."""
_CHANNELS = 32
"""Connections, which the portal spreads over its queues by chance: of a few half may come to stand in one."""
_LOOK_EVERY_S = 0.05
_CLOCK = RealClock()


class Load:
    """Submits to a portal and counts."""

    def __init__(self, target: str, payloads: Payloads, mode: Mode, registered: Registered) -> None:
        self.channels = [channel(target, role="applicant", alone=True) for _ in range(_CHANNELS)]
        name, answer = ("Submit", api.SubmitResponse) if mode.size == 1 else ("SubmitBatch", api.SubmitBatchResponse)
        self._calls: list[Any] = [
            one.unary_unary(_CALL.format(name), response_deserializer=answer.FromString) for one in self.channels
        ]
        self.payloads = payloads
        self._mode = mode
        self._registered = registered
        self._stock: deque[list[Filing]] = deque()
        self._asked = 0
        self.accepted = 0
        self.refused = 0
        """Applications that the portal refused for back-pressure, each as often as it was."""
        self._lanes: list[asyncio.Task[None]] = []
        self._is_over = False
        self._window = float(mode.fewest_open)
        self._looked = (_now_s(), 0)
        self._allowance = Allowance(mode.lanes)
        self._waiting: deque[asyncio.Future[int]] = deque()
        """Lanes, until one more call may be under way; who has waited longest comes first."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for lane in self._lanes:
            lane.cancel()
        await asyncio.gather(*self._lanes, return_exceptions=True)
        for each in self.channels:
            await each.close()

    @property
    def open(self) -> int:
        """Asked for or accepted, and not yet registered."""
        return self._asked + self.accepted - self._registered.count

    def prepare(self, applications: float) -> None:
        """Makes filings ahead; what is asked for beyond them is made when it is."""
        size = self._mode.size
        self._stock.extend(self.payloads.filings(size) for _ in range(round(applications / size)))

    def raise_failure(self) -> None:
        """What ended a lane, if anything did.

        Raises:
            grpc.RpcError: a call failed.
            RuntimeError: an application was refused for what it is.
        """
        for lane in self._lanes:
            if lane.done():
                lane.result()

    def saturate(self) -> None:
        """Begins to submit as much as goes through."""
        self._is_over = False
        self._lanes = [asyncio.create_task(self._lane(n)) for n in range(self._mode.lanes)]

    async def settle(self, within_s: float) -> None:
        """Submits nothing more, and waits until everything accepted has been registered.

        Raises:
            TimeoutError: it has not, in time.
            grpc.RpcError: a call failed.
        """
        self._is_over = True
        self._registered.moved.set()
        await asyncio.gather(*self._lanes)
        self._lanes = []
        async with asyncio.timeout(within_s):
            while self.open > 0:
                await sleep(_LOOK_EVERY_S)

    async def offer(self, per_s: float, seconds: float) -> None:
        """Submits at an even rate, each call at its moment, and waits for all answers."""
        size = min(self._mode.size, max(round(per_s * _CALL_EVERY_S), 1))
        ahead = [self.payloads.filings(size) for _ in range(max(round(per_s * seconds / size), 1))]
        calls, started_s = set[asyncio.Task[None]](), _now_s()
        for n, filings in enumerate(ahead):
            intended_s = started_s + n * size / per_s
            if (wait_s := intended_s - _now_s()) > 0:
                await sleep(wait_s)
            self._asked += size
            calls.add(asyncio.create_task(self._submit(n, filings, intended_s)))
        await asyncio.gather(*calls)

    async def _lane(self, n: int) -> None:
        size, moved = self._mode.size, self._registered.moved
        while not self._is_over:
            if self.open + size > self._most_open():
                moved.clear()
                await moved.wait()
                continue
            self._asked += size
            filings = self._stock.popleft() if self._stock else self.payloads.filings(size)
            await self._begin(filings, _now_s())
            while (again_s := await self._call_with_room(n, filings)) is not None:
                await sleep(again_s)

    def _most_open(self) -> float:
        """As many as were registered in the last two seconds: more would only wait, and then be refused."""
        (since_s, before), now_s = self._looked, _now_s()
        if now_s - since_s >= _WINDOW_S:
            count = self._registered.count
            self._window = max(self._mode.fewest_open, (count - before) * _WINDOW_S / (now_s - since_s))
            self._looked = (now_s, count)
        return self._window

    async def before(self, filing: Filing) -> None:
        """What goes ahead of an application: nothing."""

    async def _submit(self, n: int, filings: Sequence[Filing], intended_s: float) -> None:
        await self._begin(filings, intended_s)
        while (again_s := await self._call(n, filings)) is not None:
            await sleep(again_s)

    async def _begin(self, filings: Sequence[Filing], intended_s: float) -> None:
        for filing in filings:
            self._registered.intended[filing.submission_id] = round(intended_s * 1e3)
            await self.before(filing)

    async def _call_with_room(self, n: int, filings: Sequence[Filing]) -> float | None:
        """The same, once one more call may be under way."""
        call = await self._room()
        again_s = await self._call(n, filings)
        if again_s is None:
            self._allowance.taken(call)
        else:
            self._allowance.refused(call)
        while self._waiting and self._allowance.has_room:
            self._waiting.popleft().set_result(self._allowance.begin())
        return again_s

    async def _room(self) -> int:
        if self._allowance.has_room:
            return self._allowance.begin()
        room: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append(room)
        return await room

    async def _call(self, n: int, filings: Sequence[Filing]) -> float | None:
        """Submits; where it is refused for back-pressure, the seconds after which it may come again."""
        size = len(filings)
        try:
            answer = await self._calls[n % _CHANNELS](request(filings))
        except grpc.aio.AioRpcError as error:
            busy = to_domain(error)
            if not isinstance(busy, OverloadedError):
                raise
            self.refused += size
            return busy.retry_after_ms / 1000
        taken = size if self._mode.size == 1 else sum(not outcome.error for outcome in answer.outcomes)
        self._asked -= size
        self.accepted += taken
        if taken < size:
            raise RuntimeError(next(outcome.error for outcome in answer.outcomes if outcome.error))
        return None


def _now_s() -> float:
    return _CLOCK.now_ms() / 1e3
