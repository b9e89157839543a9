"""What application management says of its runs while its database answers, and while it does not."""

from math import isnan

from prometheus_client import REGISTRY
from tests.unit.databases import RowsDatabase

from app_mgmt.outbound.levels import IntakeLevels
from app_mgmt.outbound.runs import KnownRuns


async def test_nothing_waits_and_nothing_is_old_where_the_database_does_not_say() -> None:
    row = {"intake_ms": 9_000, "tracking_ms": 8_000, "held": 4, "prefecture": "48", "count": 2, "oldest_ms": 4_000}
    levels = IntakeLevels(RowsDatabase([row]), KnownRuns())
    group = {"stage": "intake", "linkage_method": "none", "prefecture": "48"}
    told: tuple[tuple[str, dict[str, str], float], ...] = (
        ("shinsei_app_mgmt_held_statuses", {}, 4),
        ("shinsei_pending_cases", group, 2),
        ("shinsei_oldest_pending_age_seconds", {**group, "clock": "sim"}, 5),
        ("shinsei_watermark_timestamp_seconds", {"stage": "intake", "clock": "sim"}, 9),
        ("shinsei_watermark_timestamp_seconds", {"stage": "tracking", "clock": "sim"}, 8),
    )
    await levels.measure()
    assert [REGISTRY.get_sample_value(name, labels) for name, labels, _ in told] == [value for *_, value in told]
    levels.blind()
    assert all(isnan(REGISTRY.get_sample_value(name, labels) or 0) for name, labels, _ in told)
