"""The cases that have waited longest, from the inquiry screen of application management (申請内容照会)."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from shinsei.api.app_mgmt.v1 import app_mgmt_pb2 as pb
from shinsei.contracts.codec import STATUSES
from shinsei.domain.catalogue import procedure
from shinsei.domain.lifecycle import Status
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import HOUR_MS, SimTime, isoformat
from shinsei.room.twins import both
from shinsei.season.gateway import Gateway
from shinsei.season.report.style import METHOD_MARKS
from shinsei.season.text import Text
from shinsei.season.words import method_of

_OPEN: Final = (Status.UNIDENTIFIED, Status.IDENTIFIED, Status.WAITING_FOR_LINKAGE, Status.LINKING)
"""Statuses of the backlog that somebody in the office can act on.

A correction is the applicant's turn, and what has been checked queues in the same moment.
"""
MOST: Final = 6


async def oldest(gateway: Gateway, specs: Sequence[RunSpec], now: SimTime) -> list[dict[str, Any]]:
    """The cases that were stored first of those that wait in the office, over all runs, by their submission.

    The inquiry screen has them in the order of storing. That is the order of submission but for a poll, the virus
    check, and a file that was asked for again.
    """
    asked = [(spec, status) for spec in specs for status in _OPEN]
    pages = await asyncio.gather(*(gateway.first_cases(spec, status, most=MOST) for spec, status in asked))
    found = [(spec, case) for (spec, _), page in zip(asked, pages, strict=True) for case in page]
    found.sort(key=lambda one: one[1].application.submitted_at_ms)
    return [_row(spec, case, now) for spec, case in found[:MOST]]


def _row(spec: RunSpec, case: pb.Case, now: SimTime) -> dict[str, Any]:
    application = case.application
    kind = procedure(application.procedure)
    return {
        "receipt_number": application.receipt_number,
        "mark": METHOD_MARKS[method_of(spec)] if spec.twin_method else "C",
        "procedure": both(Text(kind.name_en, kind.short_ja)),
        "status": str(STATUSES.from_proto(case.status)),
        "submitted_at": isoformat(SimTime(application.submitted_at_ms)),
        "age_h": round(max(0, now - application.submitted_at_ms) / HOUR_MS, 1),
    }
