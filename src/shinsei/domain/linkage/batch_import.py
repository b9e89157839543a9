"""Method 4: batch import (一括取込機能の実装), element ④; core system changed.

At its windows, on open days, a job takes a file of waiting cases, with a batch id and a cap, and imports
record after record, each registered at its own moment within the job; no clerk and no login seat is needed
then. A window that finds the last job still running, or nothing waiting, is let pass [A]. A reject goes to a
clerk for keying. When the file aborts, what was imported stays; the same batch id runs again after the delay
and skips what is already there, so that a re-run changes nothing twice. A clerk reviews the list of the whole
file. An undetected error concerns a whole file: one draw per batch id decides whether all its records are
wrong (a shifted column), with the rate per record as its probability, so that the expected number stays.
"""

from collections import deque

from shinsei.domain.linkage.activity import Activity
from shinsei.domain.linkage.case import Case, Purpose
from shinsei.domain.linkage.floor import Floor, Task
from shinsei.domain.linkage.route import Linkage
from shinsei.domain.linkage.times import sampler
from shinsei.domain.simtime import MINUTE_MS, SECOND_MS, SimTime, day_number, to_datetime


class BatchFile:
    """A file handed over for import (取込ファイル)."""

    __slots__ = ("aborts", "aborts_before", "batch_id", "began_at", "is_wrong", "next_record", "records", "rejects")

    def __init__(self, batch_id: str, records: list[Case], *, is_wrong: bool) -> None:
        self.batch_id = batch_id
        self.records = records
        self.is_wrong = is_wrong
        self.next_record = 0
        self.aborts = 0
        self.aborts_before = -1
        """Record before which the present attempt aborts; -1 for none."""
        self.rejects = 0
        self.began_at = SimTime(0)


class BatchImport(Linkage):
    """One import job, at its windows."""

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self._spec = floor.spec.methods.batch_import
        self._overhead_ms = sampler(self._spec.overhead_min, MINUTE_MS)
        self._record_ms = sampler(self._spec.per_record_s, SECOND_MS)
        self._review_ms = sampler(self._spec.review_min_per_record, MINUTE_MS, 1.0 / floor.spec.productive_share)
        self._waiting: deque[Case] = deque()
        self._is_planned = False
        self._is_running = False

    def queue(self, case: Case) -> None:
        """Waits for the next window."""
        self._waiting.append(case)
        self._plan_window()

    def _plan_window(self) -> None:
        if self._is_planned or not self._waiting or not self._spec.windows_ms:
            return
        now = self.floor.now
        day = day_number(now)
        while not (windows := [at for at in self.floor.calendar.windows(day, self._spec.windows_ms) if at > now]):
            day = self.floor.calendar.next_open_day(day)
        self._is_planned = True
        self.floor.call_at(windows[0], self._open_window)

    def _open_window(self, _: None) -> None:
        self._is_planned = False
        if not self._is_running:
            records: list[Case] = []
            while self._waiting and len(records) < self._spec.max_records:
                case = self._waiting.popleft()
                if case.is_open:
                    records.append(case)
            if any(case.is_open for case in self._waiting):
                self.floor.window_overflowed()
            if records:
                self._hand_over(records)
        self._plan_window()

    def _hand_over(self, records: list[Case]) -> None:
        batch_id = f"B{to_datetime(self.floor.now):%Y%m%d-%H%M}"
        is_wrong = self.floor.draw(batch_id, "undetected error") < self._spec.p_undetected
        file = BatchFile(batch_id, records, is_wrong=is_wrong)
        self._is_running = True
        for case in records:
            self.floor.start_linkage(case, batch_id)
        self._start(file)

    def _start(self, file: BatchFile) -> None:
        """Starts an attempt; a re-run goes on behind the records that are already imported."""
        file.began_at = self.floor.now
        file.aborts_before = -1
        if self.floor.draw(file.batch_id, "abort", file.aborts) < self._spec.p_abort_per_run:
            to_do = len(file.records) - file.next_record
            point = int(self.floor.draw(file.batch_id, "abort point", file.aborts) * to_do)
            file.aborts_before = file.next_record + point
        overhead = self._overhead_ms(self.floor.draw(file.batch_id, "overhead", file.aborts))
        self.floor.call_at(SimTime(self.floor.now + overhead), self._read_on, file)

    def _read_on(self, file: BatchFile) -> None:
        """Reads the next record that still counts, aborts, or ends."""
        while file.next_record < len(file.records):
            if file.next_record == file.aborts_before:
                self._abort(file)
                return
            case = file.records[file.next_record]
            if case.is_open:
                duration = self._record_ms(case.draw(Purpose.MACHINE))
                self.floor.call_at(SimTime(self.floor.now + duration), self._import, file)
                return
            file.next_record += 1
        self._end(file)

    def _import(self, file: BatchFile) -> None:
        case = file.records[file.next_record]
        file.next_record += 1
        if case.is_open:
            if case.draw(Purpose.EXCEPTION) < self._spec.p_reject:
                file.rejects += 1
                self.floor.return_to_queue(case, self.floor.key, f"{file.batch_id}: rejected")
            else:
                self.floor.register(case, is_wrong=file.is_wrong, detail=file.batch_id)
        self._read_on(file)

    def _abort(self, file: BatchFile) -> None:
        file.aborts += 1
        self.floor.count_machine(self.floor.now - file.began_at)
        delay = max(1, round(self._spec.rerun_delay_min * MINUTE_MS))
        self.floor.call_at(SimTime(self.floor.now + delay), self._start, file)

    def _end(self, file: BatchFile) -> None:
        self._is_running = False
        size = len(file.records)
        self.floor.count_machine(self.floor.now - file.began_at)
        self.floor.count_batch(records=size, rejects=file.rejects, aborts=file.aborts)
        duration = self._review_ms(self.floor.draw(file.batch_id, "review")) * size
        self.floor.ask_clerk(Task(Activity.LIST_REVIEW, duration, _nothing_follows))


def _nothing_follows(_: Task) -> None:
    """What the list shows is already with the clerks."""
