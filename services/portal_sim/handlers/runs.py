"""Runs: one at a time has a municipality; its driver, or the clock, raises the root watermark.

Frontier, watermark, changes and the end of a run are committed under the lock of the run's row, so a change
can never take effect behind something already filed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from portal_sim.handlers.model import SimClock
from portal_sim.handlers.ports import RealClock, RunStore
from portal_sim.handlers.run import Run, effective_at
from shinsei.domain.errors import ConflictError, InvalidInputError, NotFoundError
from shinsei.domain.municipality import validate_code
from shinsei.domain.polling import next_poll
from shinsei.domain.run import KERNEL_VERSION, Change, Pacing, RunSpec
from shinsei.domain.simtime import SimTime

MAX_SPEED = 1_000_000.0
"""Eleven days a second. Far above it, a clock would leave the calendar, and with it all that is stored, for good."""


class Runs:
    """Every run that this portal knows."""

    def __init__(self, store: RunStore, real: RealClock) -> None:
        self._store = store
        self._real = real
        self._runs: dict[tuple[str, str], Run] = {}
        self._by_key: dict[int, Run] = {}
        self._open: dict[str, Run] = {}

    async def start(self) -> None:
        """Takes up where the last process stopped."""
        rows, changes = await self._store.load()
        for row in rows:
            self._add(Run(row, changes.get(row.key, ()), self._real))

    async def stop(self) -> None:
        """Nothing to do: what counts is in the store."""

    def all(self) -> Iterable[Run]:
        """Every run, closed ones among them."""
        return self._runs.values()

    def find(self, run_id: str, municipality: str) -> Run | None:
        """The run with this id, if there is one."""
        return self._runs.get((run_id, municipality))

    def get(self, run_id: str, municipality: str) -> Run:
        """The run with this id.

        Raises:
            NotFoundError: there is none.
        """
        run = self.find(run_id, municipality)
        if run is None:
            raise NotFoundError("run", f"{run_id} of {municipality}")
        return run

    def open_for(self, municipality: str) -> Run | None:
        """The run of a municipality that takes submissions, if there is one."""
        return self._open.get(municipality)

    def by_key(self, key: int) -> Run:
        """The run with this key."""
        return self._by_key[key]

    def accepting(self, municipality: str, run_id: str) -> Run:
        """The run that takes a submission; an empty id stands for whichever is open.

        Raises:
            ConflictError: no run is open, or another one than the submission names.
        """
        run = self._open.get(municipality)
        if run is None:
            raise ConflictError(f"no run is open for municipality {municipality}; shinsei submit opens a standing run")
        if run_id not in ("", run.run_id):
            raise ConflictError(f"run {run_id} is not open for municipality {municipality}; {run.run_id} is")
        return run

    async def open(self, spec: RunSpec, spec_bytes: bytes, speed: float) -> Run:
        """Opens a run; the same run again changes nothing.

        Raises:
            InvalidInputError: wrong municipality code or speed.
            ConflictError: another kernel version, another content under the same id, or another open run.
        """
        validate_code(spec.municipality)
        if spec.kernel_version != KERNEL_VERSION:
            raise ConflictError(
                f"run {spec.run_id} needs kernel version {spec.kernel_version}; this is {KERNEL_VERSION}"
            )
        known = self._runs.get((spec.run_id, spec.municipality))
        if known is None:
            clock = self._new_clock(spec, speed) if spec.pacing is Pacing.CLOCK else None
            row = await self._store.open(spec, spec_bytes, clock)
            if row is not None:
                return self._add(Run(row, (), self._real))
            # Opened at this moment, or by a commit whose answer was lost.
            await self.start()
            known = self.get(spec.run_id, spec.municipality)
        if known.spec != spec:
            raise ConflictError(f"run {spec.run_id} of {spec.municipality} exists with another specification")
        return known

    async def commit_frontier(self, run: Run, frontier: SimTime) -> SimTime:
        """The driver is about to file everything before ``frontier``."""
        self._need_driver(run)
        now = await self._store.commit_frontier(run.key, frontier)
        if now is None:
            raise ConflictError(f"run {run.run_id} of {run.municipality} is closed")
        run.frontier = SimTime(max(run.frontier, now))
        return now

    async def raise_watermark(self, run: Run, watermark: SimTime) -> SimTime:
        """The driver has filed everything before ``watermark``.

        Raises:
            ConflictError: the run is closed, paced by the clock, or its frontier has not been committed so far.
        """
        self._need_driver(run)
        now = await self._store.raise_watermark(run.key, watermark)
        if now is None:
            reason = "is closed" if run.closed else f"has its frontier at {run.frontier}, behind {watermark}"
            raise ConflictError(f"run {run.run_id} of {run.municipality} {reason}")
        run.raise_to(now)
        return now

    async def change(self, run: Run, wanted: Change, not_before: SimTime, change_id: str = "") -> Change:
        """Records a control change with the moment at which it takes effect; the same id again records nothing.

        Raises:
            ConflictError: the run is closed, or the id is that of another change.
        """
        async with run.changing:
            return await self._change(run, wanted, not_before, change_id)

    async def changes(self, run: Run) -> Sequence[Change]:
        """All that have been recorded: what was visible when depends on each of them, told or not."""
        async with run.changing:
            if not run.changes_are_known:
                await self._read_changes(run)
            return run.changes

    async def _change(self, run: Run, wanted: Change, not_before: SimTime, change_id: str) -> Change:
        stamp = run.take_stamp()[0] if run.clock is not None and not run.closed else None

        def decide(filed: SimTime, n: int) -> tuple[Change, SimTime]:
            behind = filed if stamp is None else stamp
            return replace(wanted, at=effective_at(run.spec, wanted.kind, behind, not_before), n=n), behind

        were_known, run.changes_are_known = run.changes_are_known, False
        try:
            change = await self._store.add_change(run.key, change_id, decide)
        finally:
            # An unknown commit leaves its entry behind a watermark at worst, never a submission.
            if stamp is not None:
                run.settle((stamp,))
        if change is not None and change.n == len(run.changes) and were_known:
            run.changes, run.changes_are_known = [*run.changes, change], True
        else:
            await self._read_changes(run)
        run.moved.notify()
        if change is None:
            raise ConflictError(f"run {run.run_id} of {run.municipality} is closed")
        if replace(change, at=wanted.at, n=wanted.n) != wanted:
            raise ConflictError(f"change id {change_id!r} is that of another change: {change.kind} at {change.at}")
        return change

    async def _read_changes(self, run: Run) -> None:
        run.changes = list((await self._store.load())[1].get(run.key, ()))
        run.changes_are_known = True

    async def close(self, run: Run) -> None:
        """Nothing more can be submitted; what has been accepted is still fetched and answered."""
        if run.closed:
            return
        self._open.pop(run.municipality, None)
        try:
            last = run.watermark
            if run.clock is not None:
                # The last submissions of a standing run are fetched by one more poll.
                last = next_poll(run.spec, run.clock.at(self._real.now_ms()))
            await self._store.close(run.key, last)
        except BaseException:
            self._open.setdefault(run.municipality, run)
            raise
        run.closed = True
        run.raise_to(last)

    async def set_clock(self, run: Run, speed: float) -> None:
        """Changes the speed of a standing run from now on (0: it stands still); its clock does not jump."""
        if run.clock is None:
            raise ConflictError(f"run {run.run_id} of {run.municipality} is paced by its driver")
        clock = run.clock.with_speed(_speed(speed), self._real.now_ms())
        await self._store.save_clock(run.key, clock)
        run.clock = clock
        run.moved.notify()

    async def tell_watermark(self, run: Run) -> SimTime:
        """The watermark for a listing: from now on nothing is stamped behind it, after a restart neither."""
        told = run.watermark
        if run.clock is not None and not run.closed:
            run.raise_to(told)
            await self._store.save_given(run.key, told)
            run.may_tell(told)
        return told

    def _new_clock(self, spec: RunSpec, speed: float) -> SimClock:
        if speed == 0:
            raise InvalidInputError("speed", "a run that is paced by the clock needs a speed")
        return SimClock(real_ms=self._real.now_ms(), sim=spec.start, speed=_speed(speed))

    def _need_driver(self, run: Run) -> None:
        if run.clock is not None:
            raise ConflictError(f"run {run.run_id} of {run.municipality} is paced by the clock")

    def _add(self, run: Run) -> Run:
        known = self._runs.setdefault((run.run_id, run.municipality), run)
        self._by_key[known.key] = known
        if not known.closed:
            self._open[known.municipality] = known
        return known


def _speed(speed: float) -> float:
    if not 0 <= speed <= MAX_SPEED:
        raise InvalidInputError("speed", f"must be from 0 to {MAX_SPEED:,.0f}, not {speed:g}")
    return speed
