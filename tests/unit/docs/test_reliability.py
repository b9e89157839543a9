"""The page on reliability names only tests that there are."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.unit.docs.test_security import is_there

PAGE = Path(__file__).parents[3] / "docs" / "reliability.md"


def named() -> Iterator[str]:
    """Every test of the page; one that is named without its folder stands in the folder of the one before it."""
    folder = ""
    for before, test in re.findall(r"`(tests/(?:\w+/)+)?(test_\w+\.py(?:::\w+)?)`", PAGE.read_text(encoding="utf-8")):
        folder = before or folder
        yield folder + test


def test_every_test_that_the_page_names_is_there(repo: Path) -> None:
    tests = list(named())
    assert len(tests) > 40
    assert not [test for test in tests if not is_there(test, repo)]


def test_every_promise_has_a_test_that_keeps_it() -> None:
    chapter = PAGE.read_text(encoding="utf-8").split("| promise |")[1].split("\n\n")[0]
    rows = chapter.splitlines()[2:]
    assert len(rows) > 10
    assert not [row for row in rows if not re.search(r"`tests/\w+/", row.split(" | ")[-1])]
