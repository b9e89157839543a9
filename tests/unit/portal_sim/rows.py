"""What the tests of the portal's runs begin with."""

from portal_sim.handlers.model import RunRow, SimClock
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import SimTime


def a_run_row(
    spec: RunSpec,
    clock: SimClock | None = None,
    *,
    key: int = 1,
    spec_bytes: bytes = b"",
    given: SimTime | None = None,
) -> RunRow:
    """An open run of which nothing has been filed yet; a clock paces it, else a driver does."""
    return RunRow(
        key=key,
        run_id=spec.run_id,
        municipality=spec.municipality,
        spec=spec,
        spec_bytes=spec_bytes,
        closed=False,
        frontier=spec.start,
        watermark=spec.start,
        returned=spec.start,
        clock=clock,
        given=given,
    )
