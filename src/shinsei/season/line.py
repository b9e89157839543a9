"""What attachments weigh, and how long a case is on its way into application management."""

from collections.abc import Sequence
from dataclasses import dataclass

from shinsei.domain.demand import filings
from shinsei.domain.run import submission_id
from shinsei.domain.simtime import MINUTE_MS
from shinsei.season.cases import percentile, times_of
from shinsei.season.outcome import TwinOutcome

_GIGABYTE = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFigures:
    """All online cases of a city; of many municipalities, of all of them."""

    cases: int
    files: int
    gigabytes: float
    stored_p99_min: float
    """Minutes from the filing to the storing of 99 in 100, the wait for a poll included."""


def line_figures(twins: Sequence[TwinOutcome]) -> LineFigures | None:
    """From the first twin of each seed: twins have the same filings, and the method does not touch the line."""
    distinct = {twin.spec.seed: twin for twin in reversed(twins)}.values()
    minutes: list[float | None] = []
    files = size = 0
    for twin in distinct:
        declared = {submission_id(twin.spec.municipality, one.case_id): one for one in filings(twin.spec) if one.online}
        for case in times_of(twin):
            filing = declared.get(case.submission_id)
            if filing is not None:
                files += len(filing.attachments)
                size += filing.size
            if case.stored_at is not None:
                minutes.append((case.stored_at - case.submitted_at) / MINUTE_MS)
    longest = percentile(minutes, 0.99)
    if longest is None:
        return None
    return LineFigures(cases=len(minutes), files=files, gigabytes=size / _GIGABYTE, stored_p99_min=longest)
