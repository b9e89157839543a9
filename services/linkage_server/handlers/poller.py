"""The poller of one run: list, commit the polls with their times, get, hand on, acknowledge.

The polls are committed before the first get, so a kill anywhere resumes with the same times. An entry is
acknowledged behind its publication; one that is listed again all the same has been taken and is struck.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from linkage_server.handlers.lanes import in_lanes
from linkage_server.handlers.live import LiveRun
from linkage_server.handlers.model import (
    AttachmentRef,
    Fetched,
    Handed,
    ListedEntry,
    Listing,
    Polls,
    PollState,
    TakenEntry,
)
from linkage_server.handlers.polls import decide, poll_after
from linkage_server.handlers.ports import Ports
from shinsei.domain.polling import EntryKind, corrupt_percent, first_poll, has_lapsed, taken_as
from shinsei.domain.run import Pacing, TakenAs, case_id

_AT_ONCE = 8
"""Attachments that a run gets at the same time."""
_SUBMISSION = EntryKind.SUBMISSION
"""Asking an enum for a member is slow, and every entry is one."""


class Poller:
    """Pulls for one municipality until its run is closed and everything has come back."""

    def __init__(self, run: LiveRun, epoch: int, ports: Ports, rest: Callable[[], Awaitable[None]]) -> None:
        """``rest`` is a pause between the listings of a clock-paced run; a season goes as fast as it can."""
        self._run = run
        self._epoch = epoch
        self._portal = ports.portal
        self._store = ports.store
        self._payloads = ports.payloads
        self._observer = ports.observer
        self._rest = rest
        self._unpublished: Sequence[TakenEntry] | None = None
        self._in_doubt = True
        """Whether something may be listed that has been taken: until all that was taken before is acknowledged."""

    async def run(self) -> None:
        """Polls for ever; returns when ``RunClosed`` has been written."""
        run = self._run
        if not run.poll.started:
            await self._store.start(run.row, self._epoch, first_poll(run.row.spec))
            run.poll = replace(run.poll, started=True)
        await self._hand_on()
        while not run.finished:
            listing = await self._portal.listing(run.row, poll_after(run.row.spec, run.poll.polled))
            if await self._poll(listing):
                await self._hand_on()
            elif listing.closed:
                await self._finish()
            if run.row.spec.pacing is Pacing.CLOCK:
                await self._rest()

    async def _poll(self, listing: Listing) -> bool:
        """Commits the polls that the listing allows; whether there were any."""
        run = self._run
        entries = await self._strike(listing.entries)
        listed = [entry.change for entry in entries if entry.change is not None]
        polls = decide(run.row.spec, [*run.changes, *listed], run.poll, entries, listing.watermark)
        if polls is None:
            return False
        if polls.entries:
            await self._store.commit_polls(run.row, self._epoch, run.poll.polled, polls)
        else:
            await self._store.pass_on(run.row, self._epoch, run.poll.polled, polls)
        self._unpublished = polls.entries
        run.poll = self._after(polls)
        run.changes += [entry.change for entry in polls.entries if entry.change is not None]
        self._observer.polled(polls.count, polls.failed)
        return True

    def _after(self, polls: Polls) -> PollState:
        """The state behind committed polls; those without entries have been handed on as well."""
        state, working = self._run.poll, polls.working or self._run.poll.working
        if not polls.entries:
            state = replace(state, published=polls.upto, complete=working)
        return replace(state, polled=polls.upto, working=working, busy_until=polls.busy_until)

    async def _strike(self, entries: Sequence[ListedEntry]) -> Sequence[ListedEntry]:
        """The entries that no committed poll has taken; the others are acknowledged again."""
        if not entries or not self._in_doubt:
            return entries
        taken = await self._store.taken(self._run.row, [entry.key for entry in entries])
        self._in_doubt = False
        if not taken:
            return entries
        self._observer.struck(len(taken))
        await self._portal.acknowledge(self._run.row, sorted(taken))
        return [entry for entry in entries if entry.key not in taken]

    async def _hand_on(self) -> None:
        """Gets and publishes what committed polls have taken, then acknowledges it."""
        run, state = self._run, self._run.poll
        if state.polled is None or state.polled == state.published:
            return
        entries = self._unpublished
        if entries is None:
            entries = await self._store.unpublished(run.row, state.published)
        kinds = Counter(entry.kind for entry in entries)
        with self._observer.handing_on(kinds[_SUBMISSION]):
            handed = await self._get(entries)
            await self._store.publish(run.row, self._epoch, handed, state.polled, state.working, state.published)
        run.poll = replace(state, published=state.polled, complete=state.working)
        self._unpublished = None
        self._observer.published(kinds)
        if entries:
            await self._portal.acknowledge(run.row, [entry.key for entry in entries])

    async def _get(self, entries: Sequence[TakenEntry]) -> list[Handed]:
        cases = [entry for entry in entries if entry.kind is _SUBMISSION]
        wanted = [case.receipt_number for case in cases]
        fetched: dict[str, Fetched] = {}
        if wanted:
            with self._observer.getting():
                fetched = {item.receipt_number: item for item in await self._portal.fetch(self._run.row, wanted)}
        stored = await self._store_payloads([(case, fetched[case.receipt_number]) for case in cases])
        handed = []
        for entry in entries:
            if entry.kind is not _SUBMISSION:
                handed.append(Handed(entry=entry))
                continue
            item = fetched[entry.receipt_number]
            payloads = stored.get(entry.receipt_number, ())
            state = self._state(entry, item)
            handed.append(Handed(entry=entry, application=item.message, payloads=payloads, taken_as=state))
        self._observer.taken(Counter(item.taken_as for item in handed if item.application is not None))
        return handed

    def _state(self, entry: TakenEntry, item: Fetched) -> TakenAs:
        spec = self._run.row.spec
        return taken_as(
            spec,
            item.files,
            lapsed=has_lapsed(spec, entry.kind, entry.stamp, entry.poll_at),
            case_id=case_id(entry.submission_id),
            corrupt_percent=corrupt_percent(self._run.changes, entry.poll_at),
        )

    async def _store_payloads(self, cases: Sequence[tuple[TakenEntry, Fetched]]) -> Mapping[str, Sequence[str]]:
        """Names of the stored attachments of each case that has any, in the order of the case."""
        wanted = [(case, attachment) for case, item in cases for attachment in item.attachments]
        names: dict[str, list[str]] = {}
        for (case, _), name in zip(wanted, await in_lanes(self._store_payload, wanted, _AT_ONCE), strict=True):
            if name:
                names.setdefault(case.receipt_number, []).append(name)
        return names

    async def _store_payload(self, wanted: tuple[TakenEntry, AttachmentRef]) -> str:
        """Name of a stored attachment; empty if the check at the boundary held it back."""
        case, attachment = wanted
        name = f"{self._run.row.municipality}/{case.receipt_number}/{attachment.n}"
        chunks = self._portal.download(self._run.row, case.receipt_number, attachment.name)
        problem = await self._payloads.put(name, attachment, chunks)
        named = {"run_id": self._run.row.run_id, "submission_id": case.submission_id}
        self._observer.stored({**named, "receipt_number": case.receipt_number}, name, attachment.size, problem)
        return "" if problem else name

    async def _finish(self) -> None:
        """The portal has closed the run: once everything has been pushed back, says so downstream."""
        run = self._run
        last = poll_after(run.row.spec, run.poll.polled)
        while run.push.pushed < last:
            run.pushed.clear()
            await run.pushed.wait()
        await self._store.finish(run.row, self._epoch)
        run.finished = True
