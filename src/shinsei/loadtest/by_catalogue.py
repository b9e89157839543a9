"""The mix of procedures of a preset that names none: as many of each as the catalogue has filed in that month."""

from shinsei.domain.catalogue import MUNICIPAL
from shinsei.domain.simtime import SimTime, to_datetime


def by_catalogue(at: SimTime) -> dict[int, float]:
    """Weights by number, of the procedures that municipalities receive in the month of a moment.

    They are filings of all channels: who files online is not told procedure by procedure. What comes after a disaster
    alone has no volume, and no place here.
    """
    month = to_datetime(at).month
    weights = {item.number: item.volume_per_100k * item.season.month_weight(month) for item in MUNICIPAL}
    return {number: weight for number, weight in weights.items() if weight > 0}
