"""Method 1: transcription from the inquiry screen (申請内容照会画面からの転記), element ③-4; core system unchanged.

A clerk looks the case up in application management and keys it into the core system, which takes a login
seat; a second clerk compares. The case is registered when the check is done, or with the last key where
there is none. Where nobody else is employed who may check, it is by the same person and counts as single entry. This
is also where the exceptions and rejects of all other methods end.
"""

from typing import Final

from shinsei.domain.linkage.activity import Activity
from shinsei.domain.linkage.case import Case, Purpose
from shinsei.domain.linkage.floor import Floor, Task
from shinsei.domain.linkage.route import Linkage
from shinsei.domain.linkage.times import sampler
from shinsei.domain.simtime import MINUTE_MS

# Bound once: under Python 3.11 an enum takes long to give out a member (docs/performance.md).
_KEYING: Final = Activity.KEYING
_SECOND_CHECK: Final = Activity.SECOND_CHECK


class Transcription(Linkage):
    """Keying by one clerk, checking by another."""

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        spec = floor.spec.methods.transcription
        stretch = 1.0 / floor.spec.productive_share
        self._keying_ms = sampler(spec.keying_min, MINUTE_MS, stretch)
        self._check_ms = sampler(spec.check_min, MINUTE_MS, stretch)
        self._has_second_check = spec.second_check
        self._p_wrong_alone = spec.p_undetected_single
        self._p_wrong = spec.p_undetected_double
        self._factors = dict(floor.spec.keying_factors)
        # Bound once: to bind what follows a task anew takes as long as to make the task.
        self._on_start = self._started
        self._on_keyed = self._keyed
        self._on_checked = self._checked

    def queue(self, case: Case) -> None:
        """Waits for a clerk, first come, first served, beside the paper cases."""
        self.key(case, _KEYING)

    def key(self, case: Case, activity: Activity) -> None:
        """Waits for a clerk in the queue of this activity."""
        duration = self._keying_ms.ms(case.fates[Purpose.KEYING])
        factor = self._factors.get(case.procedure)
        if factor is not None:
            duration = round(duration * factor)
        self.floor.ask_clerk(Task(activity, duration, self._on_keyed, case, self._on_start))

    def _started(self, task: Task) -> None:
        self.floor.start_linkage(task.case)  # type: ignore[arg-type]  # keying is always of a case

    def _keyed(self, task: Task) -> None:
        case = task.case
        assert case is not None
        if not self._has_second_check:
            self._save(case, alone=True)
            return
        duration = self._check_ms.ms(case.fates[Purpose.SECOND_CHECK])
        self.floor.ask_clerk(Task(_SECOND_CHECK, duration, self._on_checked, case, None, task.clerk))

    def _checked(self, task: Task) -> None:
        assert task.case is not None
        self._save(task.case, alone=task.clerk == task.not_by)

    def _save(self, case: Case, *, alone: bool) -> None:
        p_wrong = self._p_wrong_alone if alone else self._p_wrong
        self.floor.register(case, is_wrong=case.fates[Purpose.UNDETECTED_ERROR] < p_wrong)
