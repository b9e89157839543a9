"""The office once more and otherwise: as processes in SimPy, where a clerk goes to a board of tasks.

It shares nothing with the kernel: it has its own clock in minutes and its own idea of an office. Here it is measured
against; in ``tests/model/test_second_opinion.py`` it has its own chance too, and is got wrong on purpose.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import simpy

from bench.work import Step

DAY_MIN = 24 * 60.0
_WEEKEND = (5, 6)
_SUSPENDED = -1
_NOTHING_MIN = 1e-9
"""What rounding leaves of a task that is done."""
_RANKS = {Step.SECOND_CHECK: 3, Step.CONTENT_CHECK: 5, Step.RESULT_ENTRY: 6, Step.NOTICE: 7, Step.KEYING: 8}

Process = Generator[simpy.Event, Any, None]


@dataclass(slots=True)
class Note:
    """A note on the board."""

    rank: int
    minutes: float
    then: Callable[[int], None]
    not_by: int | None = None


@dataclass
class Rules:
    """The office as its regulations have it; each line can be got wrong."""

    clerks: int = 2
    closed_days: frozenset[int] = frozenset({8})
    """Counted from 1 June 2021, which is a Tuesday."""
    lunch_break: bool = True
    second_check: bool = True
    until: float = 17.25 * 60


@dataclass
class SecondOffice:
    """Method 1; times in minutes since the midnight of 1 June."""

    rules: Rules
    minutes: Callable[[Step, int], float]
    """How long a step of a case takes."""
    env: simpy.Environment = field(default_factory=simpy.Environment)
    board: defaultdict[int, deque[Note]] = field(default_factory=lambda: defaultdict(deque))
    idle: dict[int, simpy.Event] = field(default_factory=dict)
    registered: dict[int, float] = field(default_factory=dict)
    decided: dict[int, float] = field(default_factory=dict)
    busy: float = 0.0

    def run(self, moments: Sequence[float], until: float) -> None:
        """Lets cases come and clerks work."""
        self.env.process(self.come(moments))
        for clerk in range(self.rules.clerks):
            self.env.process(self.clerk(clerk))
        self.env.run(until=until)

    def is_open(self, day: int) -> bool:
        """Weekdays that are no holiday."""
        return (day + 1) % 7 not in _WEEKEND and day not in self.rules.closed_days

    def post(self, note: Note) -> None:
        """Puts a note on the board and calls the first idle clerk who may take it."""
        self.board[note.rank].append(note)
        if self.idle:
            clerk = min((clerk for clerk in self.idle if clerk != note.not_by), default=None)
            if clerk is not None:
                self.idle.pop(clerk).succeed()

    def ask(self, step: Step, case: int, then: Callable[[int], None], not_by: int | None = None) -> None:
        """Posts a step of a case."""
        self.post(Note(_RANKS[step], self.minutes(step, case), then, not_by))

    # Cases

    def come(self, moments: Sequence[float]) -> Process:
        """Cases arrive."""
        for case, at in enumerate(moments):
            yield self.env.timeout(at - self.env.now)
            self.ask(Step.CONTENT_CHECK, case, partial(self.checked, case))

    def checked(self, case: int, _: int) -> None:
        """Its content is right."""
        self.key(case)

    def key(self, case: int, rank: int = _RANKS[Step.KEYING]) -> None:
        """Waits to be keyed, and then checked by somebody else."""

        def keyed(clerk: int) -> None:
            if self.rules.second_check:
                self.ask(Step.SECOND_CHECK, case, lambda _: self.register(case), not_by=clerk)
            else:
                self.register(case)

        self.post(Note(rank, self.minutes(Step.KEYING, case), keyed))

    def register(self, case: int) -> None:
        """Its examination begins."""
        self.registered[case] = self.env.now
        self.env.process(self.examine(case))

    def examine(self, case: int) -> Process:
        """Takes days, ends in office hours; then the result is entered and the notice sent."""
        yield self.env.timeout(self.minutes(Step.EXAMINATION, case))
        while not (self.is_open(int(self.env.now // DAY_MIN)) and self.env.now % DAY_MIN < self.rules.until):
            yield self.env.timeout(DAY_MIN - self.env.now % DAY_MIN)
        yield self.env.timeout(max(0.0, 8.5 * 60 - self.env.now % DAY_MIN))

        def entered(_: int) -> None:
            self.decided[case] = self.env.now
            self.ask(Step.NOTICE, case, lambda _: None)

        self.ask(Step.RESULT_ENTRY, case, entered)

    # Clerks

    def stay_from(self, clerk: int, now: float) -> tuple[float, float]:
        """The stay at work that a clerk is in, or the next one."""
        day = int(now // DAY_MIN)
        while True:
            if self.is_open(day):
                stays = [(8.5 * 60, self.rules.until)]
                if self.rules.lunch_break and clerk != day % self.rules.clerks:  # one of them has lunch duty
                    stays = [(8.5 * 60, 12 * 60.0), (13 * 60.0, self.rules.until)]
                for start, end in stays:
                    if day * DAY_MIN + end > now:
                        return day * DAY_MIN + start, day * DAY_MIN + end
            day += 1

    def take(self, clerk: int) -> Note | None:
        """The first note of the lowest rank that this clerk may do."""
        for _, notes in sorted(self.board.items()):
            for place, note in enumerate(notes):
                if note.not_by != clerk:
                    del notes[place]
                    return note
        return None

    def clerk(self, me: int) -> Process:
        """Comes, works, puts down what is not finished at the end of the stay."""
        env = self.env
        start, end = self.stay_from(me, env.now)
        while True:
            if env.now >= end:
                start, end = self.stay_from(me, env.now)
            if env.now < start:
                yield env.timeout(start - env.now)
                continue
            note = self.take(me)
            if note is None:
                self.idle[me] = called = env.event()
                yield called | env.timeout(end - env.now)
                self.idle.pop(me, None)
                continue
            works = min(note.minutes, end - env.now)
            yield env.timeout(works)
            self.busy += works
            note.minutes -= works
            if note.minutes > _NOTHING_MIN:
                note.rank = _SUSPENDED
                self.post(note)
            else:
                note.then(me)
