"""A second, independent generator: bare asyncio and gRPC, one task a call, sorted lists for percentiles.

It shares with the load tests what an application looks like and nothing of how it is sent, timed or counted: no
Locust, no gevent, no dispatcher, no histogram. Prints one line of JSON.
"""

import asyncio
import json
import sys
import time
from math import ceil
from pathlib import Path

import grpc

from shinsei.api.portal.v1 import portal_pb2 as portal
from shinsei.api.portal.v1.portal_pb2_grpc import PortalServiceStub
from shinsei.loadtest.bodies import Bodies
from shinsei.loadtest.plan import Plan
from shinsei.loadtest.target import Mix
from shinsei.runtime.citizens import open_cards
from shinsei.runtime.clock import RealClock, sleep
from shinsei.runtime.identity import introduce, open_channel

_CONNECTIONS = 32
_LEAD_S = 1.0


class Client:
    """Offers applications at even intervals, whatever the answers."""

    def __init__(self, plan: Plan) -> None:
        cards = open_cards(Path(plan.cards) if plan.cards else None)
        self._bodies = [Bodies(spec, Mix(plan.procedures), cards) for spec in plan.run_specs()]
        introduce((plan.portal,), Path(plan.certificates) if plan.certificates else None)
        options = [("grpc.use_local_subchannel_pool", 1)]
        channels = [
            open_channel(plan.portal, "portal_sim", role="applicant", options=options) for _ in range(_CONNECTIONS)
        ]
        self._stubs = [PortalServiceStub(channel) for channel in channels]
        self.latencies_s: list[tuple[float, float]] = []
        """(seconds from the start at which it was intended, seconds from there to the answer)."""
        self.failed = 0

    async def offer(self, per_s: float, length_s: float) -> None:
        """Offers so many a second for so long, and waits for the last answer."""
        wall_s, begin_s = RealClock().now_ms() / 1e3 + _LEAD_S, time.monotonic() + _LEAD_S
        calls = []
        for n in range(int(per_s * length_s)):
            at_s = (n + 1) / per_s
            left_s = begin_s + at_s - time.monotonic()
            if left_s > 0:
                await sleep(left_s)
            calls.append(asyncio.create_task(self._submit(n, begin_s + at_s, wall_s + at_s, at_s)))
        await asyncio.gather(*calls)

    async def _submit(self, n: int, intended_s: float, wall_s: float, at_s: float) -> None:
        bodies = self._bodies[n % len(self._bodies)]
        signed = bodies.signed(bodies.application(f"bare.{n:x}", wall_s))
        try:
            await self._stubs[n % _CONNECTIONS].Submit(portal.SubmitRequest(signed=signed), timeout=30)
        except grpc.aio.AioRpcError:
            self.failed += 1
            return
        self.latencies_s.append((at_s, time.monotonic() - intended_s))


def percentile(values: list[float], share: float) -> float:
    """The value that this share of all did not exceed."""
    ordered = sorted(values)
    return ordered[max(ceil(share * len(ordered)) - 1, 0)]


def main(plan_file: str, length_s: float, warm_up_s: float) -> None:
    """Works off a plan and prints what came of it."""
    plan = Plan.model_validate_json(Path(plan_file).read_text(encoding="utf-8"))

    async def run() -> Client:
        client = Client(plan)
        await client.offer(plan.points[0][1], length_s)
        return client

    client = asyncio.run(run())
    if client.failed or not client.latencies_s:
        answered = len(client.latencies_s)
        sys.exit(f"{client.failed} calls of the bare client failed and {answered} were answered: is the portal up?")
    judged = [latency_s for at_s, latency_s in client.latencies_s if at_s >= warm_up_s]
    answers_s = [at_s + latency_s for at_s, latency_s in client.latencies_s if at_s >= warm_up_s]
    told = {
        "accepted": len(client.latencies_s),
        "per_s": (len(answers_s) - 1) / (max(answers_s) - min(answers_s)),
        "failed": client.failed,
        "p50_s": percentile(judged, 0.5),
        "p99_s": percentile(judged, 0.99),
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))
