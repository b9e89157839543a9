"""Method 4: batch import (一括取込機能の実装), element ④; core system changed.

At its windows, on open days, a job takes a file of waiting cases, with a batch id and a cap, and imports
record after record, each registered at its own moment within the job; no clerk and no login seat is needed
then. A window that finds the last job still running, or nothing waiting, is let pass [A]. A reject goes to a
clerk for keying. When the file aborts, what was imported stays; the same batch id runs again after the delay
and skips what is already there, so that a re-run changes nothing twice. A clerk reviews the list of the whole
file. An undetected error concerns a whole file: one draw per batch id decides whether all its records are
wrong and stay so, with the rate per record as its probability, so that the expected number stays. What is found
later (a shifted column, a file that came twice, a stall) is in ``batch_mishaps``, other users of a window in
``batch_window``.
"""

from collections import deque
from functools import partial

from shinsei.domain.linkage.activity import Activity
from shinsei.domain.linkage.batch_mishaps import KNOWN_AGAIN, Misalignment, SecondHandOver, Stall
from shinsei.domain.linkage.batch_window import BatchWindow
from shinsei.domain.linkage.case import Case, Purpose
from shinsei.domain.linkage.floor import Floor, Task
from shinsei.domain.linkage.incident import Incident, IncidentKind
from shinsei.domain.linkage.route import Linkage
from shinsei.domain.linkage.times import sampler
from shinsei.domain.run import Change, ChangeKind
from shinsei.domain.simtime import MINUTE_MS, SECOND_MS, SimTime, day_number, to_datetime


class BatchFile:
    """A file handed over for import (取込ファイル)."""

    __slots__ = (
        "aborts",
        "aborts_before",
        "again",
        "batch_id",
        "began_at",
        "is_wrong",
        "next_record",
        "records",
        "registered",
        "rejects",
        "shift",
    )

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
        self.registered: list[Case] = []
        self.shift: Incident | None = None
        """There if its columns are shifted."""
        self.again: Incident | None = None
        """There if it will come a second time."""


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
        spec = self._spec
        self._window = BatchWindow(spec.other_jobs, floor.calendar)
        self._misalignment = Misalignment(floor, spec.misaligned) if spec.misaligned else None
        self._second = SecondHandOver(floor, spec.handed_over_twice) if spec.handed_over_twice else None
        noticed_after_ms = spec.stall_noticed_after_ms
        self._stall = None if noticed_after_ms is None else Stall(floor, noticed_after_ms)
        self._to_abort = 0
        """Attempts from now on that abort by a control change."""

    def queue(self, case: Case) -> None:
        """Waits for the next window."""
        self._waiting.append(case)
        self._plan_window()

    def change(self, change: Change) -> None:
        """What befalls the next files, whatever the scenario's rates."""
        if change.kind is ChangeKind.BATCH_ABORTS:
            self._to_abort = change.value
        elif change.kind is ChangeKind.BATCH_TWICE:
            self._second = self._second or SecondHandOver(self.floor, KNOWN_AGAIN)
            self._second.strike_next(change.value)

    def _plan_window(self) -> None:
        if self._is_planned or not self._waiting or not self._spec.windows_ms:
            return
        now = self.floor.now
        day = day_number(now)
        while not (windows := [at for at in self.floor.calendar.windows(day, self._spec.windows_ms) if at > now]):
            day = self.floor.calendar.next_open_day(day)
        self._is_planned = True
        self.floor.call_at(windows[0], self._open_window, windows[0])

    def _open_window(self, window: SimTime) -> None:
        """Hands a file over, or waits until nobody else has the window, or misses it."""
        now = self.floor.now
        free_at = self._window.free_from(now)
        if free_at > now and not self._is_missed(window, free_at):
            self.floor.call_at(free_at, self._open_window, window)
            return
        self._is_planned = False
        if not self._is_running and free_at == now and not self._is_refused():
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

    def _is_missed(self, window: SimTime, free_at: SimTime) -> bool:
        at_most_ms = self._spec.wait_at_most_ms
        if at_most_ms is None or free_at - window <= at_most_ms:
            return False
        incident = Incident(IncidentKind.WINDOW_MISSED, self._batch_id(), self.floor.now)
        for case in self._waiting:
            if case.is_open:
                incident.strike(self.floor.now)
        incident.found_at = self.floor.now
        if incident.records:
            self.floor.note_incident(incident)
        return True

    def _is_refused(self) -> bool:
        """Whether the file is over the cap, and stalls."""
        if self._stall is None:
            return False
        waiting = [case for case in self._waiting if case.is_open]
        if len(waiting) <= self._spec.max_records or not self._stall.refuses(waiting, self._batch_id()):
            return False
        self.floor.window_overflowed()
        return True

    def _batch_id(self) -> str:
        return f"B{to_datetime(self.floor.now):%Y%m%d-%H%M}"

    def _hand_over(self, records: list[Case]) -> None:
        batch_id = self._batch_id()
        is_wrong = self.floor.draw(batch_id, "undetected error") < self._spec.p_undetected
        file = BatchFile(batch_id, records, is_wrong=is_wrong)
        if self._misalignment:
            file.shift = self._misalignment.hand_over(batch_id)
        if self._second:
            file.again = self._second.hand_over(batch_id)
        self._is_running = True
        for case in records:
            self.floor.start_linkage(case, batch_id)
        self._start(file)

    def _start(self, file: BatchFile) -> None:
        """Starts an attempt; a re-run goes on behind the records that are already imported."""
        file.began_at = self.floor.now
        file.aborts_before = -1
        aborts = self.floor.draw(file.batch_id, "abort", file.aborts) < self._spec.p_abort_per_run
        if self._to_abort:
            self._to_abort -= 1
            aborts = True
        if aborts:
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
                self.floor.register(case, is_wrong=file.is_wrong and file.shift is None, detail=file.batch_id)
                self._imported(file, case)
        self._read_on(file)

    def _imported(self, file: BatchFile, case: Case) -> None:
        if case.is_open:
            return  # a double, which the core system refuses
        file.registered.append(case)
        if file.shift:
            file.shift.strike(self.floor.now)

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
        if self._misalignment and file.shift:
            self._misalignment.imported(file.shift)
        duration = self._review_ms(self.floor.draw(file.batch_id, "review")) * size
        self.floor.ask_clerk(Task(Activity.LIST_REVIEW, duration, partial(self._reviewed, file)))
        if self._second and file.again and self._second.is_imported_again(file.again):
            self._is_running = True
            duration = self._overhead_ms(self.floor.draw(file.batch_id, "overhead again"))
            duration += sum(self._record_ms(case.draw(Purpose.MACHINE)) for case in file.registered)
            self.floor.count_machine(duration)
            self.floor.call_at(SimTime(self.floor.now + duration), self._end_again, file)

    def _end_again(self, file: BatchFile) -> None:
        self._is_running = False
        assert self._second
        assert file.again
        self._second.imported(file.again, len(file.registered))

    def _reviewed(self, file: BatchFile, _: Task) -> None:
        """What the list shows is already with the clerks, but for a file that is wrong as a whole."""
        if self._misalignment and file.shift:
            self._misalignment.reviewed(file.shift)
