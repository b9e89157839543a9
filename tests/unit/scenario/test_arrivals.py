"""A city's own daily counts are read as Excel and programs write them."""

from datetime import date
from pathlib import Path

import pytest

from shinsei.domain.errors import InvalidInputError
from shinsei.scenario.arrivals import read_daily_counts

COUNTS = ((date(2021, 6, 1), 12), (date(2021, 6, 2), 1_340))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("date,count\n2021-06-01,12\n2021-06-02,1340\n", "utf-8"),
        ('\ufeff日付,件数\r\n2021/6/1,12\r\n2021/6/2,"1,340"\r\n', "utf-8"),
        ("日付,件数\r\n2021/06/02,1340\r\n2021/06/01,12\r\n\r\n", "cp932"),
        ("2021-06-01 , 12\n2021-06-02 , 1340", "utf-8"),
    ],
)
def test_byte_order_mark_shift_jis_slashes_and_order_do_not_matter(tmp_path: Path, text: str, encoding: str) -> None:
    file = tmp_path / "daily.csv"
    file.write_bytes(text.encode(encoding))
    assert read_daily_counts(file) == COUNTS


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("date,count\n2021-06-31,5\n", "line 2: '2021-06-31' is not a date"),
        ("date,count\n2021-06-01,-5\n", "line 2: -5 is negative"),
        ("date,count\n2021-06-01,5.5\n", "line 2: '5.5' is not a whole number"),
        ("date,count\n2021-06-01\n", "line 2: needs two columns"),
        ("date,count\n2021-06-01,1\n2021-06-01,2\n", "line 3: 2021-06-01 is there twice"),
        ("date,count\n", "has no line"),
        ("", "has no line"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "daily.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInputError, match=problem):
        read_daily_counts(file)


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="cannot be read"):
        read_daily_counts(tmp_path / "none.csv")
