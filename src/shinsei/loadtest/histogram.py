"""A histogram of durations with three significant digits and bounded memory (as HdrHistogram has it).

Buckets are logarithmic, and linear within: whatever its value, a duration is known to one part in a thousand. A worker
that runs for hours holds at most some thousand counters, and histograms of workers and seconds are simply added.
"""

from collections.abc import Iterable, Iterator, Mapping
from math import ceil

_SUB_BITS = 11
_SUB = 1 << _SUB_BITS
_HALF = _SUB >> 1
HIGHEST_S = 3_600.0
"""Longer durations are counted as this."""
_HIGHEST_US = int(HIGHEST_S * 1e6)


class Histogram:
    """Durations in seconds; what is below a microsecond counts as none, what is below 0 as 0."""

    __slots__ = ("_counts", "count", "highest_s", "total_s")

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}
        self.count = 0
        self.total_s = 0.0
        self.highest_s = 0.0

    def record(self, duration_s: float) -> None:
        """Counts one duration."""
        duration_s = min(max(duration_s, 0.0), HIGHEST_S)
        bucket = _bucket(int(duration_s * 1e6))
        self._counts[bucket] = self._counts.get(bucket, 0) + 1
        self.count += 1
        self.total_s += duration_s
        self.highest_s = max(self.highest_s, duration_s)

    def add(self, other: "Histogram") -> None:
        """Counts everything that another one has counted."""
        for bucket, count in other._counts.items():  # noqa: SLF001 - another of its own kind
            self._counts[bucket] = self._counts.get(bucket, 0) + count
        self.count += other.count
        self.total_s += other.total_s
        self.highest_s = max(self.highest_s, other.highest_s)

    def copy(self) -> "Histogram":
        """One that goes on by itself."""
        made = Histogram()
        made._counts = dict(self._counts)
        made.count, made.total_s, made.highest_s = self.count, self.total_s, self.highest_s
        return made

    def since(self, before: "Histogram") -> Mapping[float, int]:
        """How often each duration was counted since ``before`` was copied from this one."""
        had = before._counts.get  # noqa: SLF001 - another of its own kind
        return {
            _highest_us(bucket) / 1e6: count - had(bucket, 0)
            for bucket, count in self._counts.items()
            if count != had(bucket, 0)
        }

    def quantile(self, share: float) -> float | None:
        """The duration that this share of all did not exceed, in seconds; None where nothing was counted."""
        if not self.count:
            return None
        wanted, seen = max(1, ceil(share * self.count)), 0
        for bucket in sorted(self._counts):
            seen += self._counts[bucket]
            if seen >= wanted:
                break
        return min(_highest_us(bucket) / 1e6, self.highest_s)

    @property
    def mean_s(self) -> float | None:
        """Their mean in seconds; None where nothing was counted."""
        return self.total_s / self.count if self.count else None

    def rows(self) -> Iterator[tuple[float, int]]:
        """(duration in seconds, how many up to it), rising: the whole distribution."""
        seen = 0
        for bucket in sorted(self._counts):
            seen += self._counts[bucket]
            yield min(_highest_us(bucket) / 1e6, self.highest_s), seen

    def __len__(self) -> int:
        """How many counters it holds."""
        return len(self._counts)

    def as_json(self) -> dict[str, object]:
        """What travels from a worker and is kept in the results."""
        return {
            "buckets": {str(bucket): self._counts[bucket] for bucket in sorted(self._counts)},
            "total_s": round(self.total_s, 6),
            "highest_s": round(self.highest_s, 6),
        }

    @classmethod
    def of(cls, content: Mapping[str, object]) -> "Histogram":
        """What ``as_json`` wrote."""
        made = cls()
        buckets = content["buckets"]
        assert isinstance(buckets, Mapping)
        made._counts = {int(bucket): int(count) for bucket, count in buckets.items()}
        made.count = sum(made._counts.values())
        made.total_s = float(str(content["total_s"]))
        made.highest_s = float(str(content["highest_s"]))
        return made

    @classmethod
    def sum_of(cls, histograms: Iterable["Histogram"]) -> "Histogram":
        """All of them together."""
        made = cls()
        for one in histograms:
            made.add(one)
        return made


def _bucket(value_us: int) -> int:
    value_us = min(value_us, _HIGHEST_US)
    if value_us < _SUB:
        return value_us
    shift = value_us.bit_length() - _SUB_BITS
    return shift * _HALF + (value_us >> shift)


def _highest_us(bucket: int) -> int:
    """The highest value that falls into a bucket."""
    if bucket < _SUB:
        return bucket
    shift = (bucket - _HALF) // _HALF
    return ((bucket - shift * _HALF + 1) << shift) - 1
