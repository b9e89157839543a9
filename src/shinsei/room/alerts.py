"""Which alerts ask for something on the page: those that call somebody now, without what another one explains.

Alertmanager keeps the same ones quiet; ``deploy/prometheus/alertmanager.yml`` says so by the table below, and a test
holds them together. One fault makes an alert of every partition, so those of one name are told together.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from operator import eq, ne
from typing import Any, Final, NamedTuple, TypeAlias

Alert: TypeAlias = Mapping[str, Any]


class Quiet(NamedTuple):
    """What is kept quiet while an alert fires."""

    by: str
    """The alert that explains the others."""
    others: str
    """Their name, as a matcher of Alertmanager has it."""
    equal: tuple[str, ...]
    """Labels that both have."""
    why: str


QUIET: Final = (
    Quiet("PartMissing", '!="PartMissing"', ("part",), "a part that is away says nothing, or what was"),
    Quiet("PartitionStopped", '=~"ConsumerStalled|LagSecondsGrowing"', ("part", "topic"), "its records wait"),
    Quiet("PartitionStopped", '="NothingComesBack"', (), "nor do its municipalities' statuses come back"),
    Quiet("LineDown", '="NotFetched"', (), "what waits in an office has been fetched: it is told all the same"),
    Quiet("SubmitErrorBudgetBurnsFast", '="SubmitErrorBudgetBurnsSlowly"', (), "the same errors, said twice"),
    Quiet("SubmitLatencyBudgetBurnsFast", '="SubmitLatencyBudgetBurnsSlowly"', (), "the same waits, said twice"),
)
_SEEN_ALREADY: Final = frozenset({"SeasonLost", "LedgerMismatch", "LineDown", "PartitionStopped", "PartMissing"})
"""Alerts of what the room sees for itself."""
_MATCHES: Final[Mapping[str, Callable[[str, str], object]]] = {"=": eq, "!=": ne, "=~": re.fullmatch}


def calling(alerts: Sequence[Alert]) -> list[list[Alert]]:
    """Those that ask for something now, by their name."""
    firing = [one for one in alerts if one["state"] == "firing"]
    found: dict[str, list[Alert]] = defaultdict(list)
    for one in firing:
        is_asked = one["severity"] == "page" and one["name"] not in _SEEN_ALREADY
        if is_asked and not is_kept_quiet(one, firing):
            found[one["name"]].append(one)
    return list(found.values())


def is_kept_quiet(one: Alert, firing: Sequence[Alert]) -> bool:
    """Whether one of those that fire explains an alert."""
    return any(_is_explained(one, by, row) for row in QUIET for by in firing)


def _is_explained(one: Alert, by: Alert, row: Quiet) -> bool:
    """Whether an alert is, by another one that fires; a label that neither has is the same."""
    how, _, names = row.others.removesuffix('"').partition('"')
    if by["name"] != row.by or not _MATCHES[how](names, one["name"]):
        return False
    return all(one["labels"].get(label, "") == by["labels"].get(label, "") for label in row.equal)
