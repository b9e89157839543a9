"""What strikes a whole file of method 4: columns shifted, handed over twice, over the cap without anybody noticing.

Each is taken from a published incident and off unless the scenario has its numbers. None changes the course of a case
but the stall, which makes it wait: nothing leads back from a registration, so that a wrong record is put right in the
core system by clerks, with a login, and a doubled one is counted with what it paid out; the case itself counts once.
"""

from collections.abc import Sequence
from datetime import date
from functools import partial

from shinsei.domain.distributions import Distribution
from shinsei.domain.linkage.activity import Activity
from shinsei.domain.linkage.case import Case
from shinsei.domain.linkage.floor import Floor, Task
from shinsei.domain.linkage.incident import Incident, IncidentKind
from shinsei.domain.linkage.times import sampler
from shinsei.domain.run import HandedOverTwiceSpec, MisalignedSpec
from shinsei.domain.simtime import HOUR_MS, MINUTE_MS, SimTime, date_of, day_number

KNOWN_AGAIN = HandedOverTwiceSpec(
    p_per_file=0.0, dates=(), idempotent=True, detection_h=Distribution(mean=1.0), yen_per_case=0.0
)
"""Where a scenario does not say what a second file does: it is known by its batch id, and harmless."""


class _Strikes:
    """Which files are struck: some by chance, the first of each date named, and the next of a control change."""

    def __init__(self, floor: Floor, purpose: str, p_per_file: float, dates: tuple[date, ...]) -> None:
        self._floor, self._purpose, self._p = floor, purpose, p_per_file
        self._dates = set(dates)
        self.next_files = 0

    def hit(self, batch_id: str) -> bool:
        """Whether this file, handed over now, is struck."""
        today = date_of(day_number(self._floor.now))
        if self.next_files:
            self.next_files -= 1
            return True
        if today in self._dates:
            self._dates.remove(today)
            return True
        return self._floor.draw(batch_id, self._purpose) < self._p


class Misalignment:
    """A wrong-column file (列ずれ): all its records are wrong until it is found and rolled back (取込の取消し)."""

    def __init__(self, floor: Floor, spec: MisalignedSpec) -> None:
        self._floor = floor
        self._strikes = _Strikes(floor, "misaligned", spec.p_per_file, spec.dates)
        self._detection_ms = sampler(spec.detection_h, HOUR_MS) if spec.detection_h else None
        self._rollback_ms = sampler(spec.rollback_min_per_record, MINUTE_MS, 1.0 / floor.spec.productive_share)

    def hand_over(self, batch_id: str) -> Incident | None:
        """The incident that this file is, if it is one."""
        if not self._strikes.hit(batch_id):
            return None
        return Incident(IncidentKind.MISALIGNED_FILE, batch_id, self._floor.now)

    def imported(self, incident: Incident) -> None:
        """The import has ended; unless the list's review finds it, it is found after its time."""
        if incident.records:
            self._floor.note_incident(incident)
            if self._detection_ms is not None:
                delay = self._detection_ms(self._floor.draw(incident.subject, "misaligned found"))
                self._floor.call_at(SimTime(self._floor.now + delay), self._found, incident)

    def reviewed(self, incident: Incident) -> None:
        """The list has been reviewed."""
        if incident.records and self._detection_ms is None:
            self._found(incident)

    def _found(self, incident: Incident) -> None:
        incident.found_at = self._floor.now
        duration = self._rollback_ms(self._floor.draw(incident.subject, "rollback")) * incident.records
        self._floor.ask_clerk(Task(Activity.ROLLBACK, duration, partial(self._rolled_back, incident)))

    def _rolled_back(self, incident: Incident, _: Task) -> None:
        incident.settled_at = self._floor.now


class SecondHandOver:
    """The same file handed over twice (二重取込): known by its batch id, or registered and paid a second time."""

    def __init__(self, floor: Floor, spec: HandedOverTwiceSpec) -> None:
        self._floor = floor
        self._spec = spec
        self._strikes = _Strikes(floor, "handed over twice", spec.p_per_file, spec.dates)
        self._detection_ms = sampler(spec.detection_h, HOUR_MS)

    def strike_next(self, files: int) -> None:
        """So many files from now on come twice, whatever the chance."""
        self._strikes.next_files = files

    def hand_over(self, batch_id: str) -> Incident | None:
        """The second hand-over that this file will have, if it will."""
        if not self._strikes.hit(batch_id):
            return None
        return Incident(IncidentKind.FILE_HANDED_OVER_TWICE, batch_id, self._floor.now)

    def is_imported_again(self, incident: Incident) -> bool:
        """Whether the second file, which comes now, is imported; one that is known is refused at once and harmless."""
        incident.began_at = self._floor.now
        self._floor.note_incident(incident)
        if self._spec.idempotent:
            incident.found_at = self._floor.now
        return not self._spec.idempotent

    def imported(self, incident: Incident, cases: int) -> None:
        """So many cases are in the core system twice now, and will be paid twice."""
        for _ in range(cases):
            incident.strike(self._floor.now)
        incident.yen = cases * self._spec.yen_per_case
        delay = self._detection_ms(self._floor.draw(incident.subject, "handed over twice found"))
        self._floor.call_at(SimTime(self._floor.now + delay), self._found, incident)

    def _found(self, incident: Incident) -> None:
        incident.found_at = self._floor.now


class Stall:
    """A file over the cap is refused whole, and nobody notices; from the moment of notice on files are split [A]."""

    def __init__(self, floor: Floor, noticed_after_ms: int) -> None:
        self._floor = floor
        self._noticed_after_ms = noticed_after_ms
        self._incident: Incident | None = None
        self._refused: set[str] = set()

    def refuses(self, waiting: Sequence[Case], batch_id: str) -> bool:
        """Whether a file with all these cases, which is over the cap, is refused."""
        now = self._floor.now
        if self._incident is None:
            self._incident = Incident(IncidentKind.STALLED_FILE, batch_id, now)
            self._floor.note_incident(self._incident)
            self._floor.call_at(SimTime(now + self._noticed_after_ms), self._noticed)
        if self._incident.found_at is not None:
            return False
        for case in waiting:
            if case.case_id not in self._refused:
                self._refused.add(case.case_id)
                self._incident.strike(now)
        return True

    def _noticed(self, _: None) -> None:
        assert self._incident is not None
        self._incident.found_at = self._floor.now
