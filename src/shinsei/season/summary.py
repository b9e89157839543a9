"""``summary.json``: the result of a season for programs. Additive changes keep the schema number."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from shinsei.domain.office.report import IncidentReport
from shinsei.domain.simtime import HOUR_MS, SimTime, isoformat
from shinsei.season.findings import Findings, MethodFindings, Percentiles
from shinsei.season.intake import IntakeFigures
from shinsei.season.text import Text

SCHEMA = 1

REAL_TIME_NOTE = (
    "Real seconds of this command alone. submit_to_registered_s: from the portal's answer to the filing until the "
    "driver read a returned watermark behind the registration; a paced season waits in it as people do. "
    "round_trip_s: from the portal's answer until the next watermark came back."
)


def summary(season: Findings, *, answer: Text, wall_s: float, environment: dict[str, Any]) -> dict[str, Any]:
    """The result as JSON values. Simulated moments are ISO 8601 in Tokyo time; null is "not by the end"."""
    return {
        "schema": SCHEMA,
        "run_id": season.run_id,
        "scenario": season.scenario,
        "seed": season.seed,
        "partial": season.partial,
        "wall_s": round(wall_s, 2),
        "start": isoformat(season.start),
        "end": isoformat(season.end),
        "deadline": isoformat(season.deadline),
        "cutoff": _moment(season.cutoff),
        "answer": {"en": answer.en, "ja": answer.ja},
        "trace_hash": season.trace_hash,
        "late_cases": season.late_cases,
        "echo": asdict(season.echo) if season.echo else None,
        "refused": len(season.refused),
        "ledger": asdict(season.ledger),
        "compared_procedures": list(season.procedures),
        "methods": [_method(one) for one in season.methods],
        "municipalities": [_method(one) for one in season.municipalities],
        "others": [_method(one) for one in season.others],
        "shared_cost_yen": season.shared_cost.total_yen,
        "real": _real(season),
        "environment": environment,
    }


_PEOPLE = ("duty_hours", "temporary_hours", "temporary_duty_hours", "temporary_staff_hours")


def _method(one: MethodFindings) -> dict[str, Any]:
    found: dict[str, Any] = {
        "method": one.method.value,
        "municipality": one.municipality,
        "accepted": one.accepted,
        "registered": one.registered,
        "decided": one.decided,
        "paper_cases": one.office.paper_cases,
        "paper_registered": one.office.paper_registered,
        "compared": {"accepted": one.compared, "registered": one.compared_registered, "on_time": one.filed_on_time},
        "backlog_peak": one.backlog_peak,
        "backlog_peak_at": _moment(one.backlog_peak_at),
        "backlog_at_end": one.backlog_at_end,
        "cleared_at": _moment(one.cleared_at),
        "lead_time_h": _percentiles(one.lead_time_h),
        "lead_time_working_days": _percentiles(one.lead_time_working_days),
        "decision_time_h": _percentiles(one.decision_time_h),
        "decided_by_cutoff_share": _rounded(one.decided_by_cutoff_share, 4),
        "linkage_share": _rounded(one.linkage_share, 4),
        "staleness_h": {name: _hours(delay) for name, delay in asdict(one.staleness).items()},
        "staff_hours": round(one.office.staff_hours, 2),
        "staff_hours_by_activity": {name: round(hours, 2) for name, hours in one.office.hours.items()},
        "overtime_hours": round(one.office.overtime_hours, 2),
        "robot_hours": round(one.office.robot_hours, 2),
        "undetected_errors": one.office.undetected_errors,
        "cost_yen": one.cost.total_yen,
        "cost": {name: value for name, value in asdict(one.cost).items() if name != "method"},
        "first_saturated_resource": one.office.first_saturated_resource,
        "ledger": asdict(one.ledger),
        "trace_hash": one.trace_hash,
    }
    if one.group is not None:
        found["group"] = {**asdict(one.group), "name": asdict(one.group.name)}
    if not one.corrections.is_empty:
        found["corrections"] = {name: _rounded(value, 2) for name, value in asdict(one.corrections).items()}
    if not one.intake.is_empty:
        found["intake"] = _intake(one.intake)
    people = {name: round(getattr(one.office, name), 2) for name in _PEOPLE}
    if any(people.values()):
        found |= people
    if one.wrong_records_yen:
        found["wrong_records_yen"] = one.wrong_records_yen
    if one.doubles_yen:
        found["doubles_yen"] = one.doubles_yen
    if one.office.incidents:
        found["incidents"] = [_incident(incident) for incident in one.office.incidents]
    doubles = one.office.doubles
    if not doubles.is_empty:
        found["doubles"] = {
            "found": dict(doubles.found),
            "registered": doubles.registered,
            "found_after_days": {
                "p50": _rounded(doubles.found_after_days, 2),
                "p50_by_finder": {who: _rounded(p50, 2) for who, p50 in doubles.found_after_days_by_finder.items()},
            },
            "check_hours": round(doubles.check_hours, 2),
            "persons_served": one.persons_served,
        }
    return found


def _incident(incident: IncidentReport) -> dict[str, Any]:
    """One incident; ``detection_h`` is null while nobody has found it."""
    until_found = None if incident.found_at is None else (incident.found_at - incident.began_at) / HOUR_MS
    return {
        "kind": incident.kind.value,
        "subject": incident.subject,
        "began_at": _moment(incident.began_at),
        "found_at": _moment(incident.found_at),
        "settled_at": _moment(incident.settled_at),
        "detection_h": _rounded(until_found, 2),
        "records": incident.records,
        "exposure_h": round(incident.exposure_h, 2),
        "yen": round(incident.yen),
    }


def _real(season: Findings) -> dict[str, Any] | None:
    real = season.real
    if real is None:
        return None
    return {
        "completed": real.completed,
        "completed_per_s": round(real.completed_per_s, 1),
        "submit_to_registered_s": _pair(real.submit_to_registered_s),
        "round_trip_s": _pair(real.round_trip_s),
        "note": REAL_TIME_NOTE,
    }


def _pair(values: tuple[float, float] | None) -> dict[str, float | None]:
    p50, p99 = values or (None, None)
    return {"p50": _rounded(p50, 3), "p99": _rounded(p99, 3)}


def _intake(figures: IntakeFigures) -> dict[str, Any]:
    first = _moment(figures.lapsed_first_at)
    rounded = {name: round(value, 2) if isinstance(value, float) else value for name, value in asdict(figures).items()}
    return rounded | {"lapsed_first_at": first}


def _hours(delay: Mapping[str, float | None]) -> dict[str, float | None]:
    return {name: _rounded(value, 2) for name, value in delay.items()}


def _percentiles(values: Percentiles) -> dict[str, float | None]:
    return {name: _rounded(value, 2) for name, value in asdict(values).items()}


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _moment(at: SimTime | None) -> str | None:
    return None if at is None else isoformat(at)
