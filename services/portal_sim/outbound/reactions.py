"""Replies, withdrawals and correction requests, in PostgreSQL."""

from collections.abc import Mapping, Sequence

from portal_sim.handlers.model import Filed
from portal_sim.outbound.queries import SQL
from shinsei.domain.applicants import Reaction
from shinsei.domain.errors import ConflictError
from shinsei.domain.polling import entry_n
from shinsei.domain.run import submission_id
from shinsei.domain.simtime import SimTime
from shinsei.runtime.postgres import Connection, Database


class PostgresReactions:
    """Implements ``ReactionStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def file(self, run_key: int, municipality: str, reactions: Sequence[Reaction]) -> Mapping[Reaction, Filed]:
        """Commits reactions with their entries, each at most once; those of unknown cases are left out."""
        async with self._database.transaction() as connection:
            (run,) = await connection.fetch(SQL["share_runs"], [run_key])
            if run["closed"]:
                raise ConflictError(f"the run of {municipality} has been closed")
            stamps = {reaction: max(reaction.at, run["watermark_ms"]) for reaction in reactions}
            ordered = sorted(reactions, key=lambda one: (one.case_id, one.kind, one.n))
            rows = await connection.fetch(
                SQL["insert_reactions"],
                run_key,
                [submission_id(municipality, one.case_id) for one in ordered],
                [entry_n(one.kind, one.n) for one in ordered],
                [stamps[one] for one in ordered],
            )
            new = {(row["submission_id"], row["n"]) for row in rows}
            known = await self._find(connection, run_key, municipality, reactions)
        return {
            reaction: Filed(at=at, duplicate=(submission_id(municipality, reaction.case_id), _n(reaction)) not in new)
            for reaction, at in known.items()
        }

    async def find(self, run_key: int, municipality: str, reaction: Reaction) -> Filed | None:
        """When a reaction of this kind and number was filed, if it was."""
        async with self._database.acquire() as connection:
            known = await self._find(connection, run_key, municipality, [reaction])
        return Filed(at=known[reaction], duplicate=True) if known else None

    async def requested(self, run_key: int, after: SimTime, limit: int) -> Sequence[tuple[str, int, SimTime]]:
        """The first correction requests behind a moment, whole moments: submission id, how many before, moment."""
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL["list_corrections"], run_key, after, limit)
        return [(row["submission_id"], row["n"], SimTime(row["at_ms"])) for row in rows]

    async def _find(
        self, connection: Connection, run_key: int, municipality: str, reactions: Sequence[Reaction]
    ) -> dict[Reaction, SimTime]:
        rows = await connection.fetch(
            SQL["find_reactions"],
            run_key,
            [submission_id(municipality, one.case_id) for one in reactions],
            [_n(one) for one in reactions],
        )
        found = {(row["submission_id"], row["n"]): SimTime(row["filed_at_ms"]) for row in rows}
        keys = {one: (submission_id(municipality, one.case_id), _n(one)) for one in reactions}
        return {one: found[key] for one, key in keys.items() if key in found}


def _n(reaction: Reaction) -> int:
    return entry_n(reaction.kind, reaction.n)
