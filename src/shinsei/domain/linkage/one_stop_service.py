"""Not a linkage method: handover to the national one-stop service for vehicles (ワンストップサービス, OSS).

A stub, for prefectures only: the vehicle case leaves at once, without identification or check by these
clerks, and comes back registered, examined, granted and notified after a drawn delay. None of the four
methods touches it.
"""

from shinsei.domain.linkage.case import Case, Purpose
from shinsei.domain.linkage.floor import Floor
from shinsei.domain.linkage.route import Linkage
from shinsei.domain.linkage.times import sampler
from shinsei.domain.simtime import HOUR_MS, SimTime


class OneStopService(Linkage):
    """Somebody else's office."""

    is_elsewhere = True

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self._handling_ms = sampler(floor.spec.methods.one_stop.handling_h, HOUR_MS)

    def open(self, case: Case) -> None:
        """Leaves as it came."""
        self.floor.queue_for_linkage(case)

    def queue(self, case: Case) -> None:
        """Is handed over at once."""
        self.floor.start_linkage(case, "one-stop service")
        back_at = SimTime(self.floor.now + self._handling_ms(case.draw(Purpose.HANDLING)))
        self.floor.call_at(back_at, self._came_back, case)

    def _came_back(self, case: Case) -> None:
        if case.is_open:
            self.floor.finish_elsewhere(case)
