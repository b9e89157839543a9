"""A sixth method as an example: the standard interface by file (標準IF、ファイル連携), read by ``docs/extending.md``.

The common-function specification allows a CSV in object storage beside the API. At its interval, while the core
systems are on-line, application management writes what waits into a file; after the transfer the core system imports
it record after record. What it refuses comes back in a result file, and a clerk keys it in; nobody reads a list. What
is not begun before the core systems close waits for the next file.
"""

from collections import deque
from dataclasses import dataclass
from typing import ClassVar

from shinsei.domain.distributions import Distribution
from shinsei.domain.linkage.case import Case, Purpose
from shinsei.domain.linkage.floor import Floor
from shinsei.domain.linkage.route import Linkage
from shinsei.domain.linkage.times import sampler
from shinsei.domain.simtime import HOUR_MS, MINUTE_MS, SECOND_MS, SimTime, day_number, day_start


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardFileSpec:
    """Parameters of the method; every number is an assumption [A]."""

    interval_ms: int
    """A file at each multiple of this, counted from midnight."""
    transfer_min: Distribution
    """From writing the file until the core system has it."""
    per_record_s: Distribution
    max_records: int
    p_reject: float
    p_undetected: float


class StandardFile(Linkage):
    """One file at a time, from writing to its last record."""

    spec: ClassVar[StandardFileSpec] = StandardFileSpec(
        interval_ms=HOUR_MS,
        transfer_min=Distribution(mean=5.0, cv=0.5),
        per_record_s=Distribution(mean=0.3, cv=0.5),
        max_records=10_000,
        p_reject=0.01,
        p_undetected=0.0001,
    )
    """In the product this is a field of ``MethodsSpec``, and its numbers stand in the scenario."""

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self._transfer_ms = sampler(self.spec.transfer_min, MINUTE_MS)
        self._record_ms = sampler(self.spec.per_record_s, SECOND_MS)
        self._waiting: deque[Case] = deque()
        self._file: deque[Case] = deque()
        self._is_busy = False
        """A file is planned or under way."""

    def queue(self, case: Case) -> None:
        """Waits for the next file."""
        self._waiting.append(case)
        self._plan()

    def _plan(self) -> None:
        if not self._is_busy and self._waiting:
            self._is_busy = True
            self.floor.call_at(self._next_file(), self._write)

    def _next_file(self) -> SimTime:
        """The first multiple of the interval after now and within on-line hours."""
        now, every = self.floor.now, self.spec.interval_ms
        day = day_number(now)
        while True:
            midnight = day_start(day)
            for online_from, online_until in self.floor.calendar.core_online(day):
                at = midnight - (midnight - max(now + 1, online_from)) // every * every
                if at < online_until:
                    return SimTime(at)
            day = self.floor.calendar.next_open_day(day)

    def _write(self, _: None) -> None:
        while self._waiting and len(self._file) < self.spec.max_records:
            case = self._waiting.popleft()
            if case.is_open:
                self._file.append(case)
        transfer = self._transfer_ms(self.floor.draw(f"standard-file-{self.floor.now}", "transfer"))
        self.floor.call_at(SimTime(self.floor.now + transfer), self._read_on)

    def _read_on(self, _: None = None) -> None:
        """Begins the next record that still counts and can be done today; else the file is over."""
        online_until = self.floor.core_online_until
        while self._file:
            case = self._file.popleft()
            if not case.is_open:
                continue
            ends_at = self.floor.now + self._record_ms(case.draw(Purpose.MACHINE))
            if online_until is None or ends_at > online_until:
                self._file.appendleft(case)
                break
            self.floor.start_linkage(case, "standard file")
            self.floor.call_at(SimTime(ends_at), self._imported, (case, self.floor.now))
            return
        self._waiting.extendleft(reversed(self._file))
        self._file.clear()
        self._is_busy = False
        self._plan()

    def _imported(self, record: tuple[Case, SimTime]) -> None:
        case, began_at = record
        self.floor.count_machine(self.floor.now - began_at)
        if case.is_open:
            if case.draw(Purpose.EXCEPTION) < self.spec.p_reject:
                self.floor.return_to_queue(case, self.floor.key, "standard file: rejected")
            else:
                is_wrong = case.draw(Purpose.UNDETECTED_ERROR) < self.spec.p_undetected
                self.floor.register(case, is_wrong=is_wrong)
        self._read_on()
