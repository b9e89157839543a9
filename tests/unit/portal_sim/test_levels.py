"""What the portal says of its runs while its database answers, and while it does not."""

from dataclasses import replace
from datetime import date
from math import isnan

from prometheus_client import REGISTRY
from tests.unit.databases import RowsDatabase
from tests.unit.portal_sim.rows import a_run_row

from portal_sim.handlers.run import Run
from portal_sim.handlers.runs import Runs
from portal_sim.outbound.levels import PortalLevels
from shinsei.domain.demand import filing_closes
from shinsei.domain.run import Pacing
from shinsei.domain.simtime import HOUR_MS, SimTime
from shinsei.runtime.clock import RealClock
from shinsei.testing.builders import a_run_spec


async def test_nothing_is_old_where_the_database_does_not_say_but_what_is_known_without_it_is_told() -> None:
    """An application that nobody fetches kept the age at which it was last seen, and its alert as it was."""
    row = a_run_row(a_run_spec())
    runs = Runs(None, RealClock())  # type: ignore[arg-type]
    runs._add(Run(replace(row, watermark=SimTime(row.watermark + HOUR_MS)), (), RealClock()))
    levels = PortalLevels(RowsDatabase([{"run_key": 1, "count": 3, "late": 2, "oldest_ms": row.watermark}]), runs)
    group = {"stage": "fetch", "linkage_method": "none", "prefecture": row.municipality[:2]}
    read: tuple[tuple[str, dict[str, str], float], ...] = (
        ("shinsei_pending_cases", group, 3),
        ("shinsei_oldest_pending_age_seconds", {**group, "clock": "sim"}, 3_600),
        ("shinsei_portal_sim_unfetched_late_cases", {}, 2),
    )
    await levels.measure()
    assert [REGISTRY.get_sample_value(name, labels) for name, labels, _ in read] == [value for *_, value in read]
    levels.blind()
    assert all(isnan(REGISTRY.get_sample_value(name, labels) or 0) for name, labels, _ in read)
    mark = REGISTRY.get_sample_value("shinsei_watermark_timestamp_seconds", {"stage": "portal", "clock": "sim"})
    assert mark == (row.watermark + HOUR_MS) / 1_000
    assert REGISTRY.get_sample_value("shinsei_portal_sim_open_runs", {"pacing": "driver"}) == 1


async def test_whoever_files_by_hand_is_never_late() -> None:
    """A standing run has no deadline, however long it stands."""
    closing = {"demand.deadline_day": date(2021, 6, 10)}
    season = a_run_spec(**closing)
    standing = a_run_spec(municipality="131016", pacing=Pacing.CLOCK, **closing)
    runs, database = Runs(None, RealClock()), RowsDatabase([])  # type: ignore[arg-type]
    for key, spec in enumerate((season, standing), start=1):
        runs._add(Run(a_run_row(spec, key=key), (), RealClock()))
    await PortalLevels(database, runs).measure()
    assert database.asked == [([1, 2], [filing_closes(season), standing.end])]
    assert filing_closes(season) < season.end
