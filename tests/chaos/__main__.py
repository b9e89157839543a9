"""``make chaos MINUTES=10 SEED=1``: what a stack makes of everything that can go wrong, in an order from a seed.

Exits with 1 if anything was lost, doubled, out of order or otherwise than planned.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.chaos.line import HERE, Line, become_apart
from tests.chaos.report import table
from tests.chaos.suite import Suite, run_suite, tell

from shinsei.runtime.observability import configure_logging
from shinsei.season.results import Results


def main() -> int:
    """Runs the suite; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("results"))
    parser.add_argument("--only", default="", metavar="TEXT", help="nothing but what has this in its name")
    parser.add_argument(HERE, dest="apart", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if not given.apart:
        become_apart(tell)
    line = Line() if given.apart else None
    configure_logging("chaos", "console", "ERROR")
    wanted = Suite(seed=given.seed, minutes=given.minutes, only=given.only)
    with tempfile.TemporaryDirectory(prefix="shinsei-chaos-") as folder:
        summary = asyncio.run(run_suite(Path(folder), Results(given.out), wanted, tell, line))
    sys.stdout.write("".join(f"{line}\n" for line in table(summary)))
    for broken in summary["failed"]:
        sys.stderr.write(f"chaos: {broken}\n")
    return int(bool(summary["failed"]))


if __name__ == "__main__":
    sys.exit(main())
