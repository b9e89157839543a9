"""How each alert is walked: by which fault it is raised beside a running stack, or why it is left to promtool alone."""

from collections.abc import Mapping
from typing import Final

SEASON: Final[Mapping[str, str]] = {
    "NotFetched": "the line is down for days of the season",
    "LineDown": "the same",
    "CoreSystemsOffline": "the core systems fail for days",
    "RobotsAway": "the core screen changes and nobody repairs the robots' scenario",
    "BatchWindowFull": "an import file takes one record",
    "BatchWindowMissed": "another job has every window of the last days",
    "OldestPendingTooOld": "clerks have next to no time for cases",
    "SeasonLost": "the same",
    "ForecastTooOld": "SIGSTOP of the process that works out the forecasts",
    "PartMissing": "SIGSTOP of the derived views",
    "PartRestarts": "SIGKILL of the same, as often as they come back",
    "EventLoopLate": "the flag loop-blocked",
    "FaultSet": "the same",
    "DeadLettersNonZero": "somebody writes to a topic",
    "RebalanceStorm": "consumers that come and go",
    "ConsumerStalled": "the flag consumer-stuck",
    "LagSecondsGrowing": "the same, while old records keep coming",
    "NothingComesBack": "the flag calls-cut",
    "OutboxStuck": "the flag outbox-stuck",
    "PoolExhausted": "the flag connections-exhausted",
    "LevelsBlind": "the same, with no connection at all",
    "CallsSlow": "the flag portal-slow",
    "RoomBlind": "SIGSTOP of the portal",
    "LedgerUnread": "the same",
}
"""In one season that is thrown away, beside the stack that all journeys share."""

BY_A_STAND_IN: Final[Mapping[str, str]] = {
    "SeasonAtRisk": "whether the few replays of a season disagree is chance, and no fault brings it about for certain",
    "MunicipalitiesAtRisk": "no season of more municipalities than the room shows is run beside other tests",
    "LedgerMismatch": "no fault of ours loses a case",
}
"""In the same season, by what a second room says with the gauges of the first; and why no fault raises them."""

STOPPED: Final[Mapping[str, str]] = {"PartitionStopped": "a record that nobody can read"}
"""On a stack that no other test has, because its partition stays stopped."""

LOADED: Final[Mapping[str, str]] = {"LoadGeneratorFallingBehind": "SIGSTOP of a worker of the generator"}
"""Beside a load test, which is ended then."""

BY_PROMTOOL_ALONE: Final[Mapping[str, str]] = {
    "SubmitErrorBudgetBurnsFast": "it burns over hours",
    "SubmitErrorBudgetBurnsSlowly": "it burns over days",
    "SubmitLatencyBudgetBurnsFast": "it burns over hours",
    "SubmitLatencyBudgetBurnsSlowly": "it burns over days",
}
