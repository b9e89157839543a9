"""What the report says beside the figures: the scenario's texts and assumptions, machine and command."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shinsei.domain.flows import Flow
from shinsei.season.outlook import Outlook
from shinsei.season.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """One number of the scenario."""

    path: str
    value: str
    unit: str
    mark: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportContext:
    """Everything that the figures do not know."""

    title: Text
    question: Text
    statement: Text
    """What a reader must know before reading a number; may be empty."""
    post2022: Text
    """One line about the same city under the rules from 2022; may be empty."""
    city: Text
    clerks: int
    answer: Text
    assumptions: Sequence[Assumption] = field(default=())
    changes: Sequence[Text] = field(default=())
    """Control changes made while the season ran."""
    flows: Sequence[tuple[Flow, ...]] = field(default=())
    """How the procedures under comparison are received, on paper and online."""
    outlook: Outlook | None = None
    """Means over other seasons, and when the answer would change; None without one."""
    environment: Mapping[str, Any] = field(default_factory=dict)
    command: str = ""
    wall_s: float = 0.0
