"""The maps of the specification name only what exists, and leave nothing out."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shinsei.scenario import load

PAGE = Path(__file__).parents[3] / "docs" / "model.md"
HEADING = "## Where the specification lives"
ELEMENTS = 18
LINES = 19
SPEAKS_OF = {
    "1 ": {"annual-status-report-2022": {"demand.policy_year"}},
    "5 ": {
        "incident-connection-cap": {"office.login_seats"},
        "core-system-disturbances": {
            "office.core_offline",
            "methods.rpa.ui_drift",
            "methods.rpa.licences",
            "methods.rpa.occupies_terminal",
            "methods.screen_import.exceptions",
            "methods.batch_import.other_jobs",
        },
    },
    "6 ": {
        "nursery-entry": {
            "office.overtime",
            "workforce.p_absent",
            "workforce.temporary",
            "workforce.learning",
            "calendar.lunch_duty_share",
        }
    },
    "7 ": {
        "corrections": {
            "defects",
            "corrections",
            "withdrawals",
            "moves_out",
            "identification.p_proxy",
            "identification.p_stranger",
        },
        "special-cash-payment-2020": {"corrections", "doubles.p_online"},
        "nursery-entry": {"attachment_faults.p_wrong_type", "attachment_faults.p_virus"},
    },
    "9 ": {"child-allowance-reform-2024": {"demand.waves"}, "long-term-care-renewals": {"demand.waves"}},
    "13 ": {"core-system-disturbances": {"methods.rpa.ui_drift"}, "child-allowance-status-report": {"methods.rpa"}},
    "14 ": {
        "incident-file-twice": {"methods.batch_import.handed_over_twice"},
        "incident-cap-unnoticed": {"methods.batch_import.over_cap"},
        "incident-shifted-rows": {"methods.batch_import.misaligned"},
    },
    "16 ": {"special-cash-payment-2020": {"municipalities"}},
    "18 ": {"corrections": {"identification.p_variant"}, "special-cash-payment-2020": {"identification.p_variant"}},
    "③-5 ": {"all-procedures": {"policy.by_procedure"}},
}
"""What a line speaks of, and the tables and keys by which each scenario that it names has it."""


def rows() -> Iterator[list[str]]:
    chapter = PAGE.read_text(encoding="utf-8").split(f"\n{HEADING}\n")[1].split("\n## ")[0]
    for line in chapter.splitlines():
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


@pytest.mark.parametrize("head", SPEAKS_OF)
def test_each_scenario_that_a_line_names_has_what_the_line_speaks_of(head: str) -> None:
    (row,) = [row for row in rows() if row[0].startswith(head)]
    for name, wanted in SPEAKS_OF[head].items():
        assert name in named(row[2])
        set_here = {item.path for item in load(name).parameters if item.value not in ("0", "none", "false")}
        missing = [
            path for path in wanted if not any(re.match(rf"{re.escape(path)}($|[.\[])", one) for one in set_here)
        ]
        assert not missing


def test_every_element_and_every_line_of_the_list_has_its_row() -> None:
    heads = [row[0] for row in rows()]
    assert len(heads) == ELEMENTS + LINES
    numbers = [int(head.split()[0]) for head in heads if head.split()[0].isdecimal()]
    assert numbers == list(range(1, LINES + 1))
    text = " ".join(heads)
    for element in ("①-1", "①-2", "①-3", "②-1", "②-2", "③-1", "③-2", "③-3", "③-4", "③-5", "④", "付録1", "付録2"):
        assert element in text
    assert all(f"方式{n} " in text for n in range(1, 5))
