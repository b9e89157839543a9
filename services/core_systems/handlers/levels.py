"""What stands open in the offices and who is at work, for the gauges."""

from collections import defaultdict
from collections.abc import Iterable
from math import nan

from core_systems import metrics
from core_systems.handlers.values import RunKey
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.municipality import prefecture
from shinsei.domain.office.levels import OfficeLevels
from shinsei.domain.office.report import InUse
from shinsei.domain.simtime import SECOND_MS
from shinsei.runtime.levels import NO_METHOD, OLDEST, PENDING, SIM, WATERMARK, Group

STAGE = "office"

_pending = Group(PENDING)
_oldest = Group(OLDEST, SIM)
_clerks, _robots, _seats = Group(metrics.CLERKS), Group(metrics.ROBOTS), Group(metrics.SEATS)


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
    _clerks.put(_at_work((office.method, office.clerks) for _, office in found))
    _robots.put(_at_work((office.method, office.robots) for _, office in found))
    _seats.put(_at_work((office.method, office.seats) for _, office in found))
    metrics.ROBOTLESS.set(sum(office.without_robots for _, office in found))
    metrics.WINDOW_FILL.set(max((office.window_fill or 0.0 for _, office in found), default=0.0))
    metrics.PUT_OFF.set(sum(office.put_off for _, office in found))
    metrics.CORE_MISSED.set(sum(office.core_missed for _, office in found))
    metrics.PAPER.set(sum(office.paper_waiting for _, office in found))


def blind() -> None:
    """Tells nothing of the offices."""
    for group in (_pending, _oldest, _clerks, _robots, _seats):
        group.blind()
    WATERMARK.labels(STAGE, SIM).set(nan)
    for alone in (metrics.ROBOTLESS, metrics.WINDOW_FILL, metrics.PUT_OFF, metrics.CORE_MISSED, metrics.PAPER):
        alone.set(nan)


def _at_work(offices: Iterable[tuple[LinkageMethod | None, InUse]]) -> dict[tuple[str, ...], float]:
    """By method: a method whose people have no time left would hide among twins that have."""
    total: defaultdict[tuple[str, ...], float] = defaultdict(float)
    for method, part in offices:
        total["there", method or NO_METHOD] += part.there
        total["busy", method or NO_METHOD] += part.busy
    return total
