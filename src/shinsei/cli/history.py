"""A season in Prometheus at its simulated times, for ``shinsei season`` and ``shinsei runs backfill``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shinsei.runtime.clock import RealClock
from shinsei.season.history import days_to_come, open_metrics
from shinsei.season.results import SERIES
from shinsei.stack.local import site_of


def keeps_history(home: Path | None) -> bool:
    """Whether the stack of this home has, or had, a Prometheus."""
    site, _ = site_of(home)
    return site.prometheus.has_data()


def keep_history(folder: Path, summary: Mapping[str, Any], home: Path | None) -> str:
    """Put the days of a result into the Prometheus of this home; what is left out, as one line, or nothing.

    Raises:
        InvalidInputError: the series cannot be read.
        StackError: there is no Prometheus, or it refuses them.
    """
    site, _ = site_of(home)
    series, now_s = (folder / SERIES).read_bytes(), RealClock().now_ms() / 1000
    scenario = str(summary.get("scenario", ""))
    site.prometheus.backfill(open_metrics(series, run=folder.name, scenario=scenario, now_s=now_s))
    to_come = days_to_come(series, now_s)
    return f"{to_come} days that are not over yet are left out: Prometheus takes nothing behind them" if to_come else ""
