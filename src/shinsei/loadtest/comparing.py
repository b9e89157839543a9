"""Two load tests side by side, each with its repeats: what differs by more than repeats of one do among themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from statistics import fmean, variance
from typing import Any

from shinsei.domain.errors import InvalidInputError
from shinsei.loadtest.gates import value_at
from shinsei.planning.statistics import t_quantile
from shinsei.season.results import Results, StoredRun

_SERIES = ("accepted", "stored", "registered", "visible")
FIGURES = (
    *("offered", "accepted", "completed", "dropped", "refused", "failed", "calls_failed", "completed_share"),
    *("max_sustained_per_s", "least_sustained_per_s"),
    *(f"latency_s.{series}.{share}" for series in _SERIES for share in ("p50", "p90", "p99")),
    *("drained_s", "generator_lag_s_p99", "generator_memory_mib"),
)
"""What is compared of every load test, by its path in a summary."""
_OF_AN_OFFICE = ("per_working_day", "over_planned")
_CONFIDENCE = 0.95
_UNSET = "not set"
_ASKED = ("partial", "config_hash")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One figure of a load test and of its repeats."""

    values: tuple[float, ...]
    of: int
    """Load tests, of which some may not have the figure."""

    @property
    def mean(self) -> float | None:
        """Mean over the repeats; None where none has the figure."""
        return fmean(self.values) if self.values else None

    @property
    def half_width(self) -> float | None:
        """Half the 95 % interval of the mean (Student); None of a single run."""
        n = len(self.values)
        return t_quantile(0.5 + _CONFIDENCE / 2, n - 1) * sqrt(variance(self.values) / n) if n > 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One figure of both."""

    figure: str
    first: Measured
    second: Measured

    @property
    def ratio(self) -> float | None:
        """The second over the first."""
        first, second = self.first.mean, self.second.mean
        return second / first if first and second is not None else None

    @property
    def differs(self) -> bool | None:
        """Whether the 95 % interval of the difference leaves out 0 (Welch); None without repeats of both."""
        one, two = self.first.values, self.second.values
        if min(len(one), len(two)) < 2:  # noqa: PLR2004 - a spread takes two
            return None
        parts = (variance(one) / len(one), variance(two) / len(two))
        spread, gap = sqrt(sum(parts)), abs(fmean(one) - fmean(two))
        degrees = (
            sum(parts) ** 2 / sum(part**2 / (len(values) - 1) for part, values in zip(parts, (one, two), strict=True))
            if spread
            else inf
        )
        wide = t_quantile(0.5 + _CONFIDENCE / 2, max(int(min(degrees, 1e6)), 1)) * spread
        return gap > wide


def repeats_of(results: Results, name: str) -> list[StoredRun]:
    """A load test and its repeats in the same folder, oldest first: whole runs of the same under the same conditions.

    Raises:
        NotFoundError: there is no such result.
        InvalidInputError: it is none of a load test, or has no summary yet.
    """
    wanted = results.find(name)
    if wanted.summary is None or not _is_whole(wanted.summary):
        raise InvalidInputError("RUN", f"{name} is no result of a load test")
    alike = [run for run in _others(wanted) if not differences(wanted.summary, run.summary or {})]
    return sorted([wanted, *alike], key=lambda run: run.run_id)


def no_repeats_of(run: StoredRun) -> dict[str, list[str]]:
    """Whole runs of the same configuration beside a load test that are no repeats of it, and by what."""
    told = run.summary or {}
    beside = (other for other in _others(run) if (other.summary or {})["config_hash"] == told["config_hash"])
    found = {other.run_id: differences(told, other.summary or {}) for other in beside}
    return {run_id: names for run_id, names in found.items() if names}


def differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    """By what two load tests are no repeats of each other, from their summaries."""
    one, two = _conditions(first), _conditions(second)
    names = dict.fromkeys((*one, *two))
    return [
        f"{name} ({one.get(name, _UNSET)} / {two.get(name, _UNSET)})"
        for name in names
        if one.get(name) != two.get(name)
    ]


def make_sure_they_differ(first: Sequence[StoredRun], second: Sequence[StoredRun]) -> None:
    """Makes sure that no run stands on both sides.

    Raises:
        InvalidInputError: one does, and would be compared with itself.
    """
    shared = {run.path for run in first} & {run.path for run in second}
    if shared:
        run_id = min(path.name for path in shared)
        raise InvalidInputError(
            "B", f"{run_id} would stand on both sides: they are repeats of each other; --no-repeats compares two runs"
        )


def compare(first: Sequence[Mapping[str, Any]], second: Sequence[Mapping[str, Any]]) -> list[Compared]:
    """Every figure that one of them has, from the summaries of each and of its repeats."""
    sides = [[figures_of(summary) for summary in side] for side in (first, second)]
    names = dict.fromkeys(name for side in sides for one in side for name in one)
    return [Compared(figure=name, first=_measured(sides[0], name), second=_measured(sides[1], name)) for name in names]


def figures_of(summary: Mapping[str, Any]) -> dict[str, float]:
    """What is compared of one load test; what its search came to by method stands behind all others."""
    found = {figure: value_at(summary, figure) for figure in FIGURES}
    for method in summary.get("max_sustained", ()):
        names = [f"max_sustained.{method}.{name}" for name in _OF_AN_OFFICE]
        found |= {name: value_at(summary, name) for name in names}
    found |= {_row_name(row): row["per_s"] for row in summary.get("sustained", ())}
    return {name: value for name, value in found.items() if value is not None}


def lower_bounds(summary: Mapping[str, Any]) -> list[str]:
    """The figures of a load test above which nothing was too much: its search was cut off before."""
    found = ["max_sustained_per_s"] if summary.get("max_sustained_is_lower_bound") else []
    offices = summary.get("max_sustained", {}).items()
    found += [f"max_sustained.{method}" for method, one in offices if one.get("is_lower_bound")]
    return found + [_row_name(row) for row in summary.get("sustained", ()) if row.get("is_lower_bound")]


def _row_name(row: Mapping[str, Any]) -> str:
    """The name of what was searched by fetch mode and method."""
    return f"sustained.{row['fetch']}.{row['method']}"


def _others(run: StoredRun) -> list[StoredRun]:
    """The other whole load tests in the same folder."""
    beside = (other for other in Results(run.path.parent).runs() if other.run_id != run.run_id)
    return [one for one in beside if one.summary and _is_whole(one.summary) and not one.summary["partial"]]


def _is_whole(summary: Mapping[str, Any]) -> bool:
    """Whether it is a load test's, with what is asked of it here: a damaged one must not spoil the others."""
    return summary.get("kind") == "loadtest" and all(name in summary for name in _ASKED)


def _conditions(summary: Mapping[str, Any]) -> dict[str, str]:
    """What repeats of each other have in common: what was asked, by how many processes, of which code and stack."""
    asked = {
        "configuration": summary["config_hash"],
        "generator processes": summary.get("processes"),
        "commit": summary.get("commit"),
        **summary.get("conditions", {}),
    }
    return {name: str(value) for name, value in asked.items()}


def _measured(side: Sequence[Mapping[str, float]], figure: str) -> Measured:
    return Measured(values=tuple(one[figure] for one in side if figure in one), of=len(side))
