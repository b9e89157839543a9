"""What every page writes with."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1]
DEMO = DOCS.parent / "scenarios" / "child-allowance-status-report.toml"
Makers = Mapping[tuple[str, str], Callable[[], Iterable[str]]]
"""What writes a part, by page and marker."""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table in Markdown."""
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"


def as_told(page: str, name: str) -> Iterator[str]:
    """A generated part of a page as it stands there: for what only a measurement can tell anew."""
    _, _, rest = (DOCS / page).read_text(encoding="utf-8").partition(f"<!-- {name}: generated -->\n")
    yield from rest.partition(f"\n<!-- {name}: end -->")[0].split("\n")
