"""One look at the stack as one value, which every open page gets: no clock, no network, only what was read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shinsei.domain.run import Pacing
from shinsei.domain.simtime import SimTime, isoformat
from shinsei.room import metrics
from shinsei.room.sources import Levels
from shinsei.room.todo import Circumstances, start, todo, unfetched_line
from shinsei.room.twins import Twin, both, values
from shinsei.room.verdict import idle, judged, standing, verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was read in one round."""

    levels: Levels
    alerts: Sequence[Mapping[str, str]] | None
    """None: no Prometheus answers."""
    twins: Sequence[Twin] = ()
    of: int = 0
    """Open runs of the season; not all are shown where there are many."""
    clock: Mapping[str, Any] = field(default_factory=dict)
    ledger: Mapping[str, int] | None = None
    oldest: Sequence[Mapping[str, Any]] = ()
    line_down: bool = False
    missing: Sequence[str] = ()
    """What did not answer."""


def nothing_open(seen: Seen, last: Mapping[str, Any]) -> dict[str, Any]:
    """The look where no run is open: the last one of a season that has just ended, or how to start one."""
    metrics.tell_prospects({})
    if last.get("run"):
        return {**last, "over": True, "todo": [], **_infrastructure(seen)}
    return {"run": None, "verdict": idle(), "todo": start(), "twins": [], **_infrastructure(seen)}


def look(seen: Seen) -> dict[str, Any]:
    """The look at open runs."""
    twins, first = seen.twins, seen.twins[0]
    found = [(twin, twin.forecast(line_down=seen.line_down)) for twin in twins]
    circumstances = Circumstances(
        office_open=bool(seen.clock["office"]["open"]),
        line_down=seen.line_down,
        unfetched=int(seen.levels.total("shinsei_pending_cases", stage="fetch")),
        unaccounted=(seen.ledger or {}).get("unaccounted", 0),
        paused=seen.clock["wished"] == 0,
    )
    metrics.tell_prospects({str(twin.method): (one.prospect, one.left_at_target) for twin, one in found})
    is_season = first.spec.pacing is Pacing.DRIVER
    has_deadline = bool(first.spec.demand.deadlines)
    accepted, registered = (sum(getattr(twin.progress, name) for twin in twins) for name in ("accepted", "registered"))
    return {
        "run": {"id": first.spec.run_id, "scenario": first.spec.scenario, "shown": len(twins), "of": seen.of},
        "over": False,
        "clock": seen.clock,
        "deadline": _date(first.deadline) if is_season else None,
        "has_deadline": has_deadline,
        "target": _date(first.target) if is_season else None,
        "verdict": verdict(judged(found)) if is_season else standing(accepted, registered),
        "unfetched": both(unfetched_line(circumstances)),
        "todo": todo(judged(found), circumstances) if is_season else [],
        "twins": [values(twin, forecast) for twin, forecast in found],
        "ledger": seen.ledger,
        "oldest": list(seen.oldest),
        **_infrastructure(seen),
    }


def _date(end: SimTime) -> str:
    """The day that ends at a midnight."""
    return isoformat(SimTime(end - 1))[:10]


def _infrastructure(seen: Seen) -> dict[str, Any]:
    levels = seen.levels
    pending = levels.by("shinsei_pending_cases", "stage")
    return {
        "flow": {stage: int(pending.get(stage, 0)) for stage in ("fetch", "intake")},
        "resources": {name: _used(levels, name) for name in ("clerks", "robots", "login_seats")},
        "kafka": {
            "records": int(levels.total("shinsei_kafka_lag_records")),
            "seconds": round(levels.most("shinsei_kafka_lag_seconds"), 1),
            "stopped": int(levels.total("shinsei_kafka_partition_stopped")),
        },
        "held": int(levels.total("shinsei_app_mgmt_held_statuses")),
        "updates": int(levels.total("shinsei_linkage_server_updates_waiting")),
        "alerts": None if seen.alerts is None else list(seen.alerts),
        "missing": list(seen.missing),
    }


def _used(levels: Levels, name: str) -> dict[str, int]:
    return {state: int(levels.total(f"shinsei_core_systems_{name}", state=state)) for state in ("there", "busy")}
