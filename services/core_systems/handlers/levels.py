"""What stands open in the offices and who is at work, for the gauges."""

from collections import defaultdict
from collections.abc import Iterable
from math import nan

from core_systems import metrics
from core_systems.handlers.values import RunKey
from shinsei.domain.municipality import prefecture
from shinsei.domain.office.levels import OfficeLevels
from shinsei.domain.office.report import InUse
from shinsei.domain.simtime import SECOND_MS
from shinsei.runtime.levels import OLDEST, PENDING, SIM, WATERMARK, Group

STAGE = "office"

_pending = Group(PENDING)
_oldest = Group(OLDEST, SIM)


def export(offices: Iterable[tuple[RunKey, OfficeLevels]]) -> None:
    """Sets the gauges to what the open offices say."""
    found = list(offices)
    pending: defaultdict[tuple[str, ...], float] = defaultdict(float)
    oldest: defaultdict[tuple[str, ...], float] = defaultdict(float)
    for key, office in found:
        for method, count in office.backlog.items():
            labels = (STAGE, str(method), prefecture(key.municipality))
            pending[labels] += count
            oldest[labels] = max(oldest[labels], (office.at - office.oldest.get(method, office.at)) / SECOND_MS)
    _pending.put(pending)
    _oldest.put(oldest)
    WATERMARK.labels(STAGE, SIM).set(min((office.at for _, office in found), default=0) / SECOND_MS)
    for one, parts in (
        (metrics.CLERKS, [office.clerks for _, office in found]),
        (metrics.ROBOTS, [office.robots for _, office in found]),
        (metrics.SEATS, [office.seats for _, office in found]),
    ):
        total = InUse(there=sum(part.there for part in parts), busy=sum(part.busy for part in parts))
        one.labels(state="there").set(total.there)
        one.labels(state="busy").set(total.busy)
    metrics.ROBOTLESS.set(sum(office.without_robots for _, office in found))
    metrics.WINDOW_FILL.set(max((office.window_fill or 0.0 for _, office in found), default=0.0))
    metrics.PUT_OFF.set(sum(office.put_off for _, office in found))
    metrics.CORE_MISSED.set(sum(office.core_missed for _, office in found))
    metrics.PAPER.set(sum(office.paper_waiting for _, office in found))


def blind() -> None:
    """Tells nothing of the offices."""
    _pending.blind()
    _oldest.blind()
    WATERMARK.labels(STAGE, SIM).set(nan)
    for one in (metrics.CLERKS, metrics.ROBOTS, metrics.SEATS):
        one.labels(state="there").set(nan)
        one.labels(state="busy").set(nan)
    for alone in (metrics.ROBOTLESS, metrics.WINDOW_FILL, metrics.PUT_OFF, metrics.CORE_MISSED, metrics.PAPER):
        alone.set(nan)
