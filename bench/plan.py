"""The same work in Shinsei, SimPy and Ciw, in one run: ``make bench-plan``.

Ratios are taken within one repeat, in which the simulators take turns: what else the machine does then hits all of
them. Times are of the processor, not of the clock on the wall, but where it says so. Where the kernel is compiled
(``make kernel``), the sources as they stand do the same work beside it, in a process of their own.
"""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from bench import in_ciw, in_shinsei, in_simpy, seasons
from bench.answers import Answer, furthest_apart
from bench.timing import pure_python, timed
from bench.work import Work, a_queue, an_office
from shinsei.kernel import COMPILED, kernel

TOLERANCE = 0.01
"""How far apart the answers may lie."""
RESULTS = Path(__file__).parent / "results" / "plan.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one kind of work took, by simulator and repeat."""

    cases: int
    seconds: Mapping[str, Sequence[float]]
    answers: Mapping[str, Answer]
    apart: float

    @property
    def rates(self) -> dict[str, list[float]]:
        """Cases a second."""
        return {name: [self.cases / each for each in seconds] for name, seconds in self.seconds.items()}

    @property
    def ratios(self) -> dict[str, list[float]]:
        """How many times as fast Shinsei is as another."""
        own, *others = self.seconds
        return {
            name: [theirs / ours for theirs, ours in zip(self.seconds[name], self.seconds[own], strict=True)]
            for name in others
        }


Simulator = Callable[[Work], tuple[Answer, float]]
"""The answer, and the seconds that it took."""
QUEUE: Mapping[str, Simulator] = {
    "Shinsei": partial(timed, in_shinsei.queue),
    "SimPy": partial(timed, in_simpy.queue),
    "Ciw": partial(timed, in_ciw.queue),
}
OFFICE: Mapping[str, Simulator] = {
    "Shinsei": partial(timed, in_shinsei.office),
    "SimPy": partial(timed, in_simpy.office),
    "Ciw": partial(timed, in_ciw.office),
}
PURE = "Shinsei, pure"


def compare(work: Work, simulators: Mapping[str, Simulator], repeats: int) -> Found:
    """Lets every simulator do the work, in turns."""
    seconds: dict[str, list[float]] = {name: [] for name in simulators}
    answers: dict[str, Answer] = {}
    for _ in range(repeats):
        for name, simulate in simulators.items():
            answers[name], took = simulate(work)
            seconds[name].append(took)
    apart = furthest_apart(list(answers.values()))
    return Found(cases=len(work.moments), seconds=seconds, answers=answers, apart=apart)


def told(name: str, found: Found) -> list[str]:
    """The finding for people."""
    lines = [f"{name}: {found.cases:,} cases, answers {found.apart:.2%} apart"]
    for simulator, rates in found.rates.items():
        ratios = found.ratios.get(simulator)
        ratio = f"   Shinsei is {median(ratios):.2f} times as fast ({_range(ratios, '.2f')})" if ratios else ""
        lines.append(f"  {simulator:<13}{median(rates):>9,.0f} cases/s ({_range(rates, ',.0f')}){ratio}")
    return lines


def _range(values: Sequence[float], form: str) -> str:
    return f"{min(values):{form}} to {max(values):{form}}"


def _beside(pure: Simulator) -> dict[str, Simulator]:
    """The sources as they stand, where it is not they that run here anyway."""
    return {PURE: pure} if kernel() == COMPILED else {}


def _environment() -> dict[str, Any]:
    machine = {"python": platform.python_version(), "machine": platform.machine(), "cores": os.cpu_count()}
    return {**machine, "kernel": kernel(), **{name: version(name) for name in ("shinsei", "simpy", "ciw")}}


def main(arguments: Sequence[str]) -> int:
    """Measures, prints, and keeps what it found; 1 where the answers do not agree."""
    parser = argparse.ArgumentParser(prog="python -m bench.plan", description=__doc__.splitlines()[0])
    parser.add_argument("--queue-cases", type=int, default=20_000)
    parser.add_argument("--office-cases", type=int, default=5_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--replications", type=int, default=50, help="seasons of the demonstration; 0 leaves them out")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path, default=RESULTS)
    wanted = parser.parse_args(arguments)
    print(f"kernel: {kernel()}")
    with pure_python() as pure:
        queue = {**QUEUE, **_beside(partial(pure, timed, in_shinsei.queue))}
        office = {**OFFICE, **_beside(partial(pure, timed, in_shinsei.office))}
        kinds = {
            "M/M/10": compare(a_queue(wanted.queue_cases), queue, wanted.repeats),
            "Office, method 1": compare(an_office(wanted.office_cases), office, wanted.repeats),
        }
        for name, found in kinds.items():
            print("\n".join(told(name, found)), flush=True)
        measured = seasons.large_city()
        if kernel() == COMPILED:
            measured |= {f"{name}_in_pure_python": value for name, value in pure(seasons.large_city).items()}
    if wanted.replications:
        measured |= seasons.replications(wanted.replications, wanted.jobs)
    for name, value in measured.items():
        print(f"{name.replace('_', ' ')}: {value:,.1f}")
    kept = {name: {**asdict(found), "ratios": found.ratios} for name, found in kinds.items()}
    text = json.dumps({"environment": _environment(), "kinds": kept, "seasons": measured}, indent=1)
    wanted.out.write_text(text + "\n", encoding="utf-8")
    return int(any(found.apart > TOLERANCE for found in kinds.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
