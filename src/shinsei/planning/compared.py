"""``shinsei compare --json``: results side by side, and each less the first, season by season."""

from collections.abc import Sequence
from typing import Any

from shinsei.planning.content import gap
from shinsei.planning.figures import FIGURES
from shinsei.planning.pairing import changed, paired, shared
from shinsei.planning.sides import Side, at

SATURATED = "first_saturated_resource"


def content(sides: Sequence[Side]) -> dict[str, Any]:
    """The comparison as JSON values: what each result has, and every other one less the first."""
    first, columns = sides[0], sides[0].columns
    keys = [*(figure.key for figure in FIGURES), SATURATED]
    return {
        "runs": [each.run.run_id for each in sides],
        "scenarios": [each.content.get("scenario") for each in sides],
        "same_trace": same_trace(sides),
        "methods": {column: {key: [at(each.of(column), key) for each in sides] for key in keys} for column in columns},
        "intervals": {column: [each.of(column).get("intervals") for each in sides] for column in columns},
        "differences": [
            {
                "run": each.run.run_id,
                "minus": first.run.run_id,
                "parameters": {path: list(pair) for path, pair in changed(first, each).items()},
                "methods": {column: _gaps(first, each, column) for column in columns},
            }
            for each in sides[1:]
        ],
    }


def _gaps(first: Side, second: Side, column: str) -> dict[str, Any]:
    found = {figure: paired(first, second, column, figure) for figure in FIGURES}
    return {
        "seeds": shared(first, second, column),
        "figures": {figure.key: gap(figure, one) for figure, one in found.items() if one is not None and one.known},
    }


def same_trace(sides: Sequence[Side]) -> bool:
    """Whether all of them have the same trace; of plans that of replication 0."""
    hashes = {each.content.get("trace_hash") for each in sides}
    return len(hashes) == 1 and None not in hashes
