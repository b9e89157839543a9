"""Gates: what a figure of a summary must be, and the table of those that it is not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A limit on one figure."""

    metric: str
    """Dotted path in ``summary.json``."""
    at_most: float | None = None
    at_least: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """A gate and what was measured."""

    metric: str
    limit: str
    measured: float | None
    """None where the figure is not there: such a gate is missed."""
    passed: bool


def check(gates: Sequence[Gate], summary: Mapping[str, Any]) -> list[GateResult]:
    """What became of each gate."""
    return [_check(gate, value_at(summary, gate.metric)) for gate in gates]


def value_at(summary: Mapping[str, Any], path: str) -> float | None:
    """The number under a dotted path; None where there is none."""
    value: Any = summary
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _check(gate: Gate, measured: float | None) -> GateResult:
    limits = []
    passed = measured is not None
    if gate.at_most is not None:
        limits.append(f"<= {gate.at_most:g}")
        passed = passed and measured is not None and measured <= gate.at_most
    if gate.at_least is not None:
        limits.append(f">= {gate.at_least:g}")
        passed = passed and measured is not None and measured >= gate.at_least
    return GateResult(metric=gate.metric, limit=" and ".join(limits), measured=measured, passed=passed)
