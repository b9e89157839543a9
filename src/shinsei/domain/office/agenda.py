"""What is to happen in an office, and its clock.

Only content and history decide its order, so that cutting a run into other pieces, or offering in other portions,
changes nothing.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from shinsei.domain.office.planned import RANK_BITS, WORK, Call, Coming, Planned
from shinsei.domain.simtime import SimTime, day_number, day_start

if TYPE_CHECKING:
    from mypy_extensions import i64


_place_of: Final = attrgetter("place")
_place_and_key_of: Final = attrgetter("place", "key")


class Agenda:
    """Two lists of today, each with what is next at its end, and by day what comes later, in the order of planning.

    One list is of what the office itself has under way, the other of what comes from outside. No rank is used in both.
    A list in order is longer in the making than a heap only where much is planned for the same day at once.
    """

    __slots__ = ("_inside_later", "_last", "_outside_later", "inside", "now", "outside")

    def __init__(self, now: SimTime) -> None:
        self.now = now
        self.inside: list[Planned] = []
        self.outside: list[Coming] = []
        self._inside_later: dict[int, list[Planned]] = {}
        self._outside_later: dict[int, list[Coming]] = {}
        self._last = -1
        """The last place of today: the beginning of the next day."""

    def begin_day(self, day: int) -> None:
        """Takes up what is known of a day; nothing is left of the one before."""
        self._last = day_start(day + 1) << RANK_BITS
        inside = self._inside_later.pop(day, None)
        if inside is not None:
            inside.sort(key=_place_of)
            inside.reverse()
            self.inside.extend(inside)
        outside = self._outside_later.pop(day, None)
        if outside is not None:
            if not _is_in_order(outside):
                outside.sort(key=_place_and_key_of)
            outside.reverse()
            self.outside.extend(outside)

    def call_at(self, at: int, action: Callable[[Any], None], argument: Any = None, rank: int = WORK) -> None:
        """Plans something inside the office; equal moments and ranks keep the order of planning."""
        self.plan(Call((at << RANK_BITS) + rank, action, argument))

    def plan(self, planned: Planned) -> None:
        """The same of what has its place already."""
        place = planned.place
        if place > self._last:
            day = day_number(SimTime(place >> RANK_BITS))
            of_day = self._inside_later.get(day)
            if of_day is None:
                self._inside_later[day] = [planned]
            else:
                of_day.append(planned)
            return
        inside = self.inside
        first: i64 = 0
        end: i64 = len(inside)
        while first < end:
            middle = (first + end) >> 1
            if inside[middle].place > place:
                first = middle + 1
            else:
                end = middle
        inside.insert(first, planned)

    def drop(self, planned: Planned) -> None:
        """Has something inside the office not happen."""
        if planned.place > self._last:
            self._inside_later[day_number(SimTime(planned.place >> RANK_BITS))].remove(planned)
        else:
            self.inside.remove(planned)

    def offer(self, at: int, rank: int, key: str, action: Callable[[Any], None], event: Any) -> None:
        """Plans something from outside; equal moments and ranks go by key."""
        coming = Coming((at << RANK_BITS) + rank, action, event, key)
        if coming.place > self._last:
            day = day_number(SimTime(at))
            of_day = self._outside_later.get(day)
            if of_day is None:
                self._outside_later[day] = [coming]
            else:
                of_day.append(coming)
            return
        outside = self.outside
        first: i64 = 0
        end: i64 = len(outside)
        while first < end:
            middle = (first + end) >> 1
            if _is_before(coming, outside[middle]):
                first = middle + 1
            else:
                end = middle
        outside.insert(first, coming)


def _is_before(one: Coming, other: Coming) -> bool:
    """Whether it comes before what has been offered earlier."""
    return one.place < other.place or (one.place == other.place and one.key < other.key)


def _is_in_order(coming: list[Coming]) -> bool:
    before = coming[0]
    for one in coming:
        if _is_before(one, before):
            return False
        before = one
    return True
