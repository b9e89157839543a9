"""How far the linkage server has come, for its gauges."""

from linkage_server import metrics
from linkage_server.outbound.store import SQL
from shinsei.domain.simtime import SECOND_MS
from shinsei.runtime.levels import SIM, WATERMARK
from shinsei.runtime.postgres import Database


class LinkageLevels:
    """Measures the polls and pushes of the runs that are not finished."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def measure(self) -> None:
        """Sets the gauges."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL["levels"])
        WATERMARK.labels("polled", SIM).set(row["published_ms"] / SECOND_MS)
        WATERMARK.labels("pushed", SIM).set(row["pushed_ms"] / SECOND_MS)
        metrics.LINE_DOWN.set(row["line_down"])
        metrics.WAITING.set(row["waiting"])
