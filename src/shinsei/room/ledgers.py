"""The ledgers of the open runs: what could be read of them counts, and what could not is told.

To read one is work for four databases, so that they are read one after the other, the longest untried first: where time
runs out, those that are left come first in the next turn, and one that hangs keeps nobody else waiting twice.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final

from shinsei.season.ledger import ENDS, RunKey
from shinsei.season.outcome import Ledger

_LINES: Final = ("accepted", *ENDS, "in_flight")


class Ledgers:
    """Keeps the newest account of each run."""

    def __init__(self, read: Callable[[RunKey], Awaitable[Ledger]]) -> None:
        """Takes what reads the ledger of one run."""
        self._read = read
        self._shown: tuple[RunKey, ...] = ()
        self._turns = 0
        self._tried: dict[RunKey, int] = {}
        """The turn in which each was tried last."""
        self.accounts: dict[RunKey, Ledger] = {}

    def forget_all_but(self, open_now: Iterable[RunKey], shown: Sequence[RunKey] = ()) -> None:
        """From now on these runs are open, and these of them are shown."""
        wanted = set(open_now)
        self._shown = tuple(shown)
        self._tried = {key: turn for key, turn in self._tried.items() if key in wanted}
        self.accounts = {key: account for key, account in self.accounts.items() if key in wanted}

    def blind(self) -> None:
        """Those that are shown cannot be read now."""
        for key in self._shown:
            self.accounts.pop(key, None)

    async def read(self, others: Iterable[RunKey], most: int) -> None:
        """One turn: those that are shown, and as many of the others as ``most``; it may be cut short.

        Raises:
            Exception: the first ledger that could not be read could not be for this reason; the others were.
        """
        failure: Exception | None = None
        self._turns += 1
        those = [*self._shown, *sorted(others, key=self._last_try)[:most]]
        for key in sorted(those, key=self._last_try):
            self._tried[key] = self._turns
            self.accounts.pop(key, None)  # of one that is cut short nothing is known either
            try:
                self.accounts[key] = await self._read(key)
            except Exception as error:  # noqa: BLE001 - it is told, and the others are read
                failure = failure or error
        if failure is not None:
            raise failure

    def _last_try(self, key: RunKey) -> int:
        return self._tried.get(key, 0)

    @property
    def shown(self) -> int:
        """Runs whose lines are told."""
        return len(self._shown)

    @property
    def unread(self) -> int:
        """Runs whose ledger should have been read and could not be."""
        return len((self._tried.keys() | set(self._shown)) - self.accounts.keys())

    @property
    def told(self) -> dict[str, int | None] | None:
        """The lines of those that are shown, None where one of them lacks, and over all what is unaccounted for.

        As many cases as are missing in what could be read are missing at least; that none is, only the whole tells.
        """
        unaccounted = sum(one.unaccounted for one in self.accounts.values())
        shown = [self.accounts[key] for key in self._shown if key in self.accounts]
        is_whole = len(shown) == len(self._shown)
        if not is_whole and not unaccounted:
            return None
        lines = {line: sum(getattr(one, line) for one in shown) if is_whole else None for line in _LINES}
        return {**lines, "unaccounted": unaccounted}
