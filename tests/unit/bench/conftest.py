"""What several benchmarks' tests begin with."""

import pytest

from bench.turn import Turn


@pytest.fixture
def turn() -> Turn:
    """What a turn of either side came to."""
    return Turn(
        completed_per_s=500,
        cpu_s_per_10k={"kafka": 1.0},
        p50_s=0.25,
        p99_s=0.75,
        statuses_per_application=1.0,
        bytes_per_application={"kafka": 4_000, "postgres": 5_000, "wal": 9_000},
        memory_mib={"kafka": 300.0},
        refused=0,
    )
