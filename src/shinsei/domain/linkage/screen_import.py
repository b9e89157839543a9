"""Method 3: import function on the entry screen (入力画面に取込機能の実装), element ④; core system changed.

A clerk opens the entry screen, imports the application data, confirms what is in the fields and saves: one
case at a time, with a login seat, the machine's seconds included. Where the data does not fit (an exception)
the case is keyed in by a clerk instead.
"""

from shinsei.domain.linkage.activity import Activity
from shinsei.domain.linkage.case import Case, Purpose
from shinsei.domain.linkage.floor import Floor, Task
from shinsei.domain.linkage.route import Linkage
from shinsei.domain.linkage.times import sampler
from shinsei.domain.simtime import MINUTE_MS, SECOND_MS


class ScreenImport(Linkage):
    """A clerk at the entry screen, with the machine's help."""

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self._spec = floor.spec.methods.screen_import
        self._staff_ms = sampler(self._spec.staff_min, MINUTE_MS, 1.0 / floor.spec.productive_share)
        self._machine_ms = sampler(self._spec.machine_s, SECOND_MS)

    def queue(self, case: Case) -> None:
        """Waits for a clerk, first come, first served, beside the paper cases."""
        duration = self._staff_ms(case.draw(Purpose.STAFF)) + self._machine_ms(case.draw(Purpose.MACHINE))
        self.floor.ask_clerk(Task(Activity.SCREEN_IMPORT, duration, self._confirmed, case, self._started))

    def _started(self, task: Task) -> None:
        assert task.case is not None
        self.floor.start_linkage(task.case)

    def _confirmed(self, task: Task) -> None:
        case = task.case
        assert case is not None
        if case.draw(Purpose.EXCEPTION) < self._spec.p_exception:
            self.floor.return_to_queue(case, self.floor.key, "screen import refused")
            return
        self.floor.register(case, is_wrong=case.draw(Purpose.UNDETECTED_ERROR) < self._spec.p_undetected)
