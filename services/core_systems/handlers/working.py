"""One step of an office: messages in, real work out, all of it in one transaction.

What the office read off the inquiry screen is fetched before the transaction; a step that fails is forgotten,
and the office is rebuilt before it is tried again.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core_systems import metrics
from core_systems.handlers import levels
from core_systems.handlers.desk import Desk
from core_systems.handlers.ports import Books, DeadLetters, Inquiry
from core_systems.handlers.rebuilding import Rebuilt
from core_systems.handlers.values import (
    Arrival,
    CaseRequested,
    ChangeArrived,
    CoreMessage,
    Owner,
    ReactionArrived,
    RefusedMessage,
    Registration,
    RunEnded,
    RunKey,
    RunOpened,
    Step,
    WatermarkRose,
)
from shinsei.domain.catalogue import procedure
from shinsei.domain.errors import UnavailableError
from shinsei.domain.identification import resident_number
from shinsei.domain.lifecycle import Action
from shinsei.domain.linkage_method import READ_FROM_THE_SCREEN, LinkageMethod
from shinsei.domain.municipality import prefecture
from shinsei.domain.office.events import WorkEvent
from shinsei.domain.office.report import OfficeReport
from shinsei.domain.run import submission_id

_REGISTER, _BATCH_IMPORT = Action.REGISTER, LinkageMethod.BATCH_IMPORT
"""Asking an enum for a member is slow, and a case has some ten events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPorts:
    """What the offices work with."""

    books: Books
    inquiry: Inquiry
    dead_letters: DeadLetters


class Offices:
    """The offices whose partitions this process owns."""

    def __init__(self, ports: WorkPorts) -> None:
        self._ports = ports
        self._desks: dict[RunKey, Desk] = {}
        self._elsewhere = Rebuilt(ports.books)

    def forget(self, partition: int) -> None:
        """Throws away the offices of a partition that has come or gone: the database knows better."""
        for key in [key for key, desk in self._desks.items() if desk.spec.partition == partition]:
            self._discard(key)

    async def work(self, key: RunKey, owner: Owner, arrivals: Sequence[Arrival[CoreMessage]]) -> None:
        """Takes in a stretch of one run's log; harmless if part of it was taken in before."""
        desk = await self._desk(key)
        fresh = [arrival for arrival in arrivals if arrival.number > (desk.last_number if desk else 0)]
        opened = fresh[0].body if fresh and isinstance(fresh[0].body, RunOpened) else None
        if desk is None and opened is not None:
            desk = await asyncio.to_thread(Desk, opened.spec)
            self._desks[key] = desk
        if desk is not None:
            fresh = [_screened(desk, arrival) for arrival in _next_in_line(desk.last_number, fresh)]
        await self._bury(fresh)
        if desk is None:
            metrics.IGNORED.labels(reason="no open run").inc(len(arrivals))
            return
        if not fresh:
            return
        desk.settled.clear()
        try:
            await self._step(key, owner, desk, fresh)
        except BaseException:
            # The office has gone ahead of the database, or the database is unknown.
            self._discard(key)
            raise
        finally:
            desk.settled.set()
        metrics.OPEN_OFFICES.set(len(self._desks))

    async def report(self, key: RunKey) -> OfficeReport | None:
        """The books of an office at its last committed watermark; None if the run is unknown here.

        An office that is not open in this process is rebuilt beside, from the journal, where that has grown.
        """
        while (desk := self._desks.get(key)) is not None:
            if desk.settled.is_set():
                return desk.office.report()
            await desk.settled.wait()
        return await self._elsewhere.report(key)

    async def measure(self) -> None:
        """Tells what stands open in the offices that are open here."""
        levels.export((key, desk.office.levels()) for key, desk in self._desks.items())

    def blind(self) -> None:
        """Tells nothing of them."""
        levels.blind()

    async def _desk(self, key: RunKey) -> Desk | None:
        if key not in self._desks:
            journal = await self._ports.books.journal(key)
            if journal is None or journal.closed:
                return None
            self._desks[key] = await asyncio.to_thread(Desk.rebuild, journal)
            metrics.REBUILT.inc()
        return self._desks[key]

    async def _bury(self, arrivals: Iterable[Arrival[CoreMessage]]) -> None:
        for arrival in arrivals:
            if isinstance(arrival.body, RefusedMessage):
                await self._ports.dead_letters.bury(arrival.delivered, arrival.body.reason)
                metrics.DEAD_LETTERS.inc()

    async def _step(self, key: RunKey, owner: Owner, desk: Desk, fresh: Sequence[Arrival[CoreMessage]]) -> None:
        bodies = [arrival.body for arrival in fresh]
        requests: dict[str, CaseRequested] = {}
        for body in bodies:
            if isinstance(body, CaseRequested):
                requests.setdefault(body.submission_id, body)
        cases = [request for name, request in requests.items() if not desk.knows(name)]
        changes = [
            (arrival.number, arrival.body.change) for arrival in fresh if isinstance(arrival.body, ChangeArrived)
        ]
        desk.open_cases(cases)
        reactions = desk.react(body for body in bodies if isinstance(body, ReactionArrived))
        desk.make_changes(change for _, change in changes)
        dead = desk.ends_in_dead_letters(body for body in bodies if isinstance(body, RefusedMessage))
        watermark = max(
            (body for body in bodies if isinstance(body, WatermarkRose)), key=lambda body: body.at, default=None
        )
        events, done = desk.advance(watermark.at) if watermark is not None else ([], [])
        step = Step(
            opened=desk.spec if desk.last_number == 0 else None,
            cases=tuple(cases),
            reactions=tuple(reactions),
            changes=tuple(changes),
            dead=tuple(end.submission_id for end in dead),
            registrations=tuple(await self._registrations(key, desk, events)),
            done=(*dead, *done),
            last_number=fresh[-1].number,
            watermark=watermark,
            ended=any(isinstance(body, RunEnded) for body in bodies),
        )
        await self._ports.books.keep(key, owner, step, fresh)
        desk.last_number = step.last_number
        if step.ended:
            self._discard(key)
        _count(key, step)
        metrics.observe_opened((one.body.method, one.sent_ms) for one in fresh if isinstance(one.body, CaseRequested))

    async def _registrations(self, key: RunKey, desk: Desk, events: Sequence[WorkEvent]) -> list[Registration]:
        registered = [event for event in events if event.action is _REGISTER]
        read = [_name(key, event) for event in registered if event.method in READ_FROM_THE_SCREEN]
        forms = await self._ports.inquiry.forms(key, read) if read else {}
        if missing := set(read) - set(forms):
            raise UnavailableError(f"the inquiry screen does not show {len(missing)} cases, {min(missing)} among them")
        return [
            Registration(
                submission_id=_name(key, event),
                core_system=procedure(desk.procedure_of(event.case_id)).core_system,
                method=event.method,
                registered_at=event.at,
                resident_number=resident_number(desk.spec.seed, event.case_id),
                fields=forms.get(_name(key, event)),
                batch_id=event.detail if event.method is _BATCH_IMPORT else "",
            )
            for event in registered
        ]

    def _discard(self, key: RunKey) -> None:
        self._desks.pop(key, None)
        metrics.OPEN_OFFICES.set(len(self._desks))


def _screened(desk: Desk, arrival: Arrival[CoreMessage]) -> Arrival[CoreMessage]:
    """The arrival, or its refusal if it cannot be true in this run."""
    body = arrival.body
    if not isinstance(body, CaseRequested) or not desk.clashes(body.submission_id):
        return arrival
    reason = "a paper case of the run has this number"
    refused = RefusedMessage(submission_id=body.submission_id, at=body.opened_at, reason=reason)
    return Arrival(number=arrival.number, delivered=arrival.delivered, body=refused)


def _next_in_line(last: int, arrivals: Sequence[Arrival[CoreMessage]]) -> list[Arrival[CoreMessage]]:
    """Those that follow without a gap; what is behind a gap will be sent again."""
    line = []
    for arrival in arrivals:
        if arrival.number == last + 1:
            line.append(arrival)
            last += 1
    return line


def _name(key: RunKey, event: WorkEvent) -> str:
    return submission_id(key.municipality, event.case_id)


def _count(key: RunKey, step: Step) -> None:
    metrics.STEPS.inc()
    for method, count in Counter(case.method for case in step.cases).items():
        metrics.CASES.labels(linkage_method=method).inc(count)
    for (core, method), count in Counter((entry.core_system, entry.method) for entry in step.registrations).items():
        metrics.REGISTRATIONS.labels(core_system=core, linkage_method=method).inc(count)
        metrics.COMPLETED.labels(linkage_method=method, prefecture=prefecture(key.municipality)).inc(count)
    for action, count in Counter(row.action for done in step.done for row in done.transitions).items():
        metrics.TRANSITIONS.labels(action=action).inc(count)
