"""How long one waits before anything happens: the stack, the command line and, if asked for, the fast tests.

usage: python -m bench.startup [--rounds 5] [--tests] [--keep-json FILE]

The stack is one of its own, fresh each time, on free ports; from the command until an application has been accepted.
Prints each round and keeps the medians, in real seconds.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.keeping import RESULTS
from bench.standing import end_in_order
from shinsei.runtime.clock import RealClock
from shinsei.season.environment import manifest

PROCEDURE = "child_allowance_claim"
COMMAND_LINE = (sys.executable, "-m", "shinsei.cli")
CHECKOUT = Path(__file__).resolve().parent.parent


def took_s(*commands: Sequence[str]) -> float:
    """Real seconds of these commands, one after the other.

    Raises:
        subprocess.CalledProcessError: one failed; its words have been shown.
    """
    clock = RealClock()
    began_s = clock.monotonic_s()
    for command in commands:
        subprocess.run(command, stdout=subprocess.DEVNULL, cwd=CHECKOUT, check=True)  # noqa: S603 - our own program
    return clock.monotonic_s() - began_s


def up_s() -> float:
    """From ``shinsei up`` to the first application that has been accepted."""
    with TemporaryDirectory(prefix="shinsei-startup-") as folder:
        home = ("--home", f"{folder}/home")
        try:
            start = (*COMMAND_LINE, "up", "--ports", "free", *home)
            return took_s(start, (*COMMAND_LINE, "submit", "--procedure", PROCEDURE, *home))
        finally:
            took_s((*COMMAND_LINE, "down", *home))


def import_s() -> float:
    """A Python that imports the command line, less one that imports nothing."""
    return took_s((sys.executable, "-c", "import shinsei.cli.__main__")) - took_s((sys.executable, "-c", ""))


def test_fast_s() -> float:
    """The fast tests; our own ARGS, which make hands on, are not theirs."""
    return took_s(("make", "test-fast", "ARGS="))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures, prints and keeps."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tests", action="store_true", help="make test-fast too, once")
    parser.add_argument("--keep-json", type=Path, default=RESULTS / "startup.json")
    asked = parser.parse_args(arguments)
    end_in_order()
    try:
        found = rounds(asked.rounds)
        if asked.tests:
            found["test_fast_s"] = [test_fast_s()]
        elif asked.keep_json.is_file():
            # It takes minutes, so it is not measured each time.
            earlier = json.loads(asked.keep_json.read_text(encoding="utf-8"))["rounds"]
            found |= {name: values for name, values in earlier.items() if name not in found}
    except subprocess.CalledProcessError as error:
        command = " ".join(error.cmd).removeprefix(f"{sys.executable} -m ")
        print(f"bench.startup: this failed: {command}", file=sys.stderr)
        return 1
    medians = {name: round(median(values), 3) for name, values in found.items()}
    print(f"medians: {told(medians)}")
    result = {**medians, "rounds": found, "environment": manifest("bench.startup")}
    asked.keep_json.write_text(f"{json.dumps(result, indent=1)}\n", encoding="utf-8")
    return 0


def rounds(count: int) -> dict[str, list[float]]:
    """Seconds of each wait, round by round."""
    found: dict[str, list[float]] = {"up_s": [], "import_s": []}
    for number in range(count):
        found["up_s"].append(up_s())
        found["import_s"].append(import_s())
        print(f"round {number + 1}: {told({name: values[-1] for name, values in found.items()})}", flush=True)
    return found


def told(values: Mapping[str, float]) -> str:
    """In a line."""
    return ", ".join(f"{name.removesuffix('_s').replace('_', ' ')} {value:.2f} s" for name, value in values.items())


if __name__ == "__main__":
    sys.exit(main())
