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
    assert "(what either comes to is in [load tests](loadtest.md#finding-the-maximum))" in scaling


def test_the_page_tells_of_offices_and_refusals_what_the_load_tests_have_measured(repo: Path) -> None:
    load, scaling = ((repo / "docs" / name).read_text(encoding="utf-8") for name in ("loadtest.md", "scaling.md"))
    done = re.findall(r"^\| ([\w ]+) \| (\d+) \| \d+ \| [\d.]+ \| [\d.]+ \|$", load, re.MULTILINE)
    assert len(done) == 5
    slowest, *_, fastest = (f"{cases} ({method})" for method, cases in sorted(done, key=lambda row: int(row[1])))
    assert f"get {slowest} to {fastest} applications done a working day" in scaling
    told = r"(\d+ %) of it is completed \(median of (\w+) pairs\).* registration ([\d.]+) and [\d.]+ times"
    kept, pairs, late = re.findall(told, load)[0]
    assert f"the stack completed {kept} of that maximum meanwhile (median of {pairs} pairs)" in scaling
    assert f"who was accepted was registered {late} times as late as at it" in scaling
