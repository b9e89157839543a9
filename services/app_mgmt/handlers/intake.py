"""Intake and storing (取り込み, データベース格納), identification, and the opening of cases in the office.

A case is decided only when the fetched watermark has passed it, in the order of fetching; then that watermark
goes on to the core systems at once. What is needed from the registry is pulled before the transaction.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from app_mgmt import metrics
from app_mgmt.handlers.deciding import dead_letter, decide, polled_until, refresh_needed
from app_mgmt.handlers.ports import Books, DeadLetters, IntakeWork, Registry
from app_mgmt.handlers.values import (
    Arrival,
    ChangeArrived,
    Decision,
    IntakeMessage,
    IntakeRun,
    Outgoing,
    ReactionArrived,
    ReceivedApplication,
    RefusedMessage,
    RunEnded,
    RunKey,
    RunOpened,
    WatermarkRose,
    WorkRequest,
    once_each,
)
from shinsei.domain.run import Change
from shinsei.domain.simtime import SimTime


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakePorts:
    """What the intake works with."""

    books: Books
    registry: Registry
    dead_letters: DeadLetters


async def take_in(key: RunKey, arrivals: Sequence[Arrival[IntakeMessage]], ports: IntakePorts) -> None:
    """Takes in a stretch of one run's log; harmless if part of it was taken in before.

    A run is opened in a transaction of its own: the registry can answer for it only after the core systems
    have heard of it.
    """
    first = arrivals[0]
    run = await ports.books.run(key)
    if run is None and isinstance(first.body, RunOpened):
        await _open_run(key, first, first.body, ports.books)
        run = await ports.books.run(key)
    if run is None:
        await _bury(arrivals, ports.dead_letters)
        metrics.IGNORED.labels(reason="unknown run").inc(len(arrivals))
        return
    rest = [arrival for arrival in arrivals if arrival.number > run.last_number]
    if rest:
        await _refresh_copy(key, run, rest, ports)
        await _bury(rest, ports.dead_letters)
        await _store_and_decide(key, rest, ports.books)


async def open_runs(logs: Iterable[tuple[RunKey, Sequence[Arrival[IntakeMessage]]]], books: Books) -> None:
    """Opens those of several runs that begin here, before anything else of any is taken in.

    What follows in a log waits until the core systems know its run. If each run were opened only behind the one before
    it, each would wait in its turn; like this they wait together.
    """
    for key, arrivals in logs:
        first = arrivals[0]
        if isinstance(first.body, RunOpened) and await books.run(key) is None:
            await _open_run(key, first, first.body, books)


async def _open_run(key: RunKey, arrival: Arrival[IntakeMessage], opened: RunOpened, books: Books) -> None:
    async with books.intake(key) as work:
        if await work.accept([arrival]):
            await work.open_run(opened.spec)
            await work.progress(number=arrival.number, watermark=None, polled_until=None)
            await work.send([opened])


async def _refresh_copy(
    key: RunKey, run: IntakeRun, arrivals: Sequence[Arrival[IntakeMessage]], ports: IntakePorts
) -> None:
    """Pulls what the last refresh before the watermark has brought, outside any transaction."""
    watermark = _watermark(arrivals)
    if watermark is None:
        return
    until = refresh_needed(run, (*run.changes, *_changes(arrivals)), watermark)
    if until is None:
        return
    async for chunk in ports.registry.mappings(key, after=run.refreshed_until, until=until):
        await ports.books.keep_mappings(key, chunk)
    await ports.books.refreshed(key, until)
    metrics.REGISTRY_REFRESHES.inc()


async def _bury(arrivals: Sequence[Arrival[IntakeMessage]], dead_letters: DeadLetters) -> None:
    for arrival in arrivals:
        if isinstance(arrival.body, RefusedMessage):
            await dead_letters.bury(arrival.delivered, arrival.body.reason)
            metrics.DEAD_LETTERS.inc()


async def _store_and_decide(key: RunKey, arrivals: Sequence[Arrival[IntakeMessage]], books: Books) -> None:
    async with books.intake(key) as work:
        accepted = await work.accept(arrivals)
        fresh = once_each(arrivals, accepted)
        if not fresh:
            return
        run = await work.run()
        if run.closed:
            await work.progress(number=fresh[-1].number, watermark=None, polled_until=None)
            metrics.IGNORED.labels(reason="closed run").inc(len(fresh))
            return
        decisions = await _take_in_fresh(work, run, fresh)
    metrics.observe_stored(one.sent_ms for one in fresh if isinstance(one.body, ReceivedApplication))
    metrics.count_decisions((decision.transitions[-1].action, decision.method) for decision in decisions)


async def _take_in_fresh(
    work: IntakeWork, run: IntakeRun, fresh: Sequence[Arrival[IntakeMessage]]
) -> Sequence[Decision]:
    changes = (*run.changes, *_changes(fresh))
    watermark = _watermark(fresh)
    if watermark is not None and watermark <= run.watermark:
        watermark = None
    await work.add_changes(_changes(fresh))
    decisions = await _decide_due(work, replace(run, changes=changes), fresh, watermark)
    await work.decided(decisions)
    outgoing: list[Outgoing] = [arrival.body for arrival in fresh if isinstance(arrival.body, ChangeArrived)]
    outgoing += [_request(decision) for decision in decisions if decision.method is not None]
    # Behind the cases that they may be about; the office lets one that is ahead of its case wait.
    outgoing += [arrival.body for arrival in fresh if isinstance(arrival.body, ReactionArrived)]
    polled = None
    if watermark is not None:
        polled = polled_until(run.spec, changes, watermark)
        oldest = await work.oldest_postponed()
        sent = polled if oldest is None else min(polled, oldest)
        outgoing.append(WatermarkRose(at=watermark, accepted_before=sent))
    if any(isinstance(arrival.body, RunEnded) for arrival in fresh):
        await work.close_run()
        outgoing.append(RunEnded())
    await work.progress(number=fresh[-1].number, watermark=watermark, polled_until=polled)
    await work.send(outgoing)
    return decisions


async def _decide_due(
    work: IntakeWork, run: IntakeRun, fresh: Sequence[Arrival[IntakeMessage]], watermark: SimTime | None
) -> list[Decision]:
    """Stores what is new and decides what the watermark has passed, in the order of fetching."""
    received: dict[str, ReceivedApplication] = {}
    for body in _bodies(fresh):
        if isinstance(body, ReceivedApplication):
            received.setdefault(body.submission_id, body)
    ended = [dead_letter(body) for body in _bodies(fresh) if isinstance(body, RefusedMessage)]
    dead = {item.application.submission_id: item for item in ended if item is not None}
    # A case that came well once is not ended by a broken repetition.
    dead = {name: item for name, item in dead.items() if name not in received}
    new = await work.store([*received.values(), *(decision.application for decision in dead.values())])
    metrics.DUPLICATES.inc(len(received) + len(dead) - len(new))
    due = [item for name, item in received.items() if name in new and watermark and item.fetched_at < watermark]
    passed = {item.submission_id for item in due}
    await work.postpone([item for name, item in received.items() if name in new - passed])
    if watermark is not None:
        due += await work.take_postponed(watermark)
    due.sort(key=lambda item: (item.fetched_at, item.submission_id))
    copy = await work.look_up({item.serial_number for item in due if item.serial_number})
    decisions = [decide(run, item, copy) for item in due]
    return decisions + [decision for name, decision in dead.items() if name in new]


def _request(decision: Decision) -> WorkRequest:
    assert decision.method is not None, "a case without a method is not opened"
    return WorkRequest(
        application=decision.application,
        method=decision.method,
        resident_number=decision.resident_number,
        identified=decision.identified,
    )


def _bodies(arrivals: Sequence[Arrival[IntakeMessage]]) -> list[IntakeMessage]:
    return [arrival.body for arrival in arrivals]


def _changes(arrivals: Sequence[Arrival[IntakeMessage]]) -> list[Change]:
    return [body.change for body in _bodies(arrivals) if isinstance(body, ChangeArrived)]


def _watermark(arrivals: Sequence[Arrival[IntakeMessage]]) -> SimTime | None:
    """The highest watermark; those before it are contained in it."""
    return max((body.at for body in _bodies(arrivals) if isinstance(body, WatermarkRose)), default=None)
