"""How each alert is walked: by which fault it is raised beside a running stack, or why it is left to promtool alone."""

from collections.abc import Mapping
from typing import Final

SEASON: Final[Mapping[str, str]] = {
    "NotFetched": "the line is down for days of the season",
    "LineDown": "the same",
    "RobotsAway": "the core screen changes and nobody repairs the robots' scenario",
    "BatchWindowFull": "an import file takes one record",
    "OldestPendingTooOld": "clerks have next to no time for cases",
    "SeasonLost": "the same",
    "SeasonAtRisk": "an operations room says so",
    "LedgerMismatch": "the same: no fault of ours loses a case",
    "PartMissing": "SIGSTOP of the derived views",
    "EventLoopLate": "the same, for a second again and again",
    "FaultSet": "a fault flag that nobody has cleared",
    "DeadLettersNonZero": "somebody writes to a topic",
    "RebalanceStorm": "consumers that come and go",
    "LagSecondsGrowing": "old records keep coming while another session holds a table of the database",
    "ConsumerStalled": "the same",
    "NothingComesBack": "the same",
    "OutboxStuck": "SIGSTOP of Kafka",
}
"""In one season that is thrown away, beside the stack that all journeys share."""

STOPPED: Final[Mapping[str, str]] = {"PartitionStopped": "a record that nobody can read"}
"""On a stack that no other test has, because its partition stays stopped."""

BY_PROMTOOL_ALONE: Final[Mapping[str, str]] = {
    "SubmitErrorBudgetBurnsFast": "it burns over hours",
    "SubmitErrorBudgetBurnsSlowly": "it burns over days",
}
