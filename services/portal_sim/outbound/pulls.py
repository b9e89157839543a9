"""What municipalities pull and push, in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence

from portal_sim.handlers.model import Counters, Entry, EntryPlace, StoredApplication, Update
from portal_sim.outbound.gathering import Gathered
from portal_sim.outbound.queries import SQL
from shinsei.domain.errors import ConflictError
from shinsei.domain.lifecycle import Action
from shinsei.domain.polling import kind_of
from shinsei.domain.simtime import SimTime
from shinsei.runtime.postgres import Database

_FEW = 16
"""Applications of one question that waits for others to be asked with."""
_REGISTERED, _DECIDED, _ENDED = range(3)
_COUNTED: Mapping[Action, int] = {
    Action.REGISTER: _REGISTERED,
    **dict.fromkeys((Action.GRANT, Action.DENY), _DECIDED),
    **dict.fromkeys((Action.NOT_ACCEPT, Action.WITHDRAW, Action.EXPIRE, Action.TRANSFER, Action.DEAD_LETTER), _ENDED),
}
"""As what an action counts, if it does."""


class PostgresPulls:
    """Implements ``PullStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._applications = Gathered(self._read)

    async def entries(self, run_key: int, before: SimTime, after: EntryPlace, limit: int) -> Sequence[Entry]:
        """What is not acknowledged and was filed before a moment, from behind a place on, by stamp."""
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL["list_entries"], run_key, before, *after, limit)
        return [
            Entry(
                receipt_number=row["receipt_number"],
                n=row["n"],
                kind=kind_of(row["n"], is_change=row["change"] is not None),
                stamp=SimTime(row["stamp_ms"]),
                submission_id=row["submission_id"],
                files=row["files"],
                size=row["size"],
                change=row["change"],
            )
            for row in rows
        ]

    async def runs_with_entries(self, run_keys: Sequence[int]) -> Collection[int]:
        """Those of the runs that have entries left."""
        async with self._database.acquire() as connection:
            return {row[0] for row in await connection.fetch(SQL["has_entries"], list(run_keys))}

    async def applications(self, run_key: int, receipt_numbers: Sequence[str]) -> Mapping[str, StoredApplication]:
        """Applications by receipt number."""
        keys = [(run_key, number) for number in receipt_numbers]
        # Many at once would hold up those who ask for one, and a NUL, which no database takes, would fail them.
        is_alone = len(keys) > _FEW or any("\0" in number for number in receipt_numbers)
        found = await (self._read(keys) if is_alone else self._applications(keys))
        return {number: found[run_key, number] for number in receipt_numbers if (run_key, number) in found}

    async def acknowledge(self, run_key: int, keys: Sequence[tuple[str, int]]) -> None:
        """Takes entries off the list for good."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL["acknowledge"], run_key, [number for number, _ in keys], [n for _, n in keys])

    async def push(
        self, run_key: int, updates: Sequence[Update], watermark: SimTime
    ) -> tuple[SimTime, int, Counters, int]:
        """Commits the updates not seen before, and the watermark, together."""
        async with self._database.transaction() as connection:
            number = (await connection.fetchrow(SQL["lock_returned"], run_key))["number"]
            new = [update for update in updates if update.number > number]
            if new and new[0].number != number + 1:
                raise ConflictError(f"updates up to {number} have come back; {new[0].number} is not the next")
            if new:
                await connection.execute(
                    SQL["insert_updates"],
                    run_key,
                    [update.number for update in new],
                    [update.submission_id for update in new],
                    [update.payload for update in new],
                )
                asked = [(update.submission_id, *one) for update in new for one in update.corrections]
                if asked:
                    ids, numbers, moments = zip(*asked, strict=True)
                    await connection.execute(SQL["insert_corrections"], run_key, ids, numbers, moments)
            row = await connection.fetchrow(SQL["save_returned"], run_key, watermark, number + len(new), *_counts(new))
        counters = Counters(registered=row["registered"], decided=row["decided"], ended=row["ended"])
        return SimTime(row["returned_ms"]), row["number"], counters, len(new)

    async def _read(self, keys: Sequence[tuple[int, str]]) -> Mapping[tuple[int, str], StoredApplication]:
        async with self._database.acquire() as connection:
            rows = await connection.fetch(
                SQL["get_payloads"], [run_key for run_key, _ in keys], [number for _, number in keys]
            )
        return {
            (row[0], row[1]): StoredApplication(receipt_number=row[1], submitted_at=SimTime(row[2]), payload=row[3])
            for row in rows
        }


def _counts(updates: Sequence[Update]) -> tuple[int, int, int]:
    """How many registrations, decisions and other ends are among the updates."""
    counts = [0, 0, 0]
    for update in updates:
        for action in update.actions:
            counted = _COUNTED.get(action)
            if counted is not None:
                counts[counted] += 1
    return counts[_REGISTERED], counts[_DECIDED], counts[_ENDED]
