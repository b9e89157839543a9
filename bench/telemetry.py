"""What telemetry costs of throughput: seasons flat out on two kinds of stack in turn, in one run.

usage: python -m bench.telemetry [--rounds N] [--scenario NAME] [--methods LIST] [--keep-json FILE] [--most PERCENT]

With it: everything of ``shinsei up`` (metrics, Prometheus, the derived views by Faust, the room with an open page) and
spans of one case in a hundred, sent to a collector. Without it: the four services, which count nothing
(``…_TELEMETRY=false``), and no other part. Each season runs on a stack of its own, after a warm-up, in rounds of
four: with, without, without, with. Ends with 1 if more than ``--most`` per cent is lost by the means of all
seasons; what the single rounds say shows how sure that is.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import comb
from pathlib import Path
from statistics import fmean, median
from tempfile import TemporaryDirectory
from typing import Any, Final

import psutil

from bench.standing import end_in_order
from shinsei.season.environment import manifest
from shinsei.stack import Stack, ensure, stop
from shinsei.stack.site import SERVICES
from shinsei.testing.collector import running_collector

SPANS: Final = 0.01
"""Share of the cases that is traced."""
CONFIDENCE: Final = 0.95
"""Of the interval of the median, where there are pairs enough for it."""
ORDER: Final = (True, False, False, True)
"""Of a round. A season finds a slower or a faster machine by when it runs: by turns, or more and more; here either kind
has had as much of both."""
WARM_UP: Final = ("smoke", "--methods", "RPA")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One season."""

    with_telemetry: bool
    completed_per_s: float
    wall_s: float
    cpu_s: Mapping[str, float]
    """Of a processor, by part of the stack, over the season."""

    @property
    def total_cpu_s(self) -> float:
        """Of all parts."""
        return sum(self.cpu_s.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """The seasons of either kind."""

    on: Sequence[Measured]
    off: Sequence[Measured]

    @property
    def lost_percent(self) -> float:
        """By how many per cent throughput is lower with telemetry."""
        return 100 * (1 - completed_per_s(self.on) / completed_per_s(self.off))


def completed_per_s(seasons: Sequence[Measured]) -> float:
    """In their mean."""
    return fmean(season.completed_per_s for season in seasons)


def cpu_s(seasons: Sequence[Measured]) -> float:
    """Seconds of a processor that one of them takes in the mean."""
    return fmean(season.total_cpu_s for season in seasons)


@contextlib.contextmanager
def stack_of(home: Path, *, with_telemetry: bool, collector: str) -> Iterator[Stack]:
    """A stack of one kind."""
    wanted: dict[str, str] = {}
    for service in SERVICES:
        wanted[f"{service.upper()}_TELEMETRY"] = str(with_telemetry).lower()
        wanted[f"{service.upper()}_TRACES_TO"] = collector if with_telemetry else ""
        wanted[f"{service.upper()}_TRACES_SHARE"] = str(SPANS)
    os.environ.update(wanted)  # noqa: TID251 - the services that are started read it
    started, _ = ensure(home, ports="free", only=None if with_telemetry else SERVICES)
    try:
        with an_open_page(started) if with_telemetry else contextlib.nullcontext():
            yield started
    finally:
        stop(home)


@contextlib.contextmanager
def an_open_page(stack: Stack) -> Iterator[None]:
    """Somebody who looks at the operations room all the time."""
    page = urllib.request.urlopen(f"{stack.addresses.room}events")  # noqa: S310 - loopback

    def read() -> None:
        with contextlib.suppress(OSError, ValueError):
            while page.readline():
                pass

    threading.Thread(target=read, daemon=True).start()
    yield


def cpu_by_part(stack: Stack) -> dict[str, float]:
    """Seconds of a processor that each part has taken so far, with its children."""
    found = {}
    for part in stack.status().parts:
        with contextlib.suppress(psutil.NoSuchProcess):
            family = [] if part.pid is None else [psutil.Process(part.pid)]
            family += [child for one in family for child in one.children(recursive=True)]
            found[part.name] = sum(sum(one.cpu_times()[:2]) for one in family)
    return found


def season(stack: Stack, out: Path, *arguments: str) -> dict[str, Any]:
    """Runs a season on the stack; its summary."""
    command = [sys.executable, "-m", "shinsei.cli", "season", *arguments, "--json", "--discard"]
    command += ["--out", str(out), "--home", str(stack.home)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def measure(asked: argparse.Namespace, collector: str, *, with_telemetry: bool) -> Measured:
    """One season on a stack of its own."""
    with TemporaryDirectory(prefix="shinsei-telemetry-") as folder:
        home, out = Path(folder) / "home", Path(folder) / "results"
        with stack_of(home, with_telemetry=with_telemetry, collector=collector) as stack:
            season(stack, out, *WARM_UP)
            before = cpu_by_part(stack)
            summary = season(stack, out, asked.scenario, *(("--methods", asked.methods) if asked.methods else ()))
            after = cpu_by_part(stack)
        return Measured(
            with_telemetry=with_telemetry,
            completed_per_s=summary["real"]["completed_per_s"],
            wall_s=summary["wall_s"],
            cpu_s={name: round(after[name] - before.get(name, 0.0), 2) for name in after},
        )


def median_interval(values: Sequence[float]) -> tuple[float, float, float]:
    """An interval of the median by the sign test, and its confidence: nothing is assumed of how the values spread.

    The narrowest between two of the values, as many from below as from above, that has the confidence; where there are
    too few values for it (fewer than six), their range with the confidence that it has.
    """
    ordered, n, cut = sorted(values), len(values), 0
    while 2 * (cut + 2) <= n and _confidence(n, cut + 1) >= CONFIDENCE:
        cut += 1
    return ordered[cut], ordered[n - 1 - cut], _confidence(n, cut)


def _confidence(n: int, cut: int) -> float:
    """That the median is between the values that remain if so many are cut off at each end."""
    return 1 - 2 * sum(comb(n, below) for below in range(cut + 1)) * 0.5**n


def lost_by_means(rounds: Sequence[Round]) -> float:
    """By how many per cent throughput is lower with telemetry, in the mean of all seasons."""
    on, off = (
        fmean(map(completed_per_s, those)) for those in ([one.on for one in rounds], [one.off for one in rounds])
    )
    return 100 * (1 - on / off)


def result(asked: argparse.Namespace, rounds: Sequence[Round]) -> dict[str, Any]:
    """What is kept."""
    lost = [one.lost_percent for one in rounds]
    low, high, confidence = median_interval(lost)
    return {
        "scenario": asked.scenario,
        "methods": asked.methods,
        "most_percent": asked.most,
        "lost_percent": lost_by_means(rounds),
        "lost_percent_median": median(lost),
        "lost_percent_range": [min(lost), max(lost)],
        "lost_percent_interval": {"low": low, "high": high, "confidence": confidence},
        "rounds": [
            {"with": [asdict(season) for season in one.on], "without": [asdict(season) for season in one.off]}
            for one in rounds
        ],
        **manifest("bench.telemetry"),
    }


def table(rounds: Sequence[Round]) -> str:
    """All rounds, in Markdown."""
    rows = [
        f"| {n} | {completed_per_s(one.on):.0f}/s | {completed_per_s(one.off):.0f}/s | {one.lost_percent:.1f} % "
        f"| {cpu_s(one.on):.1f} s | {cpu_s(one.off):.1f} s |\n"
        for n, one in enumerate(rounds, start=1)
    ]
    head = "| round | with | without | lost | processor, with | without |\n|---|---|---|---|---|---|\n"
    return head + "".join(rows)


def told(kept: Mapping[str, Any]) -> str:
    """What is lost, and the median of the rounds with its spread, in a line."""
    (least, most), interval = kept["lost_percent_range"], kept["lost_percent_interval"]
    return (
        f"lost by the means of all seasons: {kept['lost_percent']:.1f} % (rounds: {least:.1f} to {most:.1f}, median "
        f"{kept['lost_percent_median']:.1f}; by the sign test: {interval['low']:.1f} to {interval['high']:.1f} with "
        f"{interval['confidence']:.0%} confidence)"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the rounds and prints what is lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=4, help="of two seasons of either kind (default 4)")
    parser.add_argument("--scenario", default="child-allowance-status-report")
    parser.add_argument("--methods", default="", help="as shinsei season has it; all of the scenario's without it")
    parser.add_argument("--keep-json", type=Path, default=Path("bench/results/telemetry.json"))
    parser.add_argument("--most", type=float, default=5.0, metavar="PERCENT", help="that may be lost")
    asked = parser.parse_args(arguments)
    end_in_order()
    rounds: list[Round] = []
    with running_collector() as collector:
        for n in range(asked.rounds):
            found = [measure(asked, collector.address, with_telemetry=kind) for kind in ORDER]
            on, off = ([one for one in found if one.with_telemetry is kind] for kind in (True, False))
            rounds.append(Round(on=on, off=off))
            print(f"round {n + 1}: {rounds[-1].lost_percent:.1f} % lost", flush=True)
    kept = result(asked, rounds)
    print(f"\n{table(rounds)}\n{told(kept)}")
    asked.keep_json.write_text(f"{json.dumps(kept, indent=2)}\n", encoding="utf-8")
    return int(kept["lost_percent"] > asked.most)


if __name__ == "__main__":
    sys.exit(main())
