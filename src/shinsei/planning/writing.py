"""Writes the folder of one plan beside those of seasons: summary, report, every replication, scenario, environment."""

import csv
import io
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from shinsei.domain.simtime import SimTime, isoformat
from shinsei.planning.figures import FIGURES, Kind
from shinsei.planning.study import Study
from shinsei.scenario import Scenario
from shinsei.season.results import ENVIRONMENT, REPORT, SCENARIO, SUMMARY, Results, as_json

REPLICATIONS = "replications.csv"


def write_plan(
    results: Results,
    run_id: str,
    *,
    summary: Mapping[str, Any],
    page: str,
    scenario: Scenario,
    studies: Sequence[tuple[str, Study]],
    files: Mapping[str, str] = MappingProxyType({}),
    environment: Mapping[str, Any],
) -> None:
    """Writes every file of a plan, ``files`` as they are, and points ``latest`` to it.

    Raises:
        UnavailableError: the disk is full, or the folder may not be written.
    """
    results.write(run_id, SCENARIO, scenario.record())
    results.write(run_id, ENVIRONMENT, as_json(dict(environment)))
    if studies:
        results.write(run_id, REPLICATIONS, replications_csv(studies))
    for name, text in files.items():
        results.write(run_id, name, text)
    results.write(run_id, REPORT, page)
    results.write(run_id, SUMMARY, as_json(dict(summary)))
    results.point_latest(run_id)


def replications_csv(studies: Sequence[tuple[str, Study]]) -> str:
    """One line a replication and method, every figure in a column; empty for not by the end of the run."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["variant", "replication", "seed", "method", *(figure.key for figure in FIGURES)])
    for name, found in studies:
        for season in found.seasons:
            for one in season.methods:
                figures = [csv_cell(figure.kind, one.values[figure.key]) for figure in FIGURES]
                table.writerow([name, season.n, season.seed, one.method.value, *figures])
    return text.getvalue()


def csv_cell(kind: Kind, value: float | None) -> str:
    """A value in a CSV file; empty for none."""
    if value is None:
        return ""
    return isoformat(SimTime(round(value))) if kind is Kind.MOMENT else f"{value:.6g}" if value % 1 else f"{value:.0f}"
