"""Method 3: import function on the entry screen (入力画面に取込機能の実装), element ④; core system changed.

A clerk opens the entry screen, imports the application data, confirms what is in the fields and saves: one
case at a time, with a login seat, the machine's seconds included. Where the data does not fit (an exception)
the case is keyed in by a clerk instead, or only what does not fit is, where the kind of the exception allows it. Where
there is a second check another clerk compares before the case is registered.
"""

from typing import Final

from shinsei.domain.linkage.activity import Activity
from shinsei.domain.linkage.case import Case, Purpose
from shinsei.domain.linkage.floor import Floor, Task
from shinsei.domain.linkage.route import Linkage
from shinsei.domain.linkage.times import sampler
from shinsei.domain.simtime import MINUTE_MS, SECOND_MS

# Bound once: under Python 3.11 an enum takes long to give out a member (docs/performance.md).
_SCREEN_IMPORT: Final = Activity.SCREEN_IMPORT
_SECOND_CHECK: Final = Activity.SECOND_CHECK


class ScreenImport(Linkage):
    """A clerk at the entry screen, with the machine's help."""

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self._spec = floor.spec.methods.screen_import
        self._staff_ms = sampler(self._spec.staff_min, MINUTE_MS, 1.0 / floor.spec.productive_share)
        self._machine_ms = sampler(self._spec.machine_s, SECOND_MS)
        stretch = 1.0 / floor.spec.productive_share
        self._check_ms = sampler(self._spec.check_min, MINUTE_MS, stretch) if self._spec.check_min else None
        self._kinds = [
            (kind, sampler(kind.fix_min, MINUTE_MS, stretch) if kind.fix_min else None)
            for kind in self._spec.exceptions
        ]

    def queue(self, case: Case) -> None:
        """Waits for a clerk, first come, first served, beside the paper cases."""
        duration = self._staff_ms(case.draw(Purpose.STAFF)) + self._machine_ms(case.draw(Purpose.MACHINE))
        self.floor.ask_clerk(Task(_SCREEN_IMPORT, duration, self._confirmed, case, self._started))

    def _started(self, task: Task) -> None:
        assert task.case is not None
        self.floor.start_linkage(task.case)

    def _confirmed(self, task: Task) -> None:
        case = task.case
        assert case is not None
        if case.draw(Purpose.EXCEPTION) < self._spec.p_exception:
            self._mend(case)
        else:
            self._entered(task)

    def _mend(self, case: Case) -> None:
        """A clerk mends what does not fit at the entry screen, or keys the whole case."""
        left = case.draw(Purpose.EXCEPTION_KIND) if self._kinds else 1.0
        for kind, fix_ms in self._kinds:
            left -= kind.share
            if left < 0:
                if fix_ms is None:
                    self.floor.return_to_queue(case, self.floor.key, f"screen import refused: {kind.kind}")
                else:
                    duration = fix_ms(case.draw(Purpose.HANDLING))
                    self.floor.ask_clerk(Task(Activity.EXCEPTION_KEYING, duration, self._entered, case))
                return
        self.floor.return_to_queue(case, self.floor.key, "screen import refused")

    def _entered(self, task: Task) -> None:
        case = task.case
        assert case is not None
        if self._check_ms is None:
            self._save(case, self._spec.p_undetected)
            return
        duration = self._check_ms(case.draw(Purpose.SECOND_CHECK))
        self.floor.ask_clerk(Task(_SECOND_CHECK, duration, self._checked, case, None, task.clerk))

    def _checked(self, task: Task) -> None:
        assert task.case is not None
        is_alone = task.clerk == task.not_by
        self._save(task.case, self._spec.p_undetected if is_alone else self._spec.p_undetected_double)

    def _save(self, case: Case, p_wrong: float) -> None:
        self.floor.register(case, is_wrong=case.draw(Purpose.UNDETECTED_ERROR) < p_wrong)
