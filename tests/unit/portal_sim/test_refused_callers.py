"""Who is refused at the door hears so at once, and costs no work behind it."""

from typing import Any, cast

import pytest

from portal_sim import metrics
from portal_sim.handlers.model import BusyError
from portal_sim.inbound.portal import PortalServicer
from shinsei.api.application.v1.application_pb2 import Application
from shinsei.api.portal.v1.portal_pb2 import SubmitBatchRequest
from shinsei.runtime.errors import OverloadedError


class Nobody:
    """Lets nobody in."""

    def admit(self, wanted: object) -> None:
        """Refuses them.

        Raises:
            BusyError: always.
        """
        raise BusyError("more comes than is done", 250)


def refused() -> float:
    return metrics.SUBMISSIONS.labels("busy")._value.get()


def test_a_refusal_is_there_before_the_call_waits_for_anything() -> None:
    nothing = cast("Any", None)
    portal = PortalServicer(nothing, cast("Any", Nobody()), nothing, nothing, nothing, nothing)
    before = refused()
    call = portal.SubmitBatch(SubmitBatchRequest(applications=[Application(), Application()]), nothing)
    with pytest.raises(OverloadedError) as told:
        call.send(None)
    assert told.value.retry_after_ms == 250
    assert refused() == before + 2
