"""The map of the specification leads to files, scenarios and tests that are there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "specification.md"
ELEMENTS = 18
LINES = 19


def rows() -> Iterator[list[str]]:
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 4 and not line.startswith(("|---", "| element", "| what")):
            yield cells


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: row[0][:30])
def test_what_a_line_names_is_there(row: list[str], repo: Path) -> None:
    _, files, scenarios, tests = map(named, row)
    assert files
    assert scenarios
    assert tests
    assert not [file for file in files if not (repo / file).is_file()]
    assert not [name for name in scenarios if not (repo / "scenarios" / f"{name}.toml").is_file()]
    for test in tests:
        file, _, name = test.partition("::")
        text = (repo / file).read_text(encoding="utf-8")
        assert re.search(rf"^\s*(async )?def {name}\(", text, re.MULTILINE) if name else "def test_" in text


def test_every_element_and_every_line_of_the_list_has_its_row() -> None:
    heads = [row[0] for row in rows()]
    assert len(heads) == ELEMENTS + LINES
    numbers = [int(head.split()[0]) for head in heads if head.split()[0].isdecimal()]
    assert numbers == list(range(1, LINES + 1))
    text = " ".join(heads)
    for element in ("①-1", "①-2", "①-3", "②-1", "②-2", "③-1", "③-2", "③-3", "③-4", "③-5", "④", "付録1", "付録2"):
        assert element in text
    assert all(f"方式{n} " in text for n in range(1, 5))
