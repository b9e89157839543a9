"""What a load test shows at the terminal when it is over."""

from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from rich.console import Console
from tests.unit.loadtest.test_books import a_tick
from tests.unit.loadtest.test_summary import a_context, an_outcome

from shinsei.cli.loadtest_output import Progress, print_summary
from shinsei.loadtest.apart import Part
from shinsei.loadtest.finding import Found
from shinsei.loadtest.grouping import groups_of
from shinsei.loadtest.preset import load_preset
from shinsei.loadtest.summary import summarise

NOTHING = Found(tried=(), is_whole=True)
COLUMNS = ("offered", "accepted", "completed", "dropped", "refused", "failed")


def shown(summary: dict[str, Any]) -> list[list[str]]:
    """The words of each line."""
    out = StringIO()
    print_summary(Console(file=out, width=160), summary)
    return [line.split() for line in out.getvalue().splitlines()]


def test_counts_latencies_and_gates_are_shown_with_what_was_missed() -> None:
    outcome = an_outcome(1_212)
    for count, response_s in ((1_000, 0.2), (140, 0.4), (60, 0.8)):
        outcome.books.take(a_tick(111.0, offered=count + 1, accepted=count, failed=1, response_s=response_s))
    lines = shown(summarise(outcome, a_context()))
    assert lines[1][:2] == ["Infrastructure", "ceiling,"]
    for line in (
        ["offered", "1,215"],
        ["failed", "3"],
        ["calls_failed", "<=", "0", "0", "passed"],
        ["accepted", "0.200", "0.400", "0.800", "1,212"],
        # Of so few that are done nothing can be said of the others.
        ["registered", "-", "-", "-", "12", "of", "1,212"],
        ["visible", "-", "-", "-", "0"],
        ["accepted_not_kept", "<=", "0", "0", "passed"],
        ["failed", "<=", "0", "3", "missed"],
        ["unexplained", "<=", "0", "and", ">=", "0", "0", "passed"],
    ):
        assert line in lines


def test_methods_and_procedures_have_a_table_each_where_there_is_more_than_one() -> None:
    outcome = an_outcome(12)
    for method, number in (("RPA", 5), ("BATCH_IMPORT", 7)):
        found = dict.fromkeys(groups_of(method, 1), number)
        by_group = dict.fromkeys(("offered", "dropped"), found)
        outcome.books.take({**a_tick(111.0, offered=number, dropped=number), "by_group": by_group})
    lines = shown(summarise(outcome, a_context()))
    at = lines.index(["method", *COLUMNS])
    assert lines[at + 1 : at + 3] == [
        ["BATCH_IMPORT", "7", "0", "0", "7", "0", "0"],
        ["RPA", "5", "0", "0", "5", "0", "0"],
    ]
    assert ["procedure", *COLUMNS] not in lines, "there is one alone"


@pytest.mark.parametrize(
    ("name", "part", "found", "line"),
    [
        ("find-max-office", "offices", {"RPA": NOTHING}, ["RPA", "-", "-", "-", "-", "-"]),
        (
            "find-max-infra",
            "apart",
            [(Part(fetch="batch", method="RPA", specs=()), NOTHING)],
            ["batch", "RPA", "-", "-", "-", "-", "-", "yes"],
        ),
    ],
)
def test_what_was_searched_has_a_table_of_its_own(name: str, part: str, found: Any, line: list[str]) -> None:
    outcome = an_outcome(12)
    setattr(outcome, part, found)
    assert line in shown(summarise(outcome, replace(a_context(), preset=load_preset(name))))


def test_while_it_runs_a_line_says_how_things_stand_and_how_late_the_generator_is() -> None:
    out, outcome = StringIO(), an_outcome(12)
    outcome.books.take(a_tick(112.0, offered=6, accepted=3, refused=2, failed=1, lag_s=0.4))
    shown = Progress(Console(file=out, width=200))
    shown.show(outcome.books, "offering")
    shown.show(outcome.books, "not again within two seconds")
    (line,) = out.getvalue().splitlines()
    assert line == (
        "offering: offered 18, accepted 15, registered 12, open 3, refused, failed or dropped 3, "
        "generator 0.400 s late (p99)"
    )
