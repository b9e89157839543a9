"""``summary.json`` of a grid: one plan's result a variant."""

from collections.abc import Mapping
from typing import Any

from shinsei.planning.answer import answer
from shinsei.planning.content import SCHEMA, content
from shinsei.planning.grid import Grid

KIND = "grid"


def grid_content(
    found: Grid, *, run_id: str = "", wall_s: float = 0.0, environment: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The result as JSON values; the variants are as ``content`` has them."""
    first = found.variants[0].study
    return {
        "schema": SCHEMA,
        "kind": KIND,
        "run_id": run_id,
        "scenario": first.scenario.name,
        "seed": first.seasons[0].seed,
        "replications": len(first.seasons),
        "wall_s": round(wall_s, 2),
        "trace_hash": first.trace_hash,
        "vary": {axis.key: list(axis.values) for axis in found.axes},
        "variants": [
            {"settings": dict(each.settings), **content(each.study, answer=answer(each.study))}
            for each in found.variants
        ],
        "environment": dict(environment or {}),
    }
