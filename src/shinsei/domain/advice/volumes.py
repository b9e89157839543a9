"""How many cases a year a procedure brings online: the season's filers, and the catalogue's volumes beside them."""

from collections.abc import Mapping

from shinsei.domain.catalogue import MUNICIPAL
from shinsei.domain.demand import seasonal_filers, waves_with_filers
from shinsei.domain.run import DemandSpec

_PER_PEOPLE = 100_000


def yearly_cases(demand: DemandSpec, per_100k: Mapping[int, float], own: Mapping[int, float]) -> dict[int, float]:
    """Online cases a year by catalogue number; ``own`` counts replace all others.

    The season happens once a year. The volumes are those of the whole municipality, whichever division handles them:
    ``per_100k`` where given, else the catalogue's.
    """
    found = {
        item.number: per_100k.get(item.number, item.volume_per_100k)
        * demand.background_scale
        * demand.population
        / _PER_PEOPLE
        * demand.background_online_share
        for item in MUNICIPAL
    }
    return found | _season(demand) | dict(own)


def _season(demand: DemandSpec) -> dict[int, float]:
    if demand.waves:
        found = dict.fromkeys(demand.seasonal_procedures, 0.0)
        for wave, numbers in waves_with_filers(demand):
            found[wave.procedure] += len(numbers) * wave.online_share
        return found
    filers = sum(count for _, count in demand.daily_counts) or seasonal_filers(demand)
    return {demand.procedure: filers * demand.online_share}
