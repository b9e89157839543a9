"""Impatient applicants who send the very same application again (再送信), and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from shinsei.domain.demand import filings, is_sent_again
from shinsei.season.outcome import TwinOutcome
from shinsei.season.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ResendFigures:
    """What was sent a second time."""

    sent_again: int
    """Applications that came twice, in one of the twins, or in all municipalities."""
    second_cases: int
    """Cases more than filings, over all runs: a second case of the same application."""


def resends_of(twins: Sequence[TwinOutcome]) -> ResendFigures:
    """Counts what came twice, and holds the cases that there are against what was filed."""
    filed = {twin.spec.seed: [one for one in filings(twin.spec) if one.online and one.at < twin.end] for twin in twins}
    specs = {twin.spec.seed: twin.spec for twin in twins}
    return ResendFigures(
        sent_again=sum(is_sent_again(specs[seed], filing) for seed, sent in filed.items() for filing in sent),
        second_cases=sum(
            max(0, len({line.submission_id for line in twin.lines}) - len(filed[twin.spec.seed])) for twin in twins
        ),
    )


def told(found: ResendFigures | None) -> Text | None:
    """A clause of the answer; None where nobody sends again."""
    if found is None or not found.sent_again:
        return None
    return Text(
        f"{found.sent_again:,} applications are sent again and make {found.second_cases:,} second cases",
        f"再送信は{found.sent_again:,}件で、それによる二重の案件は{found.second_cases:,}件です",
    )
