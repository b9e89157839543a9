"""What one office did under load, in its own time: at which simulated moment, not when anybody heard of it.

Beside the machine's own hurry this is what makes a live office comparable with a planned one.
"""

from shinsei.api.application.v1 import application_pb2 as pb
from shinsei.api.events.v1.events_pb2 import StatusChanged
from shinsei.domain.run import RunSpec
from shinsei.loadtest.bodies import case_name
from shinsei.loadtest.books import REGISTERED, Books


class Town:
    """An office and its books; every moment is told in real seconds of the clock that paces it.

    Args:
        spec: of its run.
        speed: simulated over real seconds.
        opened_s: wall clock at which its simulated clock began.
    """

    def __init__(self, spec: RunSpec, speed: float, opened_s: float) -> None:
        self.spec = spec
        self.books = Books(opened_s)
        self._speed = speed
        self._opened_s = opened_s

    def enter(self, changed: StatusChanged) -> None:
        """Enters what the status feed says about one of its cases."""
        name = case_name(changed.submission_id)
        if name is None:
            return
        intended_s = name.intended_ms / 1e3
        for transition in changed.transitions:
            if transition.action == pb.APPLICATION_ACTION_STORE:
                self.books.offered(intended_s, 1)
            elif transition.action == pb.APPLICATION_ACTION_REGISTER:
                at_s = self._opened_s + (transition.at_ms - self.spec.start) / 1e3 / self._speed
                self.books.saw(REGISTERED, at_s, intended_s=intended_s)
