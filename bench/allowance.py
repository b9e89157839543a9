"""How many calls a client may have under way: one more while they are taken, fewer once one is refused.

Additive increase and multiplicative decrease, as senders share a line by TCP (RFC 5681). It begins with one call, and
doubles until the first refusal; a side that never refuses gets as many as there may be.
"""

from typing import Final

_FEWEST: Final = 1
"""With none under way nobody would hear that there is room again."""
_LEFT: Final = 0.7
"""Of as many as were under way, after a refusal: what CUBIC leaves (RFC 9438)."""


class Allowance:
    """That of one client.

    Args:
        most: calls that there may ever be at once.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.calls = _FEWEST
        """As many as may be under way."""
        self._under_way = 0
        self._peak = 0
        """Under way at once since the last cut: what is allowed and not used says nothing of the other side."""
        self._taken = 0
        """Since there were more, or fewer."""
        self._cuts = 0

    @property
    def has_room(self) -> bool:
        """Whether one more may begin."""
        return self._under_way < self.calls

    def begin(self) -> int:
        """One more is under way; what to say of it when it has been answered."""
        self._under_way += 1
        self._peak = max(self._peak, self._under_way)
        return self._cuts

    def taken(self, call: int) -> None:
        """The other side has done what it was asked."""
        self._under_way -= 1
        self._taken += self._is_news(call)
        if self._taken >= (self.calls if self._cuts else 1):
            self.calls, self._taken = min(self.calls + 1, self._most), 0

    def refused(self, call: int) -> None:
        """The other side has more than it can do."""
        if self._is_news(call):
            self.calls, self._taken = max(int(min(self.calls, self._peak) * _LEFT), _FEWEST), 0
            self._cuts += 1
            self._peak = 0
        self._under_way -= 1

    def _is_news(self, call: int) -> bool:
        """Whether it began under what is allowed now: of a crowd many are refused at once."""
        return call == self._cuts
