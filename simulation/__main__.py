"""``python -m simulation --seeds 500``: plays seasons, shows how far it is, and tells what failed as briefly as it can.

The figures go to standard output, the progress to standard error.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from rich.console import Console
from rich.progress import track

from simulation.case import case_of
from simulation.figures import Figures, figures_of
from simulation.play import play
from simulation.shrinking import Shrinker
from simulation.telling import tell

CHUNK = 25
"""Seeds that one process plays before it reports."""


def main(arguments: list[str] | None = None) -> int:
    """Plays what was asked for; 1 if a season failed."""
    asked = _parser().parse_args(arguments)
    console = Console(stderr=True)
    seeds = range(asked.first, asked.first + asked.seeds)
    chunks = [seeds[place : place + CHUNK] for place in range(0, len(seeds), CHUNK)]
    total = Figures()
    for found in track(_played(chunks, asked.jobs), "seasons", total=len(chunks), console=console):
        total = total + found
        for seed in found.failed:
            console.print(f"seed {seed} fails", style="red", highlight=False)
    print("\n".join(total.lines()))
    if asked.out:
        asked.out.write_text(json.dumps(total.as_json(first=asked.first), indent=2) + "\n", encoding="utf-8")
    for seed in total.failed[: asked.stories]:
        print()
        print(tell(Shrinker().shrink(play(case_of(seed)))))
    return 1 if total.failed else 0


def _played(chunks: list[range], jobs: int) -> Iterator[Figures]:
    if jobs == 1:
        yield from map(figures_of, chunks)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(figures_of, chunks)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulation", description=__doc__)
    parser.add_argument("--seeds", type=_count, default=500, help="how many seasons")
    parser.add_argument("--from", dest="first", type=int, default=0, help="first seed")
    parser.add_argument("--jobs", type=_count, default=1, help="processes beside each other")
    parser.add_argument("--stories", type=int, default=3, help="failed seasons that are told")
    parser.add_argument("--out", type=Path, help="file for the figures, as JSON")
    return parser


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return count


if __name__ == "__main__":
    sys.exit(main())
