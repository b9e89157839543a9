"""Runs in PostgreSQL."""

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

from portal_sim.handlers.model import AlreadyOpenError, Counters, RunRow, SimClock
from portal_sim.handlers.ports import ChangeDecision
from portal_sim.outbound.queries import SQL
from shinsei.contracts.codec import decode_change, decode_run, encode_change
from shinsei.domain.run import Change, RunSpec
from shinsei.domain.simtime import SimTime
from shinsei.runtime.postgres import Database


class PostgresRuns:
    """Implements ``RunStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self) -> tuple[Sequence[RunRow], Mapping[int, Sequence[Change]]]:
        """Every run, and the changes by run key."""
        changes: dict[int, list[Change]] = {}
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL["select_runs"])
            for row in await connection.fetch(SQL["select_changes"]):
                changes.setdefault(row["run_key"], []).append(decode_change(row["change"]))
        return [_run_row(row) for row in rows], changes

    async def open(self, spec: RunSpec, spec_bytes: bytes, clock: SimClock | None) -> RunRow | None:
        """Stores a new run; None if the run is there already."""
        try:
            async with self._database.transaction() as connection:
                key = await connection.fetchval(
                    SQL["insert_run"], spec.run_id, spec.municipality, spec_bytes, spec.start
                )
                if key is None:
                    return None
                await connection.execute(SQL["insert_intake"], key)
                await connection.execute(SQL["insert_returned"], key, spec.start)
                if clock is not None:
                    await connection.execute(SQL["insert_clock"], key, clock.real_ms, clock.sim, clock.speed)
        except asyncpg.UniqueViolationError:
            raise AlreadyOpenError(
                f"another run of municipality {spec.municipality} is open; close it first (shinsei runs list)"
            ) from None
        return RunRow(
            key=key,
            run_id=spec.run_id,
            municipality=spec.municipality,
            spec=spec,
            spec_bytes=spec_bytes,
            closed=False,
            frontier=spec.start,
            watermark=spec.start,
            returned=spec.start,
            clock=clock,
        )

    async def commit_frontier(self, key: int, frontier: SimTime) -> SimTime | None:
        """The frontier now; None if the run is closed."""
        async with self._database.acquire() as connection:
            return _maybe_time(await connection.fetchval(SQL["commit_frontier"], key, frontier))

    async def raise_watermark(self, key: int, watermark: SimTime) -> SimTime | None:
        """The watermark now; None if the run is closed or its frontier is behind."""
        async with self._database.acquire() as connection:
            return _maybe_time(await connection.fetchval(SQL["raise_watermark"], key, watermark))

    async def save_given(self, key: int, watermark: SimTime) -> None:
        """A clock-paced run is about to tell this watermark."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL["save_given"], key, watermark)

    async def save_clock(self, key: int, clock: SimClock) -> None:
        """The clock of a standing run has been set."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL["save_clock"], key, clock.real_ms, clock.sim, clock.speed)

    async def add_change(self, key: int, change_id: str, decide: ChangeDecision) -> Change | None:
        """Commits a change decided under the run's lock, with its entry; None if the run is closed."""
        async with self._database.transaction() as connection:
            run = await connection.fetchrow(SQL["lock_run"], key)
            known = await connection.fetchval(SQL["select_change"], key, change_id) if change_id else None
            if known is not None:
                return decode_change(known)
            if run["closed"]:
                return None
            change, stamp = decide(SimTime(run["filed_ms"]), run["changes"])
            encoded = encode_change(change)
            await connection.execute(SQL["insert_change"], key, change.n, encoded, change_id)
            await connection.execute(SQL["insert_change_entry"], key, change.n, stamp, encoded)
            return change

    async def close(self, key: int, watermark: SimTime) -> None:
        """Nothing more can be submitted; the root watermark stays here."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL["close_run"], key, watermark)


def _run_row(row: Mapping[str, Any]) -> RunRow:
    spec = decode_run(row["spec"])
    clock = None
    if row["anchor_real_ms"] is not None:
        clock = SimClock(real_ms=row["anchor_real_ms"], sim=SimTime(row["anchor_ms"]), speed=row["speed"])
    return RunRow(
        key=row["key"],
        run_id=row["run_id"],
        municipality=row["municipality"],
        spec=spec,
        spec_bytes=row["spec"],
        closed=row["closed"],
        frontier=SimTime(row["frontier_ms"]),
        watermark=SimTime(row["watermark_ms"]),
        returned=SimTime(row["returned_ms"]),
        pushed_number=row["number"],
        accepted=row["accepted"],
        late=row["late"],
        counters=Counters(registered=row["registered"], decided=row["decided"], ended=row["ended"]),
        clock=clock,
        given=_maybe_time(row["given_ms"]),
    )


def _maybe_time(value: int | None) -> SimTime | None:
    return None if value is None else SimTime(value)
