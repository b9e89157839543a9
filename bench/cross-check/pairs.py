"""Pairs of load tests on the stack that is up: ours and the bare client, the same rate, one after the other.

    python bench/cross-check/pairs.py [--rate 150] [--pairs 5] [--home DIR]

Prints both figures of every pair and the medians of their ratios. Exit code 1 if the two do not agree: as many
accepted, accepted a second from the first answer to the last within 1 %, p50 within 15 %, p99 within 30 %.
"""

import argparse
import csv
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

HERE = Path(__file__).resolve().parent
PRESET = HERE / "cross-check.toml"
LENGTH_S, WARM_UP_S = 30.0, 5.0
MOST_PER_S = 300.0
WITHIN = {"accepted": 0.0, "per_s": 0.01, "p50_s": 0.15, "p99_s": 0.30}
"""By how much the median of the ratios may differ from 1."""


def shinsei(*arguments: str) -> Any:
    """Our own command line; its JSON. Whatever does not end well is told in one line, and is no pair."""
    command = [sys.executable, "-m", "shinsei.cli", "loadtest", *arguments, "--json"]
    return json.loads(printed(command))


def printed(command: list[str]) -> str:
    """What a command prints."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    if done.returncode:
        sys.exit(f"no pair: {(done.stderr.strip().splitlines() or ['it was killed'])[-1]}")
    return done.stdout


def ours(options: list[str], rate: str, out: str) -> dict[str, float]:
    """A load test by Shinsei's generator."""
    summary = shinsei("run", str(PRESET), "--rate", rate, "--out", out, "--csv-requests", *options)
    accepted = summary["latency_s"]["accepted"]
    per_s = answered_per_s(Path(out) / summary["run_id"])
    return {"accepted": summary["accepted"], "per_s": per_s, "p50_s": accepted["p50"], "p99_s": accepted["p99"]}


def answered_per_s(folder: Path) -> float:
    """Calls answered a second, from the first answer behind the warm-up to the last."""
    lines = [line for file in folder.glob("requests-*.csv") for line in csv.DictReader(file.read_text().splitlines())]
    warm_s = min(float(line["intended_s"]) for line in lines) + WARM_UP_S
    answers_s = [float(line["done_s"]) for line in lines if float(line["intended_s"]) >= warm_s]
    return (len(answers_s) - 1) / (max(answers_s) - min(answers_s))


def bare(options: list[str], rate: str, out: str) -> dict[str, float]:
    """The same by the bare client."""
    plan = shinsei("plan", str(PRESET), "--rate", rate, "--out", out, *options)["plan"]
    try:
        found = json.loads(printed([sys.executable, str(HERE / "client.py"), plan, str(LENGTH_S), str(WARM_UP_S)]))
    finally:
        shinsei("close", plan, *options)
    return {name: value for name, value in found.items() if name in WITHIN}


def rate(text: str) -> str:
    """A rate at which both generators are far from their own limits."""
    if not 0 < float(text) <= MOST_PER_S:
        raise argparse.ArgumentTypeError(f"{text} is no rate above 0 and up to {MOST_PER_S:g}")
    return text


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the pairs; 1 if they do not agree."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rate", type=rate, default="150", help=f"applications a second, at most {MOST_PER_S:g}")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--home", default="", help="home of the stack")
    wanted = parser.parse_args(arguments)
    options = ["--home", wanted.home] if wanted.home else []
    ratios: dict[str, list[float]] = {name: [] for name in WITHIN}
    with TemporaryDirectory() as out:
        for number in range(wanted.pairs):
            both = [ours, bare] if number % 2 == 0 else [bare, ours]
            found = {one.__name__: one(options, wanted.rate, out) for one in both}
            for name, values in ratios.items():
                values.append(found["ours"][name] / found["bare"][name])
            say(f"pair {number + 1}: ours {shown(found['ours'])}; bare {shown(found['bare'])}")
    apart = {name: median(values) - 1 for name, values in ratios.items()}
    say("medians: " + ", ".join(f"{name} {share:+.1%}" for name, share in apart.items()))
    return int(any(abs(apart[name]) > within for name, within in WITHIN.items()))


def shown(values: dict[str, float]) -> str:
    """Figures of one side."""
    return (
        f"{values['accepted']:.0f} accepted at {values['per_s']:.1f}/s, "
        f"p50 {values['p50_s'] * 1e3:.2f} ms, p99 {values['p99_s'] * 1e3:.2f} ms"
    )


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
