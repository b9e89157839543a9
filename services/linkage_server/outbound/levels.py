"""How far the linkage server has come, for its gauges."""

from math import nan

from linkage_server import metrics
from linkage_server.outbound.store import SQL
from shinsei.domain.simtime import SECOND_MS
from shinsei.runtime.levels import SIM, WATERMARK, Group
from shinsei.runtime.postgres import Database


class LinkageLevels:
    """Measures the polls and pushes of the runs that are not finished."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._watermarks = Group(WATERMARK, SIM)

    async def measure(self) -> None:
        """Sets the gauges."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL["levels"])
        reached_ms = {"polled": row["published_ms"], "pushed": row["pushed_ms"]}
        self._watermarks.put({(stage,): at_ms / SECOND_MS for stage, at_ms in reached_ms.items()})
        metrics.LINE_DOWN.set(row["line_down"])
        metrics.WAITING.set(row["waiting"])

    def blind(self) -> None:
        """Tells nothing: an old poll does not say whether the line is down."""
        self._watermarks.blind()
        metrics.LINE_DOWN.set(nan)
        metrics.WAITING.set(nan)
