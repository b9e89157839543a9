"""Files and functions stay small enough to be read at one sitting.

Blank lines are not read and do not count; docstrings and comments are, and do.
"""

import ast
from pathlib import Path
from statistics import median, quantiles

FILE_LIMITS = {"median": 70, "p90": 250, "longest": 400}
FUNCTION_LIMITS = {"median": 10, "p90": 30, "longest": 60}


def sizes(lengths: dict[str, int]) -> dict[str, float]:
    return {
        "median": median(lengths.values()),
        "p90": quantiles(lengths.values(), n=10)[-1],
        "longest": max(lengths.values()),
    }


def over(lengths: dict[str, int], limits: dict[str, int]) -> str:
    measured = sizes(lengths)
    broken = [f"{name} {measured[name]:g} > {limit}" for name, limit in limits.items() if measured[name] > limit]
    longest = sorted(lengths, key=lambda name: lengths[name])[-8:]
    return "; ".join(broken) and f"{broken}; longest: {[(name, lengths[name]) for name in longest]}"


def test_files_keep_to_their_budget(product_files: list[Path]) -> None:
    lengths = {str(path): sum(bool(line.strip()) for line in path.read_bytes().splitlines()) for path in product_files}
    assert not over(lengths, FILE_LIMITS)


def test_functions_keep_to_their_budget(product_files: list[Path]) -> None:
    lengths = {
        f"{path}:{node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path in product_files
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert not over(lengths, FUNCTION_LIMITS)
