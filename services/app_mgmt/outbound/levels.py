"""How far application management has come and what waits in it, for its gauges."""

from math import nan

from app_mgmt import metrics
from app_mgmt.outbound.runs import KnownRuns
from shinsei.domain.simtime import SECOND_MS
from shinsei.runtime.levels import NO_METHOD, OLDEST, PENDING, SIM, WATERMARK, Group
from shinsei.runtime.postgres import Database

STAGE = "intake"
"""What is stored and not yet passed by its watermark waits to be decided on."""


class IntakeLevels:
    """Measures the runs that are not closed; the tables that it counts hold only what waits."""

    def __init__(self, database: Database, runs: KnownRuns) -> None:
        self._database = database
        self._sql = runs.sql
        self._watermarks = Group(WATERMARK, SIM)
        self._pending = Group(PENDING)
        self._oldest = Group(OLDEST, SIM)

    async def measure(self) -> None:
        """Sets the gauges."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(self._sql["levels"])
            waiting = await connection.fetch(self._sql["postponed_levels"])
        self._watermarks.put({(stage,): row[f"{stage}_ms"] / SECOND_MS for stage in ("intake", "tracking")})
        metrics.HELD.set(row["held"])
        self._pending.put({(STAGE, NO_METHOD, one["prefecture"]): one["count"] for one in waiting})
        self._oldest.put(
            {
                (STAGE, NO_METHOD, one["prefecture"]): max(0, row["intake_ms"] - one["oldest_ms"]) / SECOND_MS
                for one in waiting
            }
        )

    def blind(self) -> None:
        """Tells nothing."""
        for group in (self._watermarks, self._pending, self._oldest):
            group.blind()
        metrics.HELD.set(nan)
