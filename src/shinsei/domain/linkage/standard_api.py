"""Baseline: the standard interface (標準IF) of the common-function specification, between the systems directly.

At its interval, while the core systems are on-line [A], a transfer takes what waits and sends case after case,
each registered when its call ends. What the core system refuses is keyed in by a clerk.
"""

from collections import deque

from shinsei.domain.linkage.case import Case, Purpose
from shinsei.domain.linkage.floor import Floor
from shinsei.domain.linkage.route import Linkage
from shinsei.domain.linkage.times import sampler
from shinsei.domain.simtime import SECOND_MS, SimTime, day_number, day_start


class StandardApi(Linkage):
    """One transfer at a time, at an interval from midnight."""

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self._spec = floor.spec.methods.standard_api
        self._machine_ms = sampler(self._spec.machine_s, SECOND_MS)
        self._waiting: deque[Case] = deque()
        self._transfer: deque[Case] = deque()
        self._is_planned = False
        self._is_running = False

    def queue(self, case: Case) -> None:
        """Waits for the next transfer."""
        self._waiting.append(case)
        self._plan()

    def _plan(self) -> None:
        if not self._is_planned and (self._waiting or self._transfer):
            self._is_planned = True
            self.floor.call_at(self._next_transfer(), self._begin)

    def _next_transfer(self) -> SimTime:
        """The first multiple of the interval, counted from midnight, after now and within on-line hours."""
        now, every = self.floor.now, self._spec.interval_ms
        day = day_number(now)
        while True:
            midnight = day_start(day)
            for online_from, online_until in self.floor.calendar.core_online(day):
                earliest = max(now + 1, online_from)
                at = midnight - (midnight - earliest) // every * every
                if at < online_until:
                    return SimTime(at)
            day = self.floor.calendar.next_open_day(day)

    def _begin(self, _: None) -> None:
        self._is_planned = False
        self._transfer.extend(self._waiting)
        self._waiting.clear()
        if not self._is_running:
            self._next_case()
        else:
            self._plan()

    def _next_case(self) -> None:
        self._is_running = False
        online_until = self.floor.core_online_until
        while self._transfer:
            case = self._transfer[0]
            if not case.is_open:
                self._transfer.popleft()
                continue
            ends_at = self.floor.now + self._machine_ms(case.draw(Purpose.MACHINE))
            if online_until is not None and ends_at <= online_until:
                self._transfer.popleft()
                self._is_running = True
                self.floor.start_linkage(case)
                self.floor.call_at(SimTime(ends_at), self._sent, (case, self.floor.now))
                return
            break
        self._plan()

    def _sent(self, sent: tuple[Case, SimTime]) -> None:
        case, began_at = sent
        self.floor.count_machine(self.floor.now - began_at)
        if case.is_open:
            if case.draw(Purpose.EXCEPTION) < self._spec.p_exception:
                self.floor.return_to_queue(case, self.floor.key, "refused by the core system")
            else:
                is_wrong = case.draw(Purpose.UNDETECTED_ERROR) < self._spec.p_undetected
                self.floor.register(case, is_wrong=is_wrong)
        self._next_case()
