"""A caller who goes away ends his call and not the work: what has been committed is counted."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest

from portal_sim import metrics
from portal_sim.handlers.model import Accepted
from portal_sim.inbound.portal import PortalServicer
from shinsei.api.application.v1.application_pb2 import Application
from shinsei.api.portal.v1.portal_pb2 import SubmitBatchRequest
from shinsei.domain.simtime import SimTime
from shinsei.testing.waiting import eventually


class Everybody:
    """Refuses nobody."""

    def admit(self, wanted: object) -> None:
        """Let them in."""


class Slow:
    """An intake that commits when it is told to."""

    def __init__(self) -> None:
        self.begun, self.may_commit = asyncio.Event(), asyncio.Event()

    async def submit(self, items: Sequence[object]) -> list[Accepted]:
        """Accepts all of them."""
        self.begun.set()
        await self.may_commit.wait()
        return [Accepted(receipt_number="1", submitted_at=SimTime(1), duplicate=False) for _ in items]


def accepted() -> float:
    return metrics.SUBMISSIONS.labels("accepted")._value.get()


async def test_what_is_committed_for_a_caller_who_has_gone_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal_sim.inbound.decode.submission", lambda item, _: item)
    slow, others = Slow(), cast("Any", None)
    portal = PortalServicer(others, cast("Any", Everybody()), cast("Any", slow), others, others, others)
    before = accepted()
    request = SubmitBatchRequest(applications=[Application(submission_id="a"), Application(submission_id="b")])
    call = asyncio.create_task(portal.SubmitBatch(request, others))
    await slow.begun.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    slow.may_commit.set()
    await eventually(lambda: accepted() == before + 2, what="two submissions counted")
