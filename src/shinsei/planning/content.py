"""``summary.json`` of a plan: schema and keys of a season's, means in the place of its figures, intervals beside."""

from collections.abc import Mapping
from typing import Any

from shinsei.domain.simtime import DAY_MS, SimTime, isoformat
from shinsei.planning.figures import FIGURES, Kind
from shinsei.planning.statistics import CONFIDENCE, Estimate
from shinsei.planning.study import Study
from shinsei.planning.words import Written
from shinsei.season.text import Text

SCHEMA = 1
KIND = "plan"


def content(
    found: Study, *, answer: Text, run_id: str = "", wall_s: float = 0.0, environment: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The result as JSON values. Moments are ISO 8601 in Tokyo time; null is "not in every season"."""
    first = found.seasons[0]
    return {
        "schema": SCHEMA,
        "kind": KIND,
        "run_id": run_id,
        "scenario": found.scenario.name,
        "overrides": list(found.scenario.overrides),
        "seed": first.seed,
        "replications": len(found.seasons),
        "seeds": [season.seed for season in found.seasons],
        "confidence": CONFIDENCE,
        "precision": found.wanted.precision,
        "precision_reached": None if found.wanted.precision is None else not found.wide,
        "until_clear": found.wanted.until_clear,
        "partial": False,
        "wall_s": round(wall_s, 2),
        "start": isoformat(found.scenario.start),
        "end": isoformat(max(season.end for season in found.seasons)),
        "answer": {"en": answer.en, "ja": answer.ja},
        "asked": None if found.asked is None else {"en": found.asked.en, "ja": found.asked.ja},
        "trace_hash": found.trace_hash,
        "compared_procedures": list(found.scenario.compared_procedures),
        "methods": [_method(found, index) for index in range(len(found.methods))],
        "differences": _differences(found),
        "environment": dict(environment or {}),
    }


def _method(found: Study, index: int) -> dict[str, Any]:
    one = found.methods[index]
    result: dict[str, Any] = {"method": one.method.value, "trace_hash": one.trace_hash}
    if one.group is not None:
        result["group"] = {"en": one.group.name.en, "ja": one.group.name.ja, "municipalities": one.group.count}
    for figure in FIGURES:
        _put(result, figure.key, _value(figure, found.estimate(index, figure.key).mean))
    saturated = [season.methods[index].saturated for season in found.seasons]
    result["first_saturated_resource"] = max(set(saturated), key=lambda name: (saturated.count(name), name or ""))
    result["recommended_in"] = found.first_counts[index]
    result["intervals"] = {
        figure.key: estimated(figure, found.estimate(index, figure.key))
        for figure in FIGURES
        if found.estimate(index, figure.key).known
    }
    return result


def estimated(figure: Written, found: Estimate) -> dict[str, Any]:
    """One estimate; half-widths of moments are in days."""
    low, high = found.interval or (None, None)
    half = found.half_width
    return {
        "mean": _value(figure, found.mean),
        "half_width": half if half is None else _rounded(half / DAY_MS if figure.kind is Kind.MOMENT else half),
        "low": _value(figure, low),
        "high": _value(figure, high),
        "p5": _value(figure, found.low),
        "p50": _value(figure, found.middle),
        "p95": _value(figure, found.high),
        "known": found.known,
        "n": found.n,
    }


def _differences(found: Study) -> list[dict[str, Any]]:
    """Every pair of methods, season by season; moments in days."""
    pairs = [(one, other) for one in range(len(found.methods)) for other in range(one)]
    return [
        {
            "method": found.methods[one].method.value,
            "minus": found.methods[other].method.value,
            "figures": {figure.key: gap(figure, found.difference(one, other, figure.key)) for figure in found.figures},
        }
        for one, other in pairs
    ]


def gap(figure: Written, found: Estimate) -> dict[str, Any] | None:
    """One difference; of moments in days. None where it is not known in every season."""
    if found.mean is None:
        return None
    unit = DAY_MS if figure.kind is Kind.MOMENT else 1
    half = found.half_width
    low, high = found.interval or (None, None)
    return {
        "mean": _rounded(found.mean / unit),
        "half_width": None if half is None else _rounded(half / unit),
        "low": None if low is None else _rounded(low / unit),
        "high": None if high is None else _rounded(high / unit),
    }


def _value(figure: Written, value: float | None) -> float | int | str | None:
    if value is None:
        return None
    return isoformat(SimTime(round(value))) if figure.kind is Kind.MOMENT else _rounded(value)


def _rounded(value: float) -> float | int:
    return int(value) if value == int(value) else round(value, 4)


def _put(result: dict[str, Any], key: str, value: object) -> None:
    parents = key.split(".")
    for parent in parents[:-1]:
        result = result.setdefault(parent, {})
    result[parents[-1]] = value
