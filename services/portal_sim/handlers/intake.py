"""Submissions: form check, one receipt number per submission id, an answer only after the commit.

Calls are put together into transactions: a commit costs about the same for one row as for a hundred. What
waits is bounded, so a portal that cannot keep up says so at once instead of answering ever later.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from portal_sim.handlers.model import Accepted, BusyError, Outcome, Stamped, Submission
from portal_sim.handlers.ports import IntakeStore
from portal_sim.handlers.run import Run
from portal_sim.handlers.runs import Runs
from portal_sim.handlers.signatures import Signatures
from portal_sim.handlers.submission_check import check_submission_id, check_wanted_time
from shinsei.domain.application_check import validate
from shinsei.domain.errors import ConflictError, InvalidInputError, ShinseiError, UnavailableError
from shinsei.domain.municipality import validate_code
from shinsei.domain.simtime import SimTime

_RETRY_AFTER_MS = 200
_MOST_LINGER_S = 0.02

MAX_APPLICATION_BYTES = 16_000
"""Of one encoded application: a thousand of them, as a municipality gets them, fit into one message of 16 MiB."""


def _tell_nobody(_: Mapping[float, int]) -> None:
    """Where nobody wants to know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeLimits:
    """How submissions are put together, and how many may wait."""

    linger_s: float
    batch: int
    max_pending: int
    timeout_s: float
    max_wait_s: float
    """Age of the oldest that waits, above which no more are taken: those who are must hear of it soon."""


@dataclass(slots=True)
class _Call:
    """Submissions of one call, in the order of the request."""

    stamped: list[Stamped]
    late: list[bool]
    held: list[tuple[Run, SimTime]]
    done: "asyncio.Future[Sequence[Outcome]]" = field(init=False)
    since_s: float = field(init=False)
    """When it came, by the clock of the loop."""

    def __post_init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.done, self.since_s = loop.create_future(), loop.time()


class Intake:
    """Takes submissions; ``commit`` must run somewhere, in one or more tasks."""

    def __init__(
        self,
        runs: Runs,
        store: IntakeStore,
        signatures: Signatures,
        limits: IntakeLimits,
        *,
        sleep: Callable[[float], Awaitable[None]],
        pending: Callable[[int], None],
        took: Callable[[Run, SimTime], None],
        waited: Callable[[Mapping[float, int]], None] = _tell_nobody,
    ) -> None:
        """``pending`` is told how many submissions wait, ``took`` what has been accepted, ``waited`` for how long.

        For that, a transaction tells seconds and how many submissions waited for so long.
        """
        self._runs = runs
        self._store = store
        self._signatures = signatures
        self._limits = limits
        self._sleep = sleep
        self._tell_pending = pending
        self._took = took
        self._tell_waited = waited
        self._queue: deque[_Call] = deque()
        self._pending = 0
        self._checking = 0
        self._filled = asyncio.Event()

    async def submit(self, submissions: Sequence[Submission]) -> list[Outcome]:
        """What became of each submission, in order.

        Raises:
            BusyError: too many wait for their commit, or for too long; none of these was taken.
            UnavailableError: the database has not answered; whether they were taken shows when they come again.
        """
        waiting = self._pending + self._checking + len(submissions)
        if waiting > self._limits.max_pending or self._oldest_s() > self._limits.max_wait_s:
            raise BusyError("too many submissions wait for their commit", _RETRY_AFTER_MS)
        outcomes: list[Outcome | None] = [None] * len(submissions)
        checked = [self._check(submission) for submission in submissions]
        self._checking += len(submissions)
        try:
            await self._check_signatures(submissions, checked)
            if any(submission.uploads for submission in submissions):
                checked = await self._check_uploads(submissions, checked)
            if any(isinstance(one, ConflictError) for one in checked):
                await self._recall(submissions, checked, outcomes)
        finally:
            self._checking -= len(submissions)
        places = []
        call = _Call([], [], [])
        for place, (submission, run) in enumerate(zip(submissions, checked, strict=True)):
            if isinstance(run, ShinseiError):
                outcomes[place] = outcomes[place] or run
                continue
            places.append(place)
            self._stamp(call, run, submission)
        if places:
            for place, outcome in zip(places, await self._committed(call), strict=True):
                outcomes[place] = outcome
        return [_owned(one, outcome) for one, outcome in zip(submissions, outcomes, strict=True) if outcome is not None]

    async def commit(self) -> None:
        """Commits what waits, transaction after transaction, for ever.

        A small one waits for more for as long as the last one took: the slower commits are, the more go together.
        """
        loop, took_s = asyncio.get_running_loop(), 0.0
        while True:
            await self._filled.wait()
            if self._pending < self._limits.batch:
                await self._sleep(max(self._limits.linger_s, min(took_s, _MOST_LINGER_S)))
            calls = self._take()
            if calls:
                began_s = loop.time()
                await self._commit(calls)
                took_s = loop.time() - began_s

    def _check(self, submission: Submission) -> Run | ShinseiError:
        try:
            validate_code(submission.form.municipality)
            check_submission_id(submission.submission_id, submission.form.municipality)
            run = self._runs.accepting(submission.form.municipality, submission.run_id)
            at = run.now
            if at is None:
                at = check_wanted_time(submission, run)
            validate(submission.form, run.spec.demand.attachments, at)
            if len(submission.payload) > MAX_APPLICATION_BYTES:
                raise InvalidInputError(
                    "application", f"has {len(submission.payload)} bytes; at most {MAX_APPLICATION_BYTES} can travel"
                )
        except ShinseiError as refusal:
            return refusal
        return run

    async def _check_signatures(self, submissions: Sequence[Submission], checked: list[Run | ShinseiError]) -> None:
        """Whoever asks for a receipt number again has to be who asked first, so closed runs are looked at too."""
        asked = {}
        for place, (submission, run) in enumerate(zip(submissions, checked, strict=True)):
            found = run if isinstance(run, Run) else self._closed_run(submission, run)
            if found is not None:
                asked[place] = (submission, found)
        flaws = await self._signatures.flaws(list(asked.values()))
        for place, flaw in zip(asked, flaws, strict=True):
            if flaw is not None:
                checked[place] = flaw

    def _closed_run(self, submission: Submission, refusal: ShinseiError) -> Run | None:
        """The run that a submission names and that takes no more, where that is why it is refused."""
        if not isinstance(refusal, ConflictError) or not submission.run_id:
            return None
        return self._runs.find(submission.run_id, submission.form.municipality)

    async def _check_uploads(
        self, submissions: Sequence[Submission], checked: list[Run | ShinseiError]
    ) -> list[Run | ShinseiError]:
        """Attachments declared with a digest must have been uploaded with it."""
        keys = [
            (run.key, submission.submission_id)
            for submission, run in zip(submissions, checked, strict=True)
            if submission.uploads and isinstance(run, Run)
        ]
        if not keys:
            return checked
        stored = await self._store.uploads(keys)
        for place, (submission, run) in enumerate(zip(submissions, checked, strict=True)):
            if isinstance(run, ShinseiError):
                continue
            there = stored.get((run.key, submission.submission_id), ())
            missing = [upload.name for upload in submission.uploads if upload not in there]
            if missing:
                checked[place] = InvalidInputError(
                    "attachments", f"{missing[0]!r} has not been uploaded with this size and digest"
                )
        return checked

    async def _recall(
        self,
        submissions: Sequence[Submission],
        checked: Sequence[Run | ShinseiError],
        outcomes: list[Outcome | None],
    ) -> None:
        """What a run that is closed has accepted keeps its receipt number: for who has not heard the answer."""
        keys = {}
        for place, (submission, refusal) in enumerate(zip(submissions, checked, strict=True)):
            run = None if isinstance(refusal, Run) else self._closed_run(submission, refusal)
            if run is not None:
                keys[place] = (run.key, submission.submission_id)
        if keys:
            known = await self._store.accepted(list(keys.values()))
            for place, key in keys.items():
                outcomes[place] = known.get(key)

    def _stamp(self, call: _Call, run: Run, submission: Submission) -> None:
        at, late = submission.wanted_at, False
        if run.clock is not None:
            at, late = run.take_stamp()
            call.held.append((run, at))
        call.stamped.append(Stamped(run_key=run.key, at=at, submission=submission))
        call.late.append(late)

    async def _committed(self, call: _Call) -> Sequence[Outcome]:
        self._queue.append(call)
        self._count(len(call.stamped))
        self._filled.set()
        giving_up = asyncio.get_running_loop().call_later(self._limits.timeout_s, _give_up, call.done)
        try:
            return await call.done
        finally:
            giving_up.cancel()

    def _take(self) -> list[_Call]:
        calls: list[_Call] = []
        size = 0
        while self._queue and (not calls or size + len(self._queue[0].stamped) <= self._limits.batch):
            calls.append(self._queue.popleft())
            size += len(calls[-1].stamped)
        if not self._queue:
            self._filled.clear()
        return calls

    async def _commit(self, calls: Sequence[_Call]) -> None:
        batch = [stamped for call in calls for stamped in call.stamped]
        try:
            outcomes = await self._store.store(batch)
        except Exception as failure:  # noqa: BLE001 - told to everybody who waits, each of whom reports it
            for call in calls:
                if not call.done.done():
                    call.done.set_exception(failure)
            outcomes = []
        finally:
            self._count(-len(batch))
        self._settle(calls)
        if outcomes:
            self._tell_waited(_waited(calls, outcomes))
        start = 0
        for call in calls:
            if outcomes:
                # Also for whoever has given up or gone.
                counted = self._counted(call, outcomes[start : start + len(call.stamped)])
                if not call.done.done():
                    call.done.set_result(counted)
            start += len(call.stamped)
        for key in {stamped.run_key for stamped in batch}:
            self._runs.by_key(key).moved.notify()

    def _counted(self, call: _Call, outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
        for stamped, late, outcome in zip(call.stamped, call.late, outcomes, strict=True):
            if isinstance(outcome, Accepted) and not outcome.duplicate:
                run = self._runs.by_key(stamped.run_key)
                run.accepted += 1
                run.late += late or outcome.late
                self._took(run, outcome.submitted_at)
        return outcomes

    def _settle(self, calls: Sequence[_Call]) -> None:
        held: dict[Run, list[SimTime]] = {}
        for call in calls:
            for run, stamp in call.held:
                held.setdefault(run, []).append(stamp)
        for run, stamps in held.items():
            run.settle(stamps)

    def _oldest_s(self) -> float:
        """For how long the first in the queue has waited."""
        return asyncio.get_running_loop().time() - self._queue[0].since_s if self._queue else 0.0

    def _count(self, more: int) -> None:
        self._pending += more
        self._tell_pending(self._pending)


def _waited(calls: Sequence[_Call], outcomes: Sequence[Outcome]) -> Mapping[float, int]:
    """For how long how many submissions have waited, of those that are stored now: a repeated one was stored before."""
    now_s, waited, start = asyncio.get_running_loop().time(), Counter[float](), 0
    for call in calls:
        end = start + len(call.stamped)
        waited[now_s - call.since_s] += sum(map(_is_new, outcomes[start:end]))
        start = end
    return waited


def _is_new(outcome: Outcome) -> bool:
    return isinstance(outcome, Accepted) and not outcome.duplicate


def _give_up(done: "asyncio.Future[Sequence[Outcome]]") -> None:
    if not done.done():
        done.set_exception(UnavailableError("the portal's database does not answer; submit again with the same id"))


def _owned(submission: Submission, outcome: Outcome) -> Outcome:
    """A receipt number is told again to nobody but the signer to whom it was told first."""
    if not isinstance(outcome, Accepted) or not outcome.duplicate:
        return outcome
    if outcome.serial_number != submission.form.serial_number:
        return ConflictError(f"submission id {submission.submission_id} is taken: somebody else has filed under it")
    return outcome
