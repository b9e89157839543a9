"""Whether the generator's memory stays flat: what grows as long as a test runs spoils it, and ends it in time."""

from collections.abc import Sequence
from statistics import median

_LEAST = 8
"""Samples below which nothing can be said."""


def memory_growth_mib(samples: Sequence[tuple[float, int]]) -> float | None:
    """Memory of the last quarter of a test over that of its second quarter, medians, in MiB; None of a short test.

    The first quarter is left out: pools, connections and compiled code come to be in it.

    Args:
        samples: (seconds from the start, MiB), rising.
    """
    if len(samples) < _LEAST:
        return None
    quarter = len(samples) // 4
    settled, last = samples[quarter : 2 * quarter], samples[-quarter:]
    return float(median(mib for _, mib in last) - median(mib for _, mib in settled))
