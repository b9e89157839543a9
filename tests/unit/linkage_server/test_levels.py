"""What the linkage server says of its lines: the newest committed poll decides, and a restart changes nothing."""

from math import isnan

from prometheus_client import REGISTRY
from tests.unit.databases import RowsDatabase

from linkage_server.outbound.levels import LinkageLevels
from shinsei.runtime.queries import load_queries, load_sql
from shinsei.testing.sql import MemoryDatabase, Session


async def test_a_line_is_down_while_the_newest_committed_poll_of_its_municipality_met_an_outage() -> None:
    session, sql = Session(MemoryDatabase()), load_queries("linkage_server")
    await session.run(load_sql("linkage_server", "schema.sql"))

    async def poll(run: int, after: int | None, upto: int, working: int | None) -> None:
        await session.run(sql["commit_polls"], (run, after, upto, working, 0, *[[]] * 7))

    async def down() -> int:
        (row,) = (await session.run(sql["levels"]))[1]
        return int(row["line_down"])

    for run in (1, 2):
        await session.run(sql["add_run"], ("a-run", f"48201{run}", 1, b""))
        await session.run(sql["add_run_poll"], (run, 0))
        await session.run(sql["add_run_push"], (run, 0))
    assert await down() == 0, "nothing is known of a line before its first poll"
    await poll(1, None, 10, 10)
    await poll(2, None, 10, None)
    assert await down() == 1
    await poll(1, 10, 20, None)
    assert await down() == 2
    await poll(1, 20, 30, 30)
    assert await down() == 1
    await session.run(sql["mark_finished"], (2,))
    assert await down() == 0, "its run is over"


async def test_a_line_is_neither_down_nor_up_while_the_database_does_not_say() -> None:
    """An outage of the database between an outage of the line and its end would keep its alert as it was."""
    levels = LinkageLevels(RowsDatabase([{"published_ms": 7_000, "pushed_ms": 6_000, "line_down": 3, "waiting": 2}]))
    told: tuple[tuple[str, dict[str, str], float], ...] = (
        ("shinsei_linkage_server_line_down", {}, 3),
        ("shinsei_linkage_server_updates_waiting", {}, 2),
        ("shinsei_watermark_timestamp_seconds", {"stage": "polled", "clock": "sim"}, 7),
        ("shinsei_watermark_timestamp_seconds", {"stage": "pushed", "clock": "sim"}, 6),
    )
    await levels.measure()
    assert [REGISTRY.get_sample_value(name, labels) for name, labels, _ in told] == [value for *_, value in told]
    levels.blind()
    assert all(isnan(REGISTRY.get_sample_value(name, labels) or 0) for name, labels, _ in told)
