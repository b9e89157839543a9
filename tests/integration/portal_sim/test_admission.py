"""A flow that falls behind is seen at the portal's door, and its catching up too."""

from typing import Any

import grpc
from tests.integration.portal_sim.conftest import refused
from tests.integration.portal_sim.test_intake import CLOCKED, DRIVEN, an_application, submit

from portal_sim.handlers.admission import FEW
from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import HOUR_MS
from shinsei.testing import eventually


async def hand_in(portal: Any, spec: RunSpec, count: int) -> None:
    made = [an_application(spec, f"10-{n:06d}") for n in range(count)]
    await portal.applicants.SubmitBatch(api.SubmitBatchRequest(applications=made))


async def test_more_are_refused_until_what_was_filed_has_come_back(run_portal: Any) -> None:
    portal = await run_portal(max_behind_s=0.001)
    await portal.start(CLOCKED, speed=60.0)
    await hand_in(portal, CLOCKED, FEW)
    one_more = an_application(CLOCKED, "10-999999")

    async def is_behind() -> bool:
        # Each sends the same again: whoever comes before the clock has moved on is accepted once.
        try:
            await submit(portal, one_more)
        except grpc.aio.AioRpcError:
            return True
        return False

    await eventually(is_behind)
    error = await refused(submit(portal, one_more))
    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert int(dict(error.trailing_metadata() or ())["retry-after-ms"]) > 0
    await portal.push(CLOCKED, CLOCKED.start + HOUR_MS)
    assert (await submit(portal, one_more)).receipt_number


async def test_a_season_is_not_refused_however_far_its_driver_is_ahead(run_portal: Any) -> None:
    portal = await run_portal(max_behind_s=0.001, max_turn_s=0.000_001)
    await portal.start(DRIVEN)
    await hand_in(portal, DRIVEN, 2 * FEW)
    assert (await portal.progress(DRIVEN)).accepted == 2 * FEW
