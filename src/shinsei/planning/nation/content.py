"""``summary.json`` and ``municipalities.csv`` of a plan of very many municipalities."""

import csv
import io
from collections.abc import Mapping
from typing import Any

from shinsei.domain.simtime import isoformat
from shinsei.planning.content import estimated
from shinsei.planning.figures import FIGURES
from shinsei.planning.nation.figures import NATION_FIGURES
from shinsei.planning.nation.study import ALL, Nation, Part
from shinsei.planning.nation.words import answer, name_of
from shinsei.planning.statistics import CONFIDENCE
from shinsei.planning.writing import csv_cell

SCHEMA = 1
KIND = "nation"


def nation_content(
    found: Nation, *, run_id: str = "", wall_s: float = 0.0, environment: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The result as JSON values: groups of municipalities, none of them by itself."""
    said = answer(found)
    return {
        "schema": SCHEMA,
        "kind": KIND,
        "run_id": run_id,
        "scenario": found.scenario.name,
        "overrides": list(found.scenario.overrides),
        "seed": found.seeds[0],
        "replications": len(found.seasons),
        "seeds": list(found.seeds),
        "confidence": CONFIDENCE,
        "wall_s": round(wall_s, 2),
        "start": isoformat(found.scenario.start),
        "end": isoformat(found.scenario.end),
        "answer": {"en": said.en, "ja": said.ja},
        "trace_hash": found.trace_hash,
        "all": _part(found, ALL),
        "size_classes": [_part(found, part) for part in found.classes],
        "methods_by_class": [_part(found, part) for part in found.methods],
        "environment": dict(environment or {}),
    }


def _part(found: Nation, part: Part) -> dict[str, Any]:
    name = name_of(found, part)
    return {
        "name": {"en": name.en, "ja": name.ja},
        "method": part.method,
        "figures": {figure.key: estimated(figure, found.estimate(part, figure.key)) for figure in NATION_FIGURES},
    }


def municipalities_csv(found: Nation) -> str:
    """One line a municipality of the first season, every figure in a column; empty for not by the end of the run."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(
        ["municipality", "size_class", "population", "clerks", "method", *(figure.key for figure in FIGURES)]
    )
    for one in found.municipalities:
        size_class = name_of(found, Part(size_class=one.size_class)).en
        cells = [csv_cell(figure.kind, one.values[figure.key]) for figure in FIGURES]
        table.writerow([one.code, size_class, one.population, one.clerks, one.method.value, *cells])
    return text.getvalue()
