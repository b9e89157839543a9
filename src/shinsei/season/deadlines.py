"""A season may have several deadlines: how many came for each, and until when they were registered."""

from collections.abc import Sequence
from dataclasses import dataclass

from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import SimTime, day_of, day_start
from shinsei.season.cases import CaseTimes


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineRow:
    """The online cases under comparison between the deadline before and this one."""

    closes: SimTime
    """Midnight after the deadline."""
    filed: int
    cleared_at: SimTime | None
    """When the last of them was registered or ended; None while one waits."""


def deadlines_of(spec: RunSpec, cases: Sequence[CaseTimes]) -> tuple[DeadlineRow, ...]:
    """One row a deadline; none where nobody can be late."""
    rows, opened = [], spec.start
    for last in spec.demand.deadlines:
        closes = day_start(day_of(last) + 1)
        ends = [case.ended_at for case in cases if opened <= case.submitted_at < closes]
        done = [at for at in ends if at is not None]
        cleared = max(done) if done and len(done) == len(ends) else None
        rows.append(DeadlineRow(closes=closes, filed=len(ends), cleared_at=cleared))
        opened = closes
    return tuple(rows)
