"""A municipality's side on real parts: what feeds it, what comes back, and services that run inside a test.

``Feed`` stands for the linkage server and publishes the polls of a run as it would; ``Statuses`` stands for
its push side. What they carry is computed by the domain, so that the plan's trace is what must come back.
"""

import uuid
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import takewhile

import grpc
from google.protobuf.message import Message

from shinsei.api.events.v1 import events_pb2 as events
from shinsei.contracts import codec
from shinsei.contracts import headers as wire
from shinsei.contracts.headers import Headers
from shinsei.contracts.topics import APPLICATION_FETCHED, STATUS_CHANGED
from shinsei.domain import polling
from shinsei.domain.applicants import Reaction
from shinsei.domain.demand import filings
from shinsei.domain.plan import VirtualRun
from shinsei.domain.run import Change, RunSpec, submission_id
from shinsei.domain.simtime import SimTime
from shinsei.domain.trace import TraceLine, trace_hash
from shinsei.runtime.kafka import Consumer, DeadLetters, Producer, Record, decode_record
from shinsei.season.filing import application
from shinsei.testing.services import ChildService, HostedService
from shinsei.testing.waiting import eventually


@dataclass(kw_only=True)
class Feed:
    """What the linkage server publishes for one run: polls of the demand, changes, watermarks."""

    spec: RunSpec
    producer: Producer
    changes: Sequence[Change] = ()
    reactions: Sequence[Reaction] = ()
    """Replies and withdrawals, as the plan decided them."""
    number: int = 0
    watermark: SimTime = field(init=False)

    def __post_init__(self) -> None:
        self.watermark = self.spec.start
        self._busy = self.spec.start
        self._to_come = [filing for filing in filings(self.spec) if filing.online]
        self._changes_to_come = sorted(self.changes, key=lambda change: (change.at, change.n))
        self._reactions_to_come = sorted(self.reactions)
        self.sent: list[tuple[bytes, bytes, wire.RawHeaders]] = []

    async def begin(self) -> None:
        """The head of the log: the run, and the time of its first poll."""
        started = events.RunStarted(
            run_id=self.spec.run_id, municipality=self.spec.municipality, spec=codec.encode_run(self.spec)
        )
        await self.send([(started, "run-started", self.spec.start), self._watermark()])

    async def poll_until(self, to: SimTime) -> None:
        """All polls before a moment, in one go as a poller that is behind does."""
        messages = []
        while self.watermark < to:
            messages += self._poll(self.watermark)
            self.watermark = polling.next_poll(self.spec, self.watermark)
            messages.append(self._watermark())
        await self.send(messages)

    async def close(self) -> None:
        """The end of the log."""
        closed = events.RunClosed(run_id=self.spec.run_id, municipality=self.spec.municipality)
        await self.send([(closed, "run-closed", self.watermark)])

    async def send(self, messages: Sequence[tuple[Message, str, SimTime]]) -> None:
        """Publishes messages with their numbers."""
        records = []
        for message, identity, at in messages:
            self.number += 1
            records.append(self.record(message.SerializeToString(), message.DESCRIPTOR.full_name, identity, at))
        await self.deliver(records)

    async def deliver(self, records: list[tuple[bytes, bytes, wire.RawHeaders]]) -> None:
        """Publishes records as they are, whether new, repeated or broken."""
        self.sent += records
        await self.producer.send_all(APPLICATION_FETCHED.name, self.spec.partition, records)

    def record(self, value: bytes, kind: str, identity: str, at: SimTime) -> tuple[bytes, bytes, wire.RawHeaders]:
        """The next record of the log."""
        headers = Headers(
            type=kind,
            run_id=self.spec.run_id,
            number=self.number,
            event_id=f"{self.spec.run_id}/{identity}/0",
            at=at,
            sent_ms=0,
        )
        return (self.spec.municipality.encode(), value, wire.encode(headers))

    def _reaction(self, entry: polling.PolledEntry, at: SimTime) -> tuple[Message, str, SimTime]:
        kind = next(kind for kind, entry_kind in polling.ENTRY_KINDS.items() if entry_kind is entry.kind)
        name = submission_id(self.spec.municipality, entry.case_id)
        message = events.ReactionFetched(
            run_id=self.spec.run_id,
            submission_id=name,
            receipt_number=receipt_of(self.spec, entry.case_id),
            kind=codec.REACTIONS.to_proto(kind),  # type: ignore[arg-type]
            n=entry.n,
            filed_at_ms=entry.stamp,
            fetched_at_ms=at,
        )
        return message, f"{name}/{kind}-{entry.n}", at

    def _watermark(self) -> tuple[Message, str, SimTime]:
        message = events.Watermark(run_id=self.spec.run_id, municipality=self.spec.municipality, at_ms=self.watermark)
        return message, f"watermark/{self.watermark}", self.watermark

    def _poll(self, poll_at: SimTime) -> list[tuple[Message, str, SimTime]]:
        messages: list[tuple[Message, str, SimTime]] = []
        while self._changes_to_come and self._changes_to_come[0].at <= poll_at:
            change = self._changes_to_come.pop(0)
            made = events.ChangeMade(
                run_id=self.spec.run_id,
                municipality=self.spec.municipality,
                at_ms=change.at,
                n=change.n,
                change=codec.encode_change(change),
            )
            messages.append((made, f"change/{change.n}", change.at))
        listed = [
            polling.PolledEntry(
                stamp=filing.at,
                kind=polling.EntryKind.SUBMISSION,
                case_id=filing.case_id,
                files=len(filing.attachments),
                size=filing.size,
            )
            for filing in takewhile(lambda filing: filing.at < poll_at, self._to_come)
        ]
        cases = len(listed)
        if polling.in_outage(self.spec, self.changes, poll_at):
            return messages
        reactions = [reaction for reaction in self._reactions_to_come if reaction.at < poll_at]
        self._reactions_to_come = self._reactions_to_come[len(reactions) :]
        listed += map(polling.reaction_entry, reactions)
        by_case = {filing.case_id: filing for filing in self._to_come[:cases]}
        taken = polling.carried(self.spec, self.changes, poll_at, listed)
        fetched, self._busy = polling.fetch(self.spec, poll_at, self._busy, taken, self.changes)
        for entry, at in fetched:
            if entry.kind is not polling.EntryKind.SUBMISSION:
                messages.append(self._reaction(entry, at))
                continue
            filing = by_case.pop(entry.case_id)
            data = application(self.spec, filing)
            data.receipt_number = receipt_of(self.spec, filing.case_id)
            name = submission_id(self.spec.municipality, filing.case_id)
            messages.append((events.ApplicationFetched(fetched_at_ms=at, application=data), f"{name}/fetched", at))
        self._to_come = [*by_case.values(), *self._to_come[cases:]]
        return messages


def planned_reactions(spec: RunSpec, changes: Sequence[Change], end: SimTime) -> list[Reaction]:
    """What the applicants of a run file after filing, up to its end."""
    run = VirtualRun(spec, changes)
    run.advance(end)
    return run.reactions


def receipt_of(spec: RunSpec, case: str) -> str:
    """A receipt number that no other run has."""
    return f"R{spec.run_id}{spec.municipality}{case}"


class Statuses:
    """What comes back on ``application.status-changed`` for one run."""

    def __init__(self, spec: RunSpec) -> None:
        self.spec = spec
        self.lines: list[TraceLine] = []
        self.watermark = SimTime(0)
        self.last_number = 0
        self.by_case: dict[str, events.StatusChanged] = {}

    async def take(self, partition: int, records: Sequence[Record]) -> None:
        """Handler of a consumer: takes what is new, and notices a gap or a line behind its watermark."""
        for record in records:
            same = (record.run_id, record.municipality) == (self.spec.run_id, self.spec.municipality)
            if not same or record.number <= self.last_number:
                continue
            assert record.number == self.last_number + 1
            self.last_number = record.number
            message = decode_record(record)
            if isinstance(message, events.Watermark):
                assert message.at_ms > self.watermark
                self.watermark = SimTime(message.at_ms)
            elif isinstance(message, events.StatusChanged):
                self.by_case[message.submission_id] = message
                self._add(message)

    async def reached(self, at: SimTime, within_s: float = 60.0) -> None:
        """Waits until the watermark has come back."""
        await eventually(lambda: self.watermark >= at, within_s=within_s, what=f"the status watermark {at}")

    def _add(self, message: events.StatusChanged) -> None:
        for row in codec.transitions_from_proto(message.transitions):
            assert row.at >= self.watermark
            self.lines.append(
                TraceLine(submission_id=message.submission_id, at=row.at, action=row.action, status=row.status, n=row.n)
            )


def planned(spec: RunSpec, changes: Sequence[Change], end: SimTime) -> str:
    """The plan's hash of everything behind the portal."""
    run = VirtualRun(spec, changes)
    run.advance(end)
    return trace_hash((line for line in run.lines(end) if line.action != "SUBMIT"), end=end)


@dataclass(kw_only=True)
class Town:
    """Both services, and whatever a test needs around them."""

    app_mgmt: HostedService | ChildService
    core_systems: HostedService | ChildService
    inquiry: grpc.aio.Channel
    core: grpc.aio.Channel
    producer: Producer
    bootstrap: str
    stack: AsyncExitStack
    another: Callable[[str], ChildService] | None = None
    """Makes a second process of a service, where they are processes."""

    def feed(self, spec: RunSpec, changes: Sequence[Change] = (), *, reactions: Sequence[Reaction] = ()) -> Feed:
        """A log of this run, not yet begun."""
        return Feed(spec=spec, producer=self.producer, changes=changes, reactions=reactions)

    async def statuses(self, spec: RunSpec) -> Statuses:
        """Begins to read what comes back."""
        statuses = Statuses(spec)
        consumer = Consumer(
            self.bootstrap,
            f"test-{uuid.uuid4().hex[:8]}",
            STATUS_CHANGED.name,
            statuses.take,
            DeadLetters(self.producer),
        )
        await consumer.start()
        self.stack.push_async_callback(consumer.stop)
        return statuses
