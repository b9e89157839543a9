"""What a load test came to: both sides' counts, what was searched, and why it is not whole, if it is not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shinsei.loadtest.apart import Part
from shinsei.loadtest.books import Books
from shinsei.loadtest.finding import Found
from shinsei.season.ledger import RunLedger


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came of it."""

    books: Books
    ledgers: list[RunLedger] = field(default_factory=list)
    found: Found | None = None
    offices: Mapping[str, Found] = field(default_factory=dict)
    """By method, of a search for what offices sustain."""
    apart: Sequence[tuple[Part, Found]] = ()
    """Of a search by fetch mode and method."""
    is_confirmed: bool = False
    """Whether the highest rate of such a search was held for longer too."""
    confirmed_per_s: float | None = None
    """What of such a search was sustained for longer; None if nothing was."""
    feed_unreadable: int = 0
    """Records of the status feed that could not be read."""
    partial: str = ""
    """Why it is not whole; empty if it is."""
    asked_s: float = 0.0
    """Real seconds during which load was offered: the rate's own time, without start and winding up."""
    drained_s: float = 0.0
    """Real seconds that the last case took behind that."""
