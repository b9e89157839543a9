"""One look at the stack as one value, which every open page gets: no clock, no network, only what was read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from shinsei.contracts.fault_flags import ON_THE_SPINE
from shinsei.domain.forecast import Prospect
from shinsei.domain.linkage_method import FOUR_METHODS
from shinsei.domain.office.report import InUse, OfficeReport, Resource
from shinsei.domain.run import Pacing
from shinsei.domain.simtime import SimTime, isoformat
from shinsei.room import metrics
from shinsei.room.sources import Levels
from shinsei.room.todo import Circumstances, settle, start, todo, unfetched_line, urgent
from shinsei.room.twins import Twin, both, office_now, told_apart, untold, values
from shinsei.room.verdict import (
    Judged,
    Whole,
    idle,
    judged,
    oldest_by_method,
    standing,
    unseen,
    verdict,
    worst_by_method,
)
from shinsei.season.text import Text

_HOUR_S: Final = 3600
_AT_WORK: Final = (Resource.CLERKS, Resource.ROBOTS, Resource.LOGIN_SEATS)
_NOT_TOLD: Final[Mapping[str, int | None]] = {"there": None, "busy": None}
_STREAMS: Final = "app_mgmt_streams"
_BACKLOG: Final = "shinsei_app_mgmt_streams_backlog_cases"
_RISK: Final = "shinsei_app_mgmt_streams_deadline_risk_cases"
_LATE: Final = "shinsei_portal_sim_unfetched_late_cases"
_WINDOWS: Final = {"hour": "sim hour", "day": "sim day", "minute": "real minute"}
"""In which the derived views count what is registered: names on the page, and in the metric."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was read in one round."""

    levels: Levels
    alerts: Sequence[Mapping[str, Any]] | None
    """None: no Prometheus answers."""
    twins: Sequence[Twin] = ()
    of: int = 0
    """Open runs of the season; not all are shown where there are many."""
    clock: Mapping[str, Any] = field(default_factory=dict)
    is_left: bool = False
    """Nobody drives the season any more."""
    stalled: Collection[str] = ()
    """Keys of the runs of which nothing comes back."""
    ledger: Mapping[str, int | None] | None = None
    oldest: Sequence[Mapping[str, Any]] = ()
    line_down: bool | None = False
    """None: the linkage server does not say."""
    missing: Sequence[Text] = ()
    """What did not answer."""


def nothing_open(seen: Seen, last: Mapping[str, Any]) -> dict[str, Any]:
    """The look where no run is open: the last one of a season that has just ended, or how to start one."""
    metrics.tell_prospects({})
    metrics.tell_ages({})
    metrics.NOT_SHOWN.set(0)
    waiting = [*settle(_circumstances(seen))]
    if last.get("run"):
        return {**last, "over": True, "todo": waiting, "work": None, **_infrastructure(seen)}
    nobody = {"work": None, "resources": _resources(())}
    found = {"run": None, "verdict": idle(), "todo": [*waiting, *start()], "twins": []}
    return {**found, **nobody, **_infrastructure(seen)}


def no_view(away: Sequence[str]) -> dict[str, Any]:
    """The page before anything has been seen: what is asked, and that it has not answered."""
    seen = Seen(levels=Levels({}, away), alerts=None)
    return {**nothing_open(seen, {}), "verdict": unseen(), "todo": []}


def no_run_read(seen: Seen, last: Mapping[str, Any]) -> dict[str, Any]:
    """The look where no open run can be read: the last one, with what was read besides, and dashes for the rest."""
    at = _circumstances(seen)
    found = {**last, "unfetched": both(unfetched_line(at)), "todo": urgent(at), **_infrastructure(seen)}
    if last.get("run") is None or last["over"]:
        return found
    return {
        **found,
        "clock": {**last["clock"], "behind_s": None, "speed": None},
        "twins": [untold(twin) for twin in last["twins"]],
        "ledger": None,
        "oldest": ageless(last["oldest"]),
        "resources": dict.fromkeys(last["resources"], _NOT_TOLD),
        "work": None,
    }


def ageless(oldest: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The oldest cases as they were known last: they can be followed still, and how old they are by now is not told."""
    return [{**case, "age_h": None} for case in oldest]


def look(seen: Seen) -> dict[str, Any]:
    """The look at open runs."""
    twins = told_apart(seen.twins)
    first = twins[0]
    found = [(twin, twin.forecast(line_down=seen.line_down is not False)) for twin in twins]
    four = judged(found)
    whole = _whole_season(seen, four)
    is_season = first.spec.pacing is Pacing.DRIVER
    has_deadline = bool(first.spec.demand.deadlines)
    circumstances = replace(
        _circumstances(seen),
        late=_whole(seen.levels.total(_LATE, "portal_sim")) if is_season and has_deadline else None,
        office_open=bool(seen.clock["office"]["open"]),
        paused=seen.clock["wished"] == 0,
        is_left=seen.is_left and any(forecast.prospect is not Prospect.THROUGH for _, forecast in four),
        stalled=[twin.name for twin in twins if twin.key in seen.stalled],
        all_at_risk=(whole and whole.at_risk) or 0,
    )
    metrics.tell_prospects(worst_by_method(four))
    metrics.tell_ages(oldest_by_method(four) if is_season else {})
    metrics.NOT_SHOWN.set(seen.of - len(twins) if is_season else 0)
    accepted, registered = (sum(getattr(twin.progress, name) for twin in twins) for name in ("accepted", "registered"))
    return {
        "run": {"id": first.spec.run_id, "scenario": first.spec.scenario, "shown": len(twins), "of": seen.of},
        "over": False,
        "clock": seen.clock,
        "deadline": _date(first.deadline) if is_season else None,
        "has_deadline": has_deadline,
        "target": _date(first.target) if is_season else None,
        "verdict": _judgement(four, circumstances, whole) if is_season else standing(accepted, registered),
        "unfetched": both(unfetched_line(circumstances)),
        "todo": todo(four, circumstances) if is_season else urgent(circumstances),
        "twins": [values(twin, forecast) for twin, forecast in found],
        "ledger": seen.ledger,
        "oldest": list(seen.oldest),
        "resources": _resources(twins),
        "work": _work(twins),
        **_infrastructure(seen),
    }


def _whole_season(seen: Seen, judged: Judged) -> Whole | None:
    """What is known of all municipalities where not all are shown; without the baseline, as that is not judged."""
    shown, levels = len(seen.twins), seen.levels
    if seen.of <= shown or seen.twins[0].spec.pacing is not Pacing.DRIVER:
        return None
    at_risk = None
    if levels.has(_BACKLOG):
        of_methods = [levels.at_least(_RISK, linkage_method=str(method)) for method in FOUR_METHODS]
        at_risk = int(sum(of_methods) if judged[0][0].method in FOUR_METHODS else levels.at_least(_RISK))
    return Whole(shown=shown, of=seen.of, at_risk=at_risk)


def _judgement(four: Judged, at: Circumstances, whole: Whole | None) -> dict[str, Any]:
    return verdict(four, is_hindered=at.is_hindered, is_stalled=bool(at.stalled), is_left=at.is_left, whole=whole)


def _circumstances(seen: Seen) -> Circumstances:
    """What is known of them without any run."""
    return Circumstances(
        office_open=True,
        line_down=bool(seen.line_down),
        unfetched=_whole(seen.levels.total("shinsei_pending_cases", "portal_sim", stage="fetch")),
        unaccounted=(seen.ledger or {}).get("unaccounted") or 0,
        stopped=int(seen.levels.at_least("shinsei_kafka_partition_stopped")),
        unsettled=int(seen.levels.at_least("shinsei_dead_letters_unsettled")),
        missing=seen.missing,
        alerts=seen.alerts or (),
    )


def _date(end: SimTime) -> str:
    """The day that ends at a midnight."""
    return isoformat(SimTime(end - 1))[:10]


def _infrastructure(seen: Seen) -> dict[str, Any]:
    levels = seen.levels
    stopped = int(levels.at_least("shinsei_kafka_partition_stopped"))
    return {
        "flow": {
            "fetch": _whole(levels.total("shinsei_pending_cases", "portal_sim", stage="fetch")),
            "intake": _whole(levels.total("shinsei_pending_cases", "app_mgmt", stage="intake")),
        },
        "pace": _pace(levels),
        "kafka": {
            "records": _whole(levels.total("shinsei_kafka_lag_records", *ON_THE_SPINE)),
            "seconds": _tenth(levels.most("shinsei_kafka_lag_seconds", *ON_THE_SPINE)),
            "stopped": stopped or _whole(levels.total("shinsei_kafka_partition_stopped", *ON_THE_SPINE)),
        },
        "held": _whole(levels.total("shinsei_app_mgmt_held_statuses", "app_mgmt")),
        "updates": _whole(levels.total("shinsei_linkage_server_updates_waiting", "linkage_server")),
        "alerts": None if seen.alerts is None else list(seen.alerts),
        "missing": [both(one) for one in seen.missing],
    }


def _resources(twins: Sequence[Twin]) -> dict[str, Mapping[str, int | None]]:
    """Who is at work in the offices that are shown, each at its own watermark; None where one of them does not tell.

    Not by the gauges: those are measured every five seconds, which are half a day of a clock that does a day in ten, so
    that they would tell of the same two times of day for ever.
    """
    reports = _reports(twins)
    if reports is None:
        return {str(name): _NOT_TOLD for name in _AT_WORK}
    found = {name: [report.at_work.get(name, InUse()) for report in reports] for name in _AT_WORK}
    return {
        str(name): {"there": sum(one.there for one in those), "busy": sum(one.busy for one in those)}
        for name, those in found.items()
    }


def _work(twins: Sequence[Twin]) -> dict[str, Any] | None:
    """How far the offices have come, which may be hours ahead of what has come back, and whether they are open then."""
    reports = _reports(twins)
    if reports is None:
        return None
    at, twin = min(zip([report.until for report in reports], twins, strict=True), key=lambda one: one[0])
    return {"at": isoformat(at), "open": office_now(twin.spec, at)["open"]}


def _reports(twins: Sequence[Twin]) -> list[OfficeReport] | None:
    """The books of all offices that are shown; None where one of them does not tell."""
    found = [twin.report for twin in twins if twin.report is not None]
    return found if len(found) == len(twins) else None


def _pace(levels: Levels) -> dict[str, Any] | None:
    """What the derived views say; None while they are away, or read the log again."""
    if not levels.has(_BACKLOG):
        return None
    age_s = levels.most("shinsei_app_mgmt_streams_backlog_age_seconds", _STREAMS)
    return {
        "at_risk": _whole(levels.total(_RISK, _STREAMS)),
        "age_h": None if age_s is None else _tenth(age_s / _HOUR_S),
        "registered": {
            name: _whole(levels.total("shinsei_app_mgmt_streams_registered", _STREAMS, window=window))
            for name, window in _WINDOWS.items()
        },
    }


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _tenth(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
