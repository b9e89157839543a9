"""What the operations room alone can say, because it sees all services at once."""

from collections.abc import Mapping
from math import nan

from shinsei.contracts.topics import TOPICS
from shinsei.domain.forecast import Prospect
from shinsei.runtime import observability
from shinsei.runtime.levels import SIM, Group

UNACCOUNTED = observability.gauge(
    "shinsei_ledger_unaccounted",
    "Accepted cases that a stage should know and does not, of the open runs whose ledgers have been read; must be 0.",
)
UNREAD = observability.gauge(
    "shinsei_ledger_unread_runs", "Open runs whose ledger was to be read and could not be; must be 0."
)
LEDGER = observability.gauge(
    "shinsei_ledger_cases", "Cases of the season that is shown, by line of the ledger.", ("line",)
)
PROSPECT = observability.gauge(
    "shinsei_season_prospect", "1 for the prospect that a method has.", ("linkage_method", "prospect")
)
LEFT = observability.gauge(
    "shinsei_season_cases_left_at_target",
    "Cases filed in time that are forecast to wait still at the target (simulated time).",
    ("linkage_method", "clock"),
)
AGE = observability.gauge(
    "shinsei_season_forecast_age_seconds",
    "Real time since the forecast in use was made, the oldest of a method.",
    ("linkage_method",),
)
OVERDUE = observability.gauge(
    "shinsei_season_forecast_overdue_seconds",
    "Real time for which the forecast in use has been too old for what is judged by it, or there has been none.",
    ("linkage_method",),
)
UNSETTLED = observability.gauge(
    "shinsei_dead_letters_unsettled",
    "Dead letters about which nobody has decided, by the topic of their record; not told where decisions are unknown.",
    ("topic",),
)
NOT_SHOWN = observability.gauge(
    "shinsei_season_municipalities_not_shown", "Open runs of the season that the room neither shows nor foresees."
)
ASKED = observability.counter(
    "shinsei_room_forecast_work_total", "Replays and remedies that were asked of the room's worker.", ("outcome",)
)
READERS = observability.gauge("shinsei_room_readers", "Pages that are open.")
LOOKS = observability.counter("shinsei_room_looks_total", "Looks at the stack.", ("outcome",))


_PROSPECTS, _LEFTS, _LINES = Group(PROSPECT), Group(LEFT, SIM), Group(LEDGER)
_AGES, _OVERDUE = Group(AGE), Group(OVERDUE)


def tell_prospects(found: Mapping[str, tuple[Prospect, int]]) -> None:
    """Sets the gauges: prospect and cases left by method; what is not shown any more falls to 0."""
    _PROSPECTS.put({(method, str(prospect)): 1.0 for method, (prospect, _) in found.items()})
    _LEFTS.put({(method,): float(left) for method, (_, left) in found.items()})


def tell_ages(found: Mapping[str, tuple[float, float]]) -> None:
    """Sets the gauges: by method, how old the forecast in use is, and for how long it has been too old."""
    _AGES.put({(method,): age_s for method, (age_s, _) in found.items()})
    _OVERDUE.put({(method,): overdue_s for method, (_, overdue_s) in found.items()})


def tell_ledger(found: Mapping[str, int | None] | None, unread: int) -> None:
    """Sets the gauges of the ledger, by its lines; None: it could not be read, or a line of it could not."""
    UNREAD.set(unread)
    if found is None:
        UNACCOUNTED.set(nan)
        _LINES.blind()
    else:
        told = {line: nan if count is None else float(count) for line, count in found.items()}
        UNACCOUNTED.set(told.pop("unaccounted"))
        _LINES.put({(line,): count for line, count in told.items()})


def tell_no_ledger() -> None:
    """No run is open: nothing of it can be missing, and what its lines were stays."""
    UNACCOUNTED.set(0)
    UNREAD.set(0)


def tell_letters(unsettled: Mapping[str, int]) -> None:
    """Sets the gauge of every topic."""
    for topic in TOPICS:
        UNSETTLED.labels(topic).set(unsettled.get(topic, 0))


def tell_nothing(unread: int) -> None:
    """No run could be looked at: neither what was told last is true any more, nor that there is nothing.

    Args:
        unread: runs whose ledgers could not be read either.
    """
    _PROSPECTS.blind()
    _LEFTS.blind()
    _AGES.blind()
    _OVERDUE.blind()
    NOT_SHOWN.set(nan)
    tell_ledger(None, unread)
