"""Pairs of turns as the rows of a result: medians, ranges, and the ratio taken within each pair."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from bench.turn import DRIVER, Turn

Pair = tuple[Turn, Turn]
"""Product and limit, one right behind the other."""


def row(mode: str, method: str, pairs: Sequence[Pair]) -> dict[str, Any]:
    """What is kept of one mode and method."""
    products, limits = [product for product, _ in pairs], [limit for _, limit in pairs]
    ratios = [product.completed_per_s / limit.completed_per_s for product, limit in pairs]
    own, bare = figures(products), figures(limits)
    return {
        "mode": mode,
        "method": method,
        "pairs": len(pairs),
        "completed_per_s": own["completed_per_s"],
        "limit_per_s": bare["completed_per_s"],
        "ratio": _rounded(median(ratios)),
        "ratio_range": _range(ratios),
        "cpu_s_per_10k": own["cpu_s_per_10k"],
        "submit_to_registered_s": own["submit_to_registered_s"],
        "product": own,
        "limit": bare,
    }


def figures(turns: Sequence[Turn]) -> dict[str, Any]:
    """Medians of one side's turns."""
    by_process = _medians([turn.cpu_s_per_10k for turn in turns])
    rates = [turn.completed_per_s for turn in turns]
    return {
        "completed_per_s": _rounded(median(rates)),
        "completed_per_s_range": _range(rates),
        "cpu_s_per_10k": _rounded(sum(spent for name, spent in by_process.items() if name != DRIVER)),
        "cpu_s_per_10k_by_process": by_process,
        "submit_to_registered_s": {
            "p50": _rounded(median(turn.p50_s for turn in turns)),
            "p99": _rounded(median(turn.p99_s for turn in turns)),
        },
        "statuses_per_application": _rounded(median(turn.statuses_per_application for turn in turns)),
        "bytes_per_application": _medians([turn.bytes_per_application for turn in turns]),
        "peak_memory_mib": {
            name: max(turn.memory_mib.get(name, 0.0) for turn in turns) for name in turns[0].memory_mib
        },
        "refused": sum(turn.refused for turn in turns),
    }


def _medians(found: Sequence[Mapping[str, float]]) -> dict[str, float]:
    names = sorted({name for one in found for name in one})
    return {name: _rounded(median(one.get(name, 0.0) for one in found)) for name in names}


def _range(values: Sequence[float]) -> list[float]:
    return [_rounded(min(values)), _rounded(max(values))]


def _rounded(value: float) -> float:
    """Four digits, which is more than they mean."""
    return float(f"{value:.4g}")
