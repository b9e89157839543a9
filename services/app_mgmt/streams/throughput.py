"""How many cases are registered per window of time and method.

Simulated hours and days are closed by the watermark of their run, and go with it; real minutes are closed by the clock.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Final

from shinsei.domain.simtime import HOUR_MS, SimTime, day_number

SIM_HOUR, SIM_DAY, REAL_MINUTE = "sim hour", "sim day", "real minute"
_MINUTE_S: Final = 60

RunKey = tuple[str, str]
"""(run, municipality)."""
Place = tuple[RunKey, str]
"""(run and municipality, window)."""
_EVERYWHERE: Final[RunKey] = ("", "")
"""Real minutes are not counted by run."""


@dataclass(kw_only=True)
class Throughput:
    """Counts of the windows that are open, and of the last one that was closed."""

    open: defaultdict[Place, Counter[tuple[str, int]]] = field(default_factory=lambda: defaultdict(Counter))
    """Cases by (method, number of the window)."""
    closed: dict[Place, dict[str, int]] = field(default_factory=dict)
    """Cases of the last window that the watermark has closed, by method."""
    _closing: dict[Place, int] = field(default_factory=dict, init=False)
    """The window that is next to be closed: most watermarks close none, and the last one is the last one still."""

    def register(self, run: RunKey, method: str, at: SimTime, real_s: float) -> None:
        """One case was registered, at a simulated time and at a real one."""
        for window, number in _windows(at).items():
            self.open[run, window][method, number] += 1
        minutes, minute = self.open[_EVERYWHERE, REAL_MINUTE], int(real_s // _MINUTE_S)
        if (method, minute) not in minutes:
            self._take((_EVERYWHERE, REAL_MINUTE), before=minute - 1)
        minutes[method, minute] += 1

    def close(self, run: RunKey, watermark: SimTime) -> None:
        """Everything before the watermark has come: the windows that end by it are complete."""
        for window, number in _windows(watermark).items():
            place = (run, window)
            last, self._closing[place] = self._closing.get(place), number
            complete = self._take(place, before=number)
            if last == number or (not complete and place not in self.closed):
                continue
            methods = {method for method, _ in complete} | self.closed.get(place, {}).keys()
            self.closed[place] = {method: complete.get((method, number - 1), 0) for method in methods}

    def drop(self, run: RunKey) -> None:
        """The run is over: what it has registered says nothing about those that go on."""
        for window in (SIM_HOUR, SIM_DAY):
            self.open.pop((run, window), None)
            self.closed.pop((run, window), None)
            self._closing.pop((run, window), None)

    def per_method(self, window: str) -> dict[str, int]:
        """Cases of the last closed window, over all runs."""
        totals: Counter[str] = Counter()
        for (_, name), methods in self.closed.items():
            if name == window:
                for method, count in methods.items():
                    totals[method] += count
        return dict(totals)

    def last_minute(self, real_s: float) -> dict[str, int]:
        """Cases of the last complete minute of real time, by method."""
        last = int(real_s // _MINUTE_S) - 1
        return {
            method: count for (method, minute), count in self.open[_EVERYWHERE, REAL_MINUTE].items() if minute == last
        }

    def _take(self, place: Place, *, before: int) -> dict[tuple[str, int], int]:
        """Takes windows out of those that are open; their counts by (method, number)."""
        counts = self.open[place]
        return {key: counts.pop(key) for key in [key for key in counts if key[1] < before]}


def _windows(at: SimTime) -> dict[str, int]:
    """Numbers of the simulated hour and day that hold a moment."""
    return {SIM_HOUR: at // HOUR_MS, SIM_DAY: day_number(at)}
