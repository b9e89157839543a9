"""Marks and sources are read from the comments beside the values."""

import tomllib
from textwrap import dedent

from shinsei.scenario.marks import Mark, parameters, read_marks

TEXT = dedent(
    """
    seed = 3  # [A] any
    name = "with # in it"  # [F: never a number] text

    [office]
    clerks = 4  # [F: komch.com] an account
    scan = { mean = "1 s", cv = 0.5 }  # [D on A] derived
    weights = [  # [A] percent
        1.0, 2.0,  # not a mark
        3.0,
    ]
    opens = "08:30"  # [SRC] a time
    bare = 7
    open_day = 2021-06-01  # [M] a date
    flag = true

    [[line.outages]]
    length = "4 h"  # [A] an outage
    """
)


def test_marks_are_found_by_path_with_brackets_and_text_as_source() -> None:
    marks = read_marks(TEXT)
    assert marks["seed"] == Mark(mark="A", source="any")
    assert marks["office.clerks"] == Mark(mark="F", source="komch.com; an account")
    assert marks["office.weights"] == Mark(mark="A", source="percent")
    assert marks["line.outages[0].length"] == Mark(mark="A", source="an outage")
    assert "office.bare" not in marks


def test_everything_but_texts_is_a_parameter() -> None:

    found = {item.path: item for item in parameters(tomllib.loads(TEXT), read_marks(TEXT))}
    assert set(found) == {
        "seed",
        "office.clerks",
        "office.scan.mean",
        "office.scan.cv",
        "office.weights",
        "office.opens",
        "office.bare",
        "office.open_day",
        "office.flag",
        "line.outages[0].length",
    }
    assert (found["office.scan.mean"].value, found["office.scan.mean"].unit) == ("1", "s")
    assert found["office.scan.cv"].mark == "D on A"
    assert found["office.weights"].value == "1, 2, 3"
    assert found["office.clerks"].unit == "people"
    assert found["office.bare"].mark == ""
