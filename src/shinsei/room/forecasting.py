"""Keeps a forecast of every run that is shown: replay after replay, in turns, at a small share of one core.

The newest replays count. A control change makes those before it worthless, so they are dropped. Of a run that stands
still nothing new can be foreseen. One that goes flat out is days ahead of whatever is foreseen of it and wants the
processor itself: its first forecast is put off until it has lasted a while, the next ones come rarely, and nobody is
told what would save it before there is time to do it. When it slows down, it is foreseen anew.

A worker that hangs or fails leaves the last forecast where it was. So each one is told with the moment for which it was
made, and it is counted for how long it has been too old.
"""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeVar

import structlog

from shinsei.domain.errors import UnavailableError
from shinsei.domain.forecast import Forecast, Prospect, Question, forecast, replay
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.remedy import Remedy, remedies
from shinsei.domain.simtime import HOUR_MS, SimTime
from shinsei.room.replays import REPLAYS, Replays
from shinsei.runtime.clock import Clock, sleep

log = structlog.get_logger(__name__)

T = TypeVar("T")

REST: Final = 14
"""Seconds of rest for a second of a processor, once every run has a replay: one part in fifteen of a core."""
FLAT_OUT: Final = 5_000.0
"""Simulated over real seconds: at more than an hour in one nobody acts on a forecast before it is outdated [A]."""
REST_FLAT_OUT: Final = 59
"""The same where the season wants the processor: one part in sixty."""
PUT_OFF_S: Final = 30.0
"""Real time for which nothing is foreseen of a season that goes flat out: by then many a one is over [A]."""
LEAST_REST_S: Final = 1.0
_SLICE_S: Final = 0.5
"""How often a rest looks whether it is over: the season may slow down, or a change make all forecasts worthless."""
GOOD_FOR_MS: Final = 36 * HOUR_MS
"""Simulated time for which a remedy is shown [A]."""
_IN_DANGER: Final = frozenset({Prospect.AT_RISK, Prospect.LOST})
_STEP: Final = 7_919
"""Between the seeds of replays; none is the season's own."""


class Asked(Protocol):
    """Whoever does the work: a process beside the room."""

    async def ask(self, work: Callable[..., T], *arguments: Any) -> tuple[T, float]:
        """The result of a function, and the seconds of a processor that it took."""

    def end(self) -> None:
        """Let go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What is foreseen of one run."""

    forecast: Forecast
    as_of: SimTime | None = None
    """Simulated moment for which the newest replay was made."""
    age_s: float = 0.0
    """Real time since then."""
    is_too_old: bool = False
    """More simulated time has gone by since then than is good for what is judged by it."""
    overdue_s: float = 0.0
    """Real time for which it has been too old, or there has been none, though the season does not go flat out."""
    remedies: tuple[Remedy, ...] | None = None
    """What would save it; None where nothing has to be saved, or where it is not worked out yet."""
    is_put_off: bool = False
    """It goes too fast for anybody to act on what would be foreseen."""


NOTHING: Final = Foreseen(forecast=Forecast(prospect=Prospect.UNKNOWN))


@dataclass(slots=True, kw_only=True)
class _Run:
    question: Question
    method: LinkageMethod
    since_s: float
    """Real moment from which it has been watched."""
    replays: Replays = field(default_factory=Replays)
    made_s: float = 0.0
    """Real moment of the newest replay."""
    overdue_since_s: float | None = None
    made: int = 0
    made_of_this: int = 0
    """Of the present question."""
    is_awaited: bool = True
    """Nothing has been foreseen of it since it can be acted on: it goes before all others, and without a rest."""
    remedies: tuple[Remedy, ...] = ()
    remedies_of: SimTime | None = None
    """Simulated moment for which they were worked out; None: they were not."""

    def ask(self, question: Question) -> None:
        """From now on this is what is to be foreseen."""
        if question != self.question:
            self.question, self.made_of_this = question, 0

    def slow_down(self) -> None:
        """It can be acted on from now on, and what was foreseen of it flat out is of days ago."""
        self.is_awaited = True
        self.replays.begin_anew(self.question.now)

    def look(self, now_s: float, *, is_flat_out: bool) -> None:
        """Notes since when what is foreseen of it has been too old; flat out it always is."""
        if is_flat_out or not self.replays.is_too_old(self.question):
            self.overdue_since_s = None
        elif self.overdue_since_s is None:
            self.overdue_since_s = now_s

    @property
    def has_remedies(self) -> bool:
        """Whether they are of any use still: what saves a season today may be too little in two days."""
        return self.remedies_of is not None and self.question.now - self.remedies_of <= GOOD_FOR_MS

    def foreseen(self, now_s: float, *, is_put_off: bool) -> Foreseen:
        """As it is told at a real moment."""
        found, as_of = forecast(self.replays.together), self.replays.as_of
        return Foreseen(
            forecast=found,
            as_of=as_of,
            age_s=0.0 if as_of is None else now_s - self.made_s,
            is_too_old=as_of is not None and self.replays.is_too_old(self.question),
            overdue_s=0.0 if self.overdue_since_s is None else now_s - self.overdue_since_s,
            remedies=self.remedies if self.has_remedies and found.prospect in _IN_DANGER else None,
            is_put_off=is_put_off,
        )


class Forecaster:
    """Asks the worker for one replay after another (the body of a background task).

    Args:
        worker: does them.
        clock: real time.
    """

    def __init__(self, worker: Asked, clock: Clock) -> None:
        self._worker = worker
        self._clock = clock
        self._runs: dict[str, _Run] = {}
        self._speed: float | None = None

    def watch(self, questions: Mapping[str, tuple[Question, LinkageMethod]], speed: float | None = 0.0) -> None:
        """From now on these runs are foreseen, by their key; others are forgotten.

        Args:
            questions: what is to be foreseen of each, and its method.
            speed: at which they go, in simulated over real seconds; None while it is not known: perhaps flat out.
        """
        was_flat_out, self._speed = self._is_flat_out, speed
        now_s = self._clock.monotonic_s()
        for key in self._runs.keys() - questions.keys():
            del self._runs[key]
        for key, (question, method) in questions.items():
            known = self._runs.get(key)
            if known is None or _differs(known.question, question):
                known = self._runs[key] = _Run(question=question, method=method, since_s=now_s)
            else:
                known.ask(question)
                if was_flat_out and not self._is_flat_out:
                    known.slow_down()
            known.look(now_s, is_flat_out=self._is_flat_out)

    def foreseen(self, key: str) -> Foreseen:
        """What is foreseen of a run by now."""
        known = self._runs.get(key)
        if known is None:
            return NOTHING
        is_put_off = self._speed is not None and self._is_put_off(known)
        return known.foreseen(self._clock.monotonic_s(), is_put_off=is_put_off)

    async def run(self) -> None:
        """Works until cancelled; then the worker ends too."""
        try:
            # Started before anything is foreseen, it does not begin by loading programs in the middle of a season.
            with contextlib.suppress(UnavailableError):
                await self._worker.ask(forecast, ())
            while True:
                worked_s, rested_s = await self.step(), 0.0
                while rested_s < self.rest_s(worked_s):
                    await sleep(_SLICE_S)
                    rested_s += _SLICE_S
        finally:
            self._worker.end()

    def rest_s(self, worked_s: float) -> float:
        """How long to rest after so much of a processor: not at all while what is awaited can be acted on."""
        if self._is_flat_out:
            return max(LEAST_REST_S, worked_s * REST_FLAT_OUT)
        if any(run.is_awaited for run in self._runs.values()):
            return 0.0
        return max(LEAST_REST_S, worked_s * REST)

    async def step(self) -> float:
        """One replay, and a remedy where one is wanted; the seconds of a processor that it took."""
        wanted = [key for key, run in self._runs.items() if self._is_wanted(run)]
        key = min(wanted, key=lambda one: (not self._runs[one].is_awaited, self._runs[one].made), default=None)
        if key is None:
            return 0.0
        run = self._runs[key]
        run.made += 1
        run.is_awaited = False
        try:
            return await self._work(run)
        except UnavailableError as error:
            log.warning("not_foreseen", run=key, error=str(error))
            return 0.0

    @property
    def _is_flat_out(self) -> bool:
        return self._speed is None or self._speed > FLAT_OUT

    def _is_wanted(self, run: _Run) -> bool:
        return (run.made_of_this < REPLAYS or run.is_awaited) and not self._is_put_off(run)

    def _is_put_off(self, run: _Run) -> bool:
        return self._is_flat_out and self._clock.monotonic_s() - run.since_s < PUT_OFF_S

    async def _work(self, run: _Run) -> float:
        """One replay more, and a remedy where it is time for one; the seconds of a processor that it took."""
        question, seed = run.question, run.question.spec.seed + _STEP * run.made
        newest, worked_s = await self._worker.ask(replay, question, seed)
        run.replays.add(question, newest)
        run.made_s = self._clock.monotonic_s()
        run.made_of_this += question is run.question
        in_danger = forecast(run.replays.together).prospect in _IN_DANGER and run.made > 1
        if in_danger and not run.has_remedies and not self._is_flat_out:
            found, more_s = await self._worker.ask(remedies, question, run.method, seed)
            run.remedies, run.remedies_of = tuple(found), question.now
            worked_s += more_s
        return worked_s


def _differs(known: Question, new: Question) -> bool:
    """Whether replays of the one say nothing about the other."""
    return (known.spec, known.changes, known.deadline) != (new.spec, new.changes, new.deadline)
