"""The time series of a season as CSV that a Japanese Excel opens: UTF-8 with a byte order mark, CRLF."""

import csv
import io

from shinsei.domain.simtime import date_of
from shinsei.season.findings import DayRow, Findings, MethodFindings

_BYTE_ORDER_MARK = "\ufeff"

COLUMNS = (
    "date",
    "office_open",
    "method",
    "municipality",
    "submitted",
    "stored",
    "registered",
    "decided",
    "backlog",
    "paper_arrived",
    "paper_registered",
    "staff_hours",
    "busy_hours",
    "presence_hours",
    "waiting_hours",
    "overtime_hours",
    "robot_hours",
)


def series_csv(season: Findings) -> bytes:
    """One row a day and method: the online cases under comparison, and the office's hours for all its work."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in (*(season.municipalities or season.methods), *season.others):
        writer.writerows(_row(one, row) for row in one.days)
    return (_BYTE_ORDER_MARK + text.getvalue()).encode()


def _row(one: MethodFindings, row: DayRow) -> list[str | int | float]:
    office = row.office
    return [
        date_of(row.day).isoformat(),
        int(row.open),
        one.method.value,
        one.municipality,
        row.submitted,
        row.stored,
        row.registered,
        row.decided,
        row.backlog,
        office.paper_arrived,
        office.paper_registered,
        round(office.staff_hours, 2),
        round(office.busy_hours, 2),
        round(office.presence_hours, 2),
        round(office.waiting_hours, 2),
        round(office.overtime_hours, 2),
        round(office.robot_hours, 2),
    ]
