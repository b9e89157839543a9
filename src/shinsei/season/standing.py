"""Where each twin stands while a season runs: what the display shows and the real-time figures are made of."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import SimTime
from shinsei.season.portal import Progress


@dataclass(slots=True, kw_only=True)
class Standing:
    """One twin as its driver sees it. Simulated times end in nothing, real ones in ``_real_ms``."""

    spec: RunSpec
    watermark: SimTime
    returned: SimTime
    progress: Progress
    filed: int = 0
    """Filings of this command, also those that the portal knew already."""
    refused: list[str] = field(default_factory=list)
    returns: list[tuple[SimTime, int]] = field(default_factory=list)
    """(returned watermark, real moment at which it was read), rising."""
    chunks: list[tuple[SimTime, int]] = field(default_factory=list)
    """(stamp of the last filing of a chunk, real moment at which the portal had accepted it), rising."""
    moved_real_ms: int = 0
    """When something came back last, or everything was back: a poll brings back all up to the one after it, so a slow
    season waits for nothing from there on."""

    def saw(self, progress: Progress, real_ms: int) -> None:
        """Takes in a progress report."""
        self.progress = progress
        self.watermark = max(self.watermark, progress.watermark)
        if progress.returned > self.returned or not self.moved_real_ms:
            self.returned = max(self.returned, progress.returned)
            self.returns.append((self.returned, real_ms))
            self.moved_real_ms = real_ms
        if self.returned >= self.watermark:
            self.moved_real_ms = real_ms

    def accepted_real_ms(self, submitted_at: SimTime) -> int | None:
        """Real moment at which the portal had accepted what is stamped so; None before this command."""
        if submitted_at < self.returns[0][0]:
            return None
        return _first(self.chunks, submitted_at - 1)

    def known_real_ms(self, at: SimTime) -> int | None:
        """Real moment at which a transition of this simulated time had come back; None if it has not."""
        return _first(self.returns, at)


def _first(rising: Sequence[tuple[SimTime, int]], after: int) -> int | None:
    """Real moment of the first pair whose simulated time is greater than ``after``."""
    index = bisect_right(rising, after, key=lambda pair: pair[0])
    return rising[index][1] if index < len(rising) else None
