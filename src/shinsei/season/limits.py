"""Which resource was the limit first, and from which day: a clause of an answer."""

from collections.abc import Sequence

from shinsei.domain.simtime import day_of, day_start
from shinsei.season.figures import Findings, MethodFindings
from shinsei.season.text import Text
from shinsei.season.words import RESOURCE_NAMES, join, short_day


def limits(_season: Findings, methods: Sequence[MethodFindings]) -> Text | None:
    """Resource by resource, with the day on which each method met it first."""
    met: dict[str, list[Text]] = {}
    for one in methods:
        if one.office.first_saturated_resource is not None and one.office.first_saturated_on is not None:
            when = short_day(day_start(day_of(one.office.first_saturated_on)))
            met.setdefault(one.office.first_saturated_resource, []).append(
                Text(f"{when.en} under {one.name.en}", f"{one.name.ja}は{when.ja}")
            )
    if not met:
        return Text("no resource is the limit under any method", "どの方式でも上限に達する資源はありません")
    return Text(
        "; ".join(f"{RESOURCE_NAMES[name].en} are the limit first, from {join(told).en}" for name, told in met.items()),
        "。".join(
            f"最初に上限に達するのは{RESOURCE_NAMES[name].ja}で、{join(told).ja}からです" for name, told in met.items()
        ),
    )
