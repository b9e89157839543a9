"""Every shipped load test, one after the other, shortened to fit into half an hour, and one table: ``make load-all``.

Each is what ``shinsei loadtest run PRESET --shorten SHARE`` does, with its own report. What there is no time left for
is told as not run. Ends with 1 if a gate was missed, a result is partial, or something was not run.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SHARES: Mapping[str, float] = {
    "smoke": 1.0,
    "step": 0.5,
    "ramp-to-knee": 0.3,
    "spike": 0.6,
    "nationwide-2020": 0.2,
    "soak": 0.012,
    "office-day": 0.3,
    "deadline-eve": 0.5,
    "batch-window": 0.35,
    "disaster-burst": 0.15,
    "mailing-wave": 0.2,
    "find-max-infra": 1.0,
    "find-max-office": 0.5,
}
"""In the order of running, with the share of its time that each gets: the searches last, one of them whole."""
WITHIN_MIN = 35.0
_LEAST_S = 60.0
"""Time left below which nothing is begun any more."""
_GRACE_S = 60.0
"""What a load test that is told to end may take for its report."""
_COUNTS = ("offered", "accepted", "completed", "dropped", "refused", "failed", "unaccounted", "accepted_not_kept")
_LATENCIES = (("accepted", "p50"), ("accepted", "p99"), ("registered", "p50"), ("registered", "p99"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One load test as it went."""

    preset: str
    share: float
    code: int | None
    """Exit code; None where it was not run."""
    last_line: str
    took_s: float
    summary: Mapping[str, Any]
    """Empty where there is none."""

    @property
    def verdict(self) -> str:
        """What came of it, in a word."""
        if self.code is None:
            return "not run"
        if not self.summary:
            return f"exit code {self.code}"
        if self.summary["partial"]:
            return "partial"
        return "passed" if self.code == 0 else "gates missed"


def figures(run: Run) -> dict[str, Any]:
    """A load test as a line of the table; what it has no figure for is None."""
    found = run.summary
    return {
        "preset": run.preset,
        "share": run.share,
        "verdict": run.verdict,
        **{name: found.get(name) for name in _COUNTS},
        **{f"{name}_{share}_s": found["latency_s"][name][share] if found else None for name, share in _LATENCIES},
        "max_sustained_per_s": found.get("max_sustained_per_s"),
        "took_s": round(run.took_s),
    }


def table(runs: Sequence[Run]) -> str:
    """All of them, in Markdown."""
    rows = [figures(run) for run in runs]
    head = [name.replace("_", " ") for name in rows[0]]
    lines = [head, ["---"] * len(head), *([_shown(value) for value in one.values()] for one in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def notes(runs: Sequence[Run]) -> str:
    """Why something did not pass, and where each report is."""
    told = [f"- {run.preset}: {run.last_line}\n" for run in runs if run.code != 0]
    told += [f"- {run.preset}: results/{run.summary['run_id']}/report.html\n" for run in runs if run.summary]
    return "".join(told)


def run_one(preset: str, share: float, out: Path, options: Sequence[str], left_s: float) -> Run:
    """Runs a load test; one that takes longer than there is time left is told to end, and its result is partial."""
    command = [sys.executable, "-m", "shinsei.cli", "loadtest", "run", preset, "--shorten", f"{share:g}", "--json"]
    command += ["--out", str(out), "--discard", *options]
    started_s = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            printed, told = process.communicate(timeout=left_s)
        except subprocess.TimeoutExpired:
            process.terminate()
            try:
                printed, told = process.communicate(timeout=_GRACE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                printed, told = process.communicate()
    return Run(
        preset=preset,
        share=share,
        code=process.returncode,
        last_line=(told.strip().splitlines() or [""])[-1],
        took_s=time.monotonic() - started_s,
        summary=json.loads(printed) if printed.strip() else {},
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs them and writes the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=SHARES, default=list(SHARES), help="these alone")
    parser.add_argument("--within", type=float, default=WITHIN_MIN, metavar="MINUTES", help="for all of them together")
    parser.add_argument("--out", type=Path, default=Path("results"), help="folder of results")
    parser.add_argument("--home", help="home of the stack")
    parser.add_argument("--processes", default="1", help="workers of the generator")
    asked = parser.parse_args(arguments)
    options = ["--processes", asked.processes, *(("--home", asked.home) if asked.home else ())]
    runs: list[Run] = []
    try:
        run_all([name for name in SHARES if name in asked.only], asked, options, runs)
    except KeyboardInterrupt:
        print("interrupted; what has ended is in the table", flush=True)
        return 130
    finally:
        if runs:
            write(asked.out, runs)
            print(f"\n{table(runs)}\n{notes(runs)}")
    return int(any(run.code != 0 for run in runs))


def run_all(presets: Sequence[str], asked: argparse.Namespace, options: Sequence[str], runs: list[Run]) -> None:
    """One after the other; ``runs`` grows with each that has ended."""
    ends_s = time.monotonic() + asked.within * 60
    for preset in presets:
        left_s = ends_s - time.monotonic()
        if left_s < _LEAST_S:
            runs.append(
                Run(preset=preset, share=SHARES[preset], code=None, last_line="no time left", took_s=0.0, summary={})
            )
            continue
        print(f"{preset}: at most {left_s / 60:.0f} minutes left", flush=True)
        runs.append(run_one(preset, SHARES[preset], asked.out, options, left_s))
        print(f"{preset}: {runs[-1].verdict} after {runs[-1].took_s:.0f} s", flush=True)
        write(asked.out, runs)


def write(out: Path, runs: Sequence[Run]) -> None:
    """What there is so far: an interruption loses nothing that was measured."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "load-all.md").write_text(f"{table(runs)}\n{notes(runs)}", encoding="utf-8")
    rows = json.dumps([figures(run) for run in runs], indent=2)
    (out / "load-all.json").write_text(f"{rows}\n", encoding="utf-8")


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    return f"{value:,}" if isinstance(value, int) else f"{value:.3g}"


if __name__ == "__main__":
    sys.exit(main())
