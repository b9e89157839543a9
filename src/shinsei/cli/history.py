"""A season in Prometheus at its simulated times, for ``shinsei season`` and ``shinsei runs backfill``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shinsei.season.history import open_metrics
from shinsei.season.results import SERIES
from shinsei.stack.local import site_of


def keeps_history(home: Path | None) -> bool:
    """Whether the stack of this home has, or had, a Prometheus."""
    site, _ = site_of(home)
    return site.prometheus.has_data()


def keep_history(folder: Path, summary: Mapping[str, Any], home: Path | None) -> None:
    """Put the days of a result into the Prometheus of this home.

    Raises:
        InvalidInputError: the series cannot be read.
        StackError: there is no Prometheus, or it refuses them.
    """
    site, _ = site_of(home)
    series = (folder / SERIES).read_bytes()
    site.prometheus.backfill(open_metrics(series, run=folder.name, scenario=str(summary.get("scenario", ""))))
