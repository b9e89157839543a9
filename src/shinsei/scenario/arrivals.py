"""Arrivals from a user's own records: a CSV with a date and a count of filings on each line.

Written by Excel as often as by a program: a byte-order mark, Shift JIS and 2021/6/1 are all read.
"""

import csv
import io
from datetime import date
from pathlib import Path

from shinsei.domain.errors import InvalidInputError

_COLUMNS = 2
_ENCODINGS = ("utf-8-sig", "cp932")


def read_daily_counts(path: Path) -> tuple[tuple[date, int], ...]:
    """Filings per day, in order of the days.

    Raises:
        InvalidInputError: the file is missing or a line is wrong; the text names file and line.
    """
    counts: dict[date, int] = {}
    for number, row in enumerate(csv.reader(io.StringIO(text_of(path))), start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and not cells[0][:1].isdigit()):
            continue
        where = f"{path}, line {number}"
        if len(cells) < _COLUMNS:
            raise InvalidInputError(where, "needs two columns: date,count")
        day = _day(where, cells[0])
        if day in counts:
            raise InvalidInputError(where, f"{day} is there twice")
        counts[day] = _count(where, cells[1])
    if not counts:
        raise InvalidInputError(str(path), "has no line with a date and a count")
    return tuple(sorted(counts.items()))


def text_of(path: Path) -> str:
    """The text of a file that a spreadsheet may have written: UTF-8 or Shift JIS.

    Raises:
        InvalidInputError: it cannot be read, or is neither.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InvalidInputError(str(path), f"cannot be read ({error.strerror})") from None
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInputError(str(path), "is neither UTF-8 nor Shift JIS text")


def _day(where: str, cell: str) -> date:
    try:
        year, month, day = (int(part) for part in cell.replace("/", "-").split("-"))
        return date(year, month, day)
    except ValueError:
        raise InvalidInputError(where, f"{cell!r} is not a date such as 2021-06-01") from None


def _count(where: str, cell: str) -> int:
    digits = cell.replace(",", "")
    if digits.startswith("-"):
        raise InvalidInputError(where, f"{cell} is negative")
    if not (digits.isascii() and digits.isdigit()):
        raise InvalidInputError(where, f"{cell!r} is not a whole number")
    return int(digits)
