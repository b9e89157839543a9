"""Where two runs part: the first transition, in simulated time, that one has and the other has not.

A season leaves its trace as a file; replication 0 of a plan is planned again from the scenario that it recorded.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.trace import TraceLine
from shinsei.planning import content
from shinsei.planning.nation import content as nation_content
from shinsei.planning.seasons import lines_of
from shinsei.scenario import Scenario, parse
from shinsei.season.results import SCENARIO, StoredRun
from shinsei.season.trace_file import TRACE, read_trace

_KINDS = {content.KIND, nation_content.KIND}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What tells two traces apart."""

    first: TraceLine
    """The earliest transition that only one of them has."""
    in_left: bool
    """Whether the left one has it."""
    left: tuple[TraceLine, ...]
    """The whole history of that case in the left run; empty if it has no such case."""
    right: tuple[TraceLine, ...]
    cases: int
    """Cases with any difference."""


def difference(left: Sequence[TraceLine], right: Sequence[TraceLine]) -> Difference | None:
    """Where two traces part; None for equal ones."""
    ours, theirs = Counter(left), Counter(right)  # counted: a line that stands twice is a difference too
    only_left, only_right = ours - theirs, theirs - ours
    apart = only_left + only_right
    if not apart:
        return None
    first = min(apart, key=lambda line: (line.at, *line.sort_key))
    return Difference(
        first=first,
        in_left=first in only_left,
        left=_history(left, first.submission_id),
        right=_history(right, first.submission_id),
        cases=len({line.submission_id for line in apart}),
    )


def trace_of(run: StoredRun) -> list[TraceLine]:
    """The trace of a result: its file's, or that of a plan's replication 0, planned again.

    Raises:
        InvalidInputError: it has neither, or what was recorded can no longer be planned to the same trace.
    """
    summary = run.summary or {}
    if (run.path / TRACE).is_file():
        return read_trace(run.path / TRACE)
    if summary.get("kind") not in _KINDS or not summary.get("trace_hash"):
        raise InvalidInputError("run", f"{run.run_id} has no trace: neither {TRACE} nor a plan of one scenario")
    return lines_of(recorded(run.path, summary), 0, until_clear=bool(summary.get("until_clear")))


def recorded(folder: Path, summary: dict[str, Any]) -> Scenario:
    """The scenario of a plan as its folder recorded it."""
    text = (folder / SCENARIO).read_text(encoding="utf-8")
    path = folder / f"{summary['scenario']}.toml"
    scenario = parse(text, path, summary.get("overrides", ())).with_seed(summary["seed"])
    if not scenario.methods:
        return scenario
    return scenario.with_methods([LinkageMethod(one["method"]) for one in summary["methods"]])


def _history(lines: Sequence[TraceLine], submission: str) -> tuple[TraceLine, ...]:
    return tuple(sorted((line for line in lines if line.submission_id == submission), key=lambda line: line.sort_key))
