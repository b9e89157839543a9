"""What an overload that lasts does to the memory of the stack that is up, part by part.

usage: python -m bench.overload --maximum R [--times 3] [--shorten SHARE] [--home DIR] [--keep-json FILE]

Offers a multiple of the maximum (``bench/back-pressure/twice.py`` searches it) for ten minutes and looks at the memory
of each part meanwhile. Ends with 1 if nothing was refused, if less than that multiple of what was completed reached the
portal, if an application is unaccounted for, or if a service takes more in the last third of the time than in the
second, by more than ``MOST_GROWTH`` and ``MOST_GROWTH_MIB``.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final, Self, TypeAlias

from bench.usage import pss_mib
from shinsei.season.environment import manifest
from shinsei.stack import Stack
from shinsei.stack.site import SERVICES

PRESET: Final = Path(__file__).resolve().parent / "back-pressure" / "overload.toml"
EVERY_S: Final = 5.0
"""Real time between two looks: reading what a process takes costs it a millisecond or two."""
MOST_GROWTH: Final = 1.1
"""From the second third to the last: what waits is as much in one as in the other."""
MOST_GROWTH_MIB: Final = 10.0
"""Below it a tenth more is an arena of the allocator."""

Look: TypeAlias = Mapping[str, float]
"""MiB by part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """What one part took, in MiB."""

    part: str
    idle: float
    first: float
    second: float
    last: float
    """Medians of the three thirds."""
    most: float

    @classmethod
    def of(cls, part: str, idle: Look, looks: Sequence[Look]) -> Self:
        """From all looks during the overload, in their order."""
        values = [look[part] for look in looks if part in look]
        third = max(1, len(values) // 3)
        first, second, last = (median(values[place : place + third]) for place in (0, third, len(values) - third))
        return cls(part=part, idle=idle[part], first=first, second=second, last=last, most=max(values))

    @property
    def is_bounded(self) -> bool:
        """Whether it has stopped growing."""
        return self.last <= max(self.second * MOST_GROWTH, self.second + MOST_GROWTH_MIB)


def grown(idle: Look, looks: Sequence[Look]) -> list[Grown]:
    """Every part that was there before."""
    return [Grown.of(part, idle, looks) for part in sorted(idle) if any(part in look for look in looks)]


def watch(look: Callable[[], Look], test: "subprocess.Popen[str]") -> tuple[list[Look], str]:
    """Looks until the load test is over; what it has printed."""
    looks = [look()]
    while True:
        try:
            printed, _ = test.communicate(timeout=EVERY_S)
        except subprocess.TimeoutExpired:
            looks.append(look())
        else:
            return looks, printed


def table(rows: Sequence[Grown]) -> str:
    """All parts, in Markdown."""
    head = "| part | idle | first third | second | last | most |\n|---|---|---|---|---|---|\n"
    return head + "".join(
        f"| {row.part} | {row.idle:.0f} MiB | {row.first:.0f} | {row.second:.0f} | {row.last:.0f} | {row.most:.0f} |\n"
        for row in rows
    )


def complaints(rows: Sequence[Grown], summary: Mapping[str, Any], times: float) -> list[str]:
    """What does not hold; what the generator dropped has loaded nobody."""
    found = [
        f"{row.part} goes on growing: {row.second:.0f} to {row.last:.0f} MiB"
        for row in rows
        if row.part in SERVICES and not row.is_bounded
    ]
    if summary["unaccounted"]:
        found.append(f"{summary['unaccounted']} applications are unaccounted for")
    if not summary["refused"]:
        found.append("nothing was refused: this was no overload; offer more with --maximum")
    elif (reached := summary["accepted"] + summary["refused"]) < times * summary["completed"]:
        share = reached / summary["completed"]
        found.append(f"{share:.1f} times of what was completed reached the portal, {times:g} times are wanted")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Offers too much and tells what it takes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--maximum", type=float, required=True, metavar="R", help="applications a second")
    parser.add_argument("--times", type=float, default=3.0, help="of the maximum that are offered")
    parser.add_argument("--shorten", default="1", metavar="SHARE", help="the same in this share of its time")
    parser.add_argument("--processes", type=int, default=2, help="of the generator, which has to make all of it")
    parser.add_argument("--home", type=Path, help="home of the stack")
    parser.add_argument("--keep-json", type=Path, default=Path("bench/results/overload.json"))
    asked = parser.parse_args(arguments)
    stack = Stack.find(asked.home)
    if stack is None:
        sys.exit("no stack is up: shinsei up starts one")

    def look() -> Look:
        return pss_mib({part.name: part.pid for part in stack.status().parts if part.pid is not None})

    idle, rate = look(), asked.maximum * asked.times
    with TemporaryDirectory(prefix="shinsei-overload-") as out:
        command = [sys.executable, "-m", "shinsei.cli", "loadtest", "run", str(PRESET), "--rate", f"{rate:g}"]
        command += ["--shorten", asked.shorten, "--json", "--out", out, "--home", str(stack.home)]
        command += ["--processes", str(asked.processes)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as test:  # noqa: S603 - our own program
            looks, printed = watch(look, test)
    if not printed:
        return 1  # it has said why
    summary, rows = json.loads(printed), grown(idle, looks)
    print(
        f"{rate:g}/s offered for {summary['offered_s']:.0f} s: {summary['offered']:,} applications, "
        f"{summary['accepted']:,} accepted, {summary['refused']:,} refused, {summary['dropped']:,} dropped, "
        f"{summary['completed']:,} completed\n\n{table(rows)}"
    )
    counts = {name: summary[name] for name in ("offered", "accepted", "refused", "dropped", "completed", "unaccounted")}
    result = {"rate_per_s": rate, **counts, "parts": [asdict(row) for row in rows], **manifest("bench.overload")}
    asked.keep_json.write_text(f"{json.dumps(result, indent=2)}\n", encoding="utf-8")
    wrong = complaints(rows, summary, asked.times)
    for line in wrong:
        print(line, file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
