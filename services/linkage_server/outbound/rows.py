"""Rows of the database to values."""

from collections.abc import Mapping
from typing import Any

from linkage_server.handlers.model import PollState, PushState, RunRow, TakenEntry
from shinsei.contracts.codec import decode_change, decode_run
from shinsei.domain.simtime import SimTime


def run_row(row: Mapping[str, Any]) -> RunRow:
    """A run with the states of its polls and pushes."""
    return RunRow(
        key=row["key"],
        run_id=row["run_id"],
        municipality=row["municipality"],
        partition=row["partition"],
        spec=decode_run(row["spec"]),
        spec_bytes=row["spec"],
        finished=row["finished"],
        poll=PollState(
            started=row["started"],
            polled=row["polled_ms"],
            published=row["published_ms"],
            working=row["working_ms"],
            complete=row["complete_ms"],
            busy_until=SimTime(row["busy_until_ms"]),
        ),
        push=PushState(
            status=SimTime(row["status_ms"]),
            number=row["number"],
            pushed=SimTime(row["pushed_ms"]),
            pushed_number=row["pushed_number"],
        ),
    )


def taken_entry(row: Mapping[str, Any]) -> TakenEntry:
    """An entry of a committed poll."""
    return TakenEntry(
        receipt_number=row["receipt_number"],
        n=row["n"],
        stamp=SimTime(row["stamp_ms"]),
        submission_id=row["submission_id"],
        poll_at=SimTime(row["poll_ms"]),
        fetched_at=SimTime(row["fetched_ms"]),
        change=None if row["change"] is None else decode_change(row["change"]),
    )
