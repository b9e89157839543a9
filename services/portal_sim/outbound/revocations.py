"""Revoked certificates in PostgreSQL."""

from collections.abc import Mapping

from portal_sim.outbound.queries import SQL
from shinsei.domain.simtime import SimTime
from shinsei.runtime.postgres import Database


class PostgresRevocations:
    """Implements ``RevocationStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def revoked(self) -> Mapping[int, Mapping[str, SimTime]]:
        """Of the open runs, by run key and serial number."""
        found: dict[int, dict[str, SimTime]] = {}
        async with self._database.acquire() as connection:
            for row in await connection.fetch(SQL["revoked_certificates"]):
                found.setdefault(row["run_key"], {})[row["serial_number"]] = SimTime(row["since_ms"])
        return found

    async def revoke(self, run_key: int, revoked: Mapping[str, SimTime]) -> None:
        """Keeps more of a run; of two moments the earlier counts."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL["revoke_certificates"], run_key, list(revoked), list(revoked.values()))
