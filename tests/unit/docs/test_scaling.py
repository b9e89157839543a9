"""The page on more than one machine reckons with what the page on load tests has measured last."""

import re
from pathlib import Path


def test_the_page_begins_with_the_figures_of_the_load_tests(repo: Path) -> None:
    load, scaling = ((repo / "docs" / name).read_text(encoding="utf-8") for name in ("loadtest.md", "scaling.md"))
    table = load.partition("| | one call a case | up to 1,000 cases a call |\n")[2].partition("\n\n")[0]
    rows = [
        [int(cell) for cell in row] for row in re.findall(r"\| \D*(\d+)[^|]*\| \D*(\d+)[^|]*\|$", table, re.MULTILINE)
    ]
    assert len(rows) == 5
    singly, batched = (f"**{min(column)} to {max(column)}" for column in zip(*rows, strict=True))
    assert f"{singly} applications a second**" in scaling
    assert f"{batched}**" in scaling
    assert f"up to {max(many / one for one, many in rows):.1f} times as many" in scaling
