"""What twice the maximum does to the stack that is up: the maximum is searched, then both are offered in turn.

    taskset --cpu-list 0 ./shinsei up
    taskset --cpu-list 1 python bench/back-pressure/twice.py [--first 100] [--pairs 3] [--home DIR] [--keep-json FILE]

Generator and stack have a processor each: a generator that has to fight for its own is late, and then it is what was
measured. The maximum is the highest rate of this mix of which next to nothing is refused and everything is registered
in time. A machine becomes slower and faster again, so each pair begins with the maximum of its own moment: what was
found, or a little less where that is not sustained any more. Prints every load test, and what twice the maximum comes
to beside it. A pair at whose beginning nothing near the maximum was sustained is void. Exit code 1 unless, in the
median of the others, at least 90 % of the maximum is completed, and those who are accepted are accepted and registered
as they are at it; 2 where the generator was too late for either to be told, or every pair is void.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import inf
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Self

from shinsei.season.environment import manifest

PRESET = Path(__file__).resolve().parent / "back-pressure.toml"
STEPS = (1.3, 1.1, 1.03)
"""Factors from rate to rate: from the first up to one that is too much, then anew from the last that was not. Far below
the maximum nobody waits, so that a coarse one would not be what twice of it is to be held to."""
OF_THIS_MOMENT = (1.0, 0.93, 0.86)
"""Of the maximum that was found: what a pair begins with, until one is sustained."""
MOST_REFUSED_SHARE = 0.01
MOST_P99_S = 10.0
"""Both as in find-max-infra."""
LEAST_COMPLETED_SHARE = 0.9
MOST_LATENCY_RATIO = 1.5
"""Of a median: two load tests at the same rate differ by as much where rate and maximum are close."""
MOST_GENERATOR_LAG_S = 0.1
"""Of its p99; the latencies of which is told are several times as long."""
LATENCIES = ("accepted_p50_s", "accepted_p99_s", "registered_p50_s", "registered_p99_s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A load test, in applications and real seconds."""

    offered_per_s: float
    completed_per_s: float
    refused_share: float
    """Of what was offered: refused, or without a free slot in the generator."""
    unaccounted: int
    generator_lag_s_p99: float
    """Where this is not small against the latencies, the generator is what was measured."""
    accepted_p50_s: float
    accepted_p99_s: float
    registered_p50_s: float
    registered_p99_s: float

    @classmethod
    def of(cls, rate: float, summary: dict[str, Any]) -> Self:
        """What a summary says."""
        latency = summary["latency_s"]
        return cls(
            offered_per_s=rate,
            completed_per_s=summary["completed"] / (summary["offered_s"] + summary["drained_s"]),
            refused_share=(summary["refused"] + summary["dropped"] + summary["failed"]) / summary["offered"],
            unaccounted=summary["unaccounted"],
            generator_lag_s_p99=summary["generator_lag_s_p99"],
            accepted_p50_s=latency["accepted"]["p50"],
            accepted_p99_s=latency["accepted"]["p99"],
            registered_p50_s=_or_never(latency["registered"]["p50"]),
            registered_p99_s=_or_never(latency["registered"]["p99"]),
        )

    @property
    def is_sustained(self) -> bool:
        """Whether the stack can do this for good."""
        return self.refused_share <= MOST_REFUSED_SHARE and self.registered_p99_s <= MOST_P99_S

    def __str__(self) -> str:
        """One line."""
        return (
            f"{self.offered_per_s:4.0f}/s offered: {self.completed_per_s:4.0f}/s completed, "
            f"{self.refused_share:5.1%} refused; "
            f"accepted in {self.accepted_p50_s:.2f} s and {self.accepted_p99_s:.2f} s, "
            f"registered in {self.registered_p50_s:.1f} s and {self.registered_p99_s:.1f} s (p50, p99); "
            f"generator up to {self.generator_lag_s_p99:.2f} s late (p99)"
        )


def _or_never(latency_s: float | None) -> float:
    """A percentile that nobody knows falls among cases that were not over in the end."""
    return inf if latency_s is None else latency_s


def offer(rate: float, options: Sequence[str], out: str) -> Found:
    """One load test."""
    command = [sys.executable, "-m", "shinsei.cli", "loadtest", "run", str(PRESET), "--rate", f"{rate:g}", "--json"]
    done = subprocess.run(  # noqa: S603 - our own program
        [*command, "--out", out, *options], capture_output=True, text=True, check=False
    )
    if not done.stdout:
        sys.exit(done.stderr.strip() or 1)
    summary = json.loads(done.stdout)
    if summary["partial"]:
        sys.exit(f"{rate:g}/s: the result is partial: {summary['partial']}")
    found = Found.of(rate, summary)
    say(str(found))
    if found.unaccounted:
        sys.exit(f"{found.unaccounted} applications are unaccounted for")
    return found


def search(first: float, options: Sequence[str], out: str) -> float:
    """The highest rate that is sustained; 0 if not even the first is."""
    highest, rate = 0.0, first
    for factor in STEPS:
        rate = rate if not highest else round(highest * factor)
        while offer(rate, options, out).is_sustained:
            highest, rate = rate, round(rate * factor)
    return highest


def pair(maximum: float, options: Sequence[str], out: str) -> tuple[Found, Found]:
    """The maximum of this moment, and twice of it; void where the first is not sustained."""
    for share in OF_THIS_MOMENT:
        once = offer(round(share * maximum), options, out)
        if once.is_sustained:
            break
    return once, offer(2 * once.offered_per_s, options, out)


def compare(pairs: Sequence[tuple[Found, Found]]) -> int:
    """Says what twice the maximum comes to; 1 if that is too little or too late, 2 if there is no verdict."""
    void = [once for once, _ in pairs if not once.is_sustained]
    for once in void:
        say(f"a pair is void: not even {once.offered_per_s:.0f}/s were sustained, so the machine was a slower one")
    pairs = [(once, twice) for once, twice in pairs if once.is_sustained]
    if not pairs:
        say("no verdict: every pair is void; search the maximum anew, or begin with a lower --maximum")
        return 2
    share = median(twice.completed_per_s / once.completed_per_s for once, twice in pairs)
    # Ratios within a pair, as completed is: the speed of a machine changes from one to the next.
    late = {name: median(getattr(twice, name) / getattr(once, name) for once, twice in pairs) for name in LATENCIES}
    say(f"twice the maximum: {share:.0%} of what is completed at the maximum (median of {len(pairs)})")
    say("latencies against the maximum's: " + ", ".join(f"{name} {ratio:.2f}" for name, ratio in late.items()))
    lag_s = median(twice.generator_lag_s_p99 for _, twice in pairs)
    if lag_s > MOST_GENERATOR_LAG_S:
        say(f"no verdict: the generator itself was {lag_s:.2f} s late (p99); give it a processor of its own (taskset)")
        return 2
    return int(share < LEAST_COMPLETED_SHARE or max(late.values()) > MOST_LATENCY_RATIO)


def main() -> int:
    """Searches, then runs the pairs; 1 if twice the maximum does not keep what is promised."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--first", type=float, default=100.0, help="applications a second that every machine can do")
    parser.add_argument("--maximum", type=float, default=0.0, help="what an earlier search has found; none is made")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--home", default="", help="home of the stack")
    parser.add_argument("--keep-json", type=Path, help="where every load test is kept")
    wanted = parser.parse_args()
    options = ["--home", wanted.home] if wanted.home else []
    with TemporaryDirectory() as out:
        maximum = wanted.maximum or search(wanted.first, options, out)
        if not maximum:
            sys.exit(f"not even {wanted.first:g}/s are sustained: begin lower with --first")
        say(f"maximum: {maximum:g}/s")
        pairs = [pair(maximum, options, out) for _ in range(wanted.pairs)]
    if wanted.keep_json:
        kept = {"maximum_per_s": maximum, "pairs": [[asdict(once), asdict(twice)] for once, twice in pairs]}
        wanted.keep_json.write_text(f"{json.dumps({**kept, **manifest('twice.py')}, indent=2)}\n", encoding="utf-8")
    return compare(pairs)


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
