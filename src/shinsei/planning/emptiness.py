"""Seasons that are empty: a plan of them would recommend a method for nothing."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.simtime import SimTime
from shinsei.season.words import day


class Compared(Protocol):
    """A method in a season."""

    @property
    def compared(self) -> int:
        """Cases of the procedures under comparison."""

    @property
    def values(self) -> Mapping[str, float | None]:
        """Its figures."""


def check_compared(name: str, methods: Sequence[Compared], end: SimTime) -> None:
    """Whether there is anything to compare.

    Args:
        name: of the scenario.
        methods: all of one season.
        end: of that season.

    Raises:
        InvalidInputError: nobody files online what is compared, or nothing of it is ever fetched from the portal.
    """
    filed = max(one.compared for one in methods)
    if not filed:
        raise InvalidInputError(
            name,
            "nobody files online what is compared, so there is nothing to plan; raise demand.online_share, "
            "demand.recipients_share or municipality.population",
        )
    if all(one.values["not_fetched_at_end"] == one.compared for one in methods):
        raise InvalidInputError(
            name,
            f"none of the {filed:,} cases filed online is fetched from the portal by {day(end).en}, so there is "
            "nothing to plan; shorten poll.interval or line.outages, or let run.end be later",
        )
