"""The page on security names only guards that a test keeps."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "security.md"
ZONES = {"internet", "LGWAN", "boundary", "business", "management", "supply chain"}
STRIDE = set("STRIDE")


def threats() -> Iterator[list[str]]:
    chapter = PAGE.read_text(encoding="utf-8").split("\n## Threats\n")[1].split("\n## ")[0]
    for line in chapter.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and not line.startswith(("|---", "| zone")):
            yield cells


def is_there(test: str, repo: Path) -> bool:
    file, _, name = test.partition("::")
    text = (repo / file).read_text(encoding="utf-8") if (repo / file).is_file() else ""
    return bool(re.search(rf"^\s*(async )?def {name or 'test_'}", text, re.MULTILINE))


@pytest.mark.parametrize("row", list(threats()), ids=lambda row: f"{row[0]} {row[1][:30]}")
def test_every_threat_has_a_guard_that_a_test_keeps(row: list[str], repo: Path) -> None:
    zone, threat, guard, tests = row
    assert zone in ZONES
    assert threat[:2] in {f"{letter}:" for letter in STRIDE}
    assert guard
    named = re.findall(r"`(tests/[^`]+)`", tests)
    assert named
    assert not [test for test in named if "::" not in test], "any test of a whole file would do"
    assert not [test for test in named if not is_there(test, repo)]


def test_every_zone_and_every_kind_of_threat_is_thought_of() -> None:
    rows = list(threats())
    assert {row[0] for row in rows} == ZONES
    assert {row[1][0] for row in rows} == STRIDE


def test_every_test_that_the_page_names_is_there(repo: Path) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py(?:::\w+)?)`", PAGE.read_text(encoding="utf-8"))
    assert not [test for test in named if not is_there(test, repo)]
