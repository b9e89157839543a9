"""What chaos found: one table for people, one summary for programs."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from tests.chaos.checks import Verdict
from tests.chaos.round import Done, Round

NOTHING = ("lost", "doubled", "out_of_order", "trace_differences", "late_in_seasons", "dead_letters_unexplained")
"""Figures of a summary that must be 0, beside the ledgers and what was refused."""

LEAST_FAULTS = ((120, 200), (10, 20))
"""(minutes, faults): a suite of so many minutes or more has to have done as much a minute."""

_FIGURES = {
    "faults": "faults",
    "applications": "applications",
    "lost": "lost",
    "doubled": "doubled",
    "late": "late",
    "out_of_order": "out of order",
    "trace_differences": "trace differences",
    "dead_letters_unexplained": "unexplained dead letters",
}


def summarise(rounds: Sequence[Round], seed: int, minutes: float, wall_s: float) -> dict[str, Any]:
    """Everything, by name."""
    season = sum((one.season for one in rounds), Verdict())
    load = sum((one.load for one in rounds), Verdict())
    both = season + load
    summary: dict[str, Any] = {
        "kind": "chaos",
        "scenario": "chaos",
        "seed": seed,
        "minutes": minutes,
        "wall_s": round(wall_s, 1),
        "rounds": len(rounds),
        "faults": sum(len(one.done) for one in rounds),
        "applications": both.applications,
        "applications_in_seasons": season.applications,
        "lost": both.lost,
        "doubled": both.doubled,
        "out_of_order": both.out_of_order,
        "late": both.late,
        "late_in_seasons": season.late,
        "trace_differences": both.trace_differences,
        "unaccounted_meanwhile": sum(one.unaccounted for one in rounds),
        "dead_letters_unexplained": sum(one.letters for one in rounds),
        "rounds_beside_their_season": sum(one.missed_season for one in rounds),
        "refused": sorted({text for one in rounds for text in one.refused}),
        "partial": any(one.partial for one in rounds),
        "recovery_s": {name: _recovery(done) for name, done in sorted(_by_fault(rounds).items())},
    }
    summary["problems"] = [one.problem for one in rounds if one.problem]
    summary["failed"] = failures(summary)
    return summary


def failures(summary: dict[str, Any]) -> list[str]:
    """Which promises were broken; none is what is wanted."""
    broken = [f"{name} {summary[name]}" for name in (*NOTHING, "unaccounted_meanwhile") if summary[name]]
    broken += [f"refused: {text}" for text in summary["refused"]]
    broken += summary["problems"]
    broken += ["a season ended early"] if summary["partial"] else []
    beside = summary["rounds_beside_their_season"]
    broken += [f"no fault struck the season in {beside} of the rounds"] if beside else []
    # A flag that nothing met has shown nothing.
    broken += [f"{name} struck nothing" for name, row in summary["recovery_s"].items() if row["struck"] == 0]
    wanted = next((least * summary["minutes"] / of for of, least in LEAST_FAULTS if summary["minutes"] >= of), 0.0)
    if summary["faults"] < wanted:
        broken.append(f"{summary['faults']} faults in {summary['minutes']:g} minutes, {wanted:g} are wanted")
    return broken + ([] if summary["faults"] and summary["applications"] else ["nothing was tried"])


def _by_fault(rounds: Sequence[Round]) -> dict[str, list[Done]]:
    found: defaultdict[str, list[Done]] = defaultdict(list)
    for one in rounds:
        for done in one.done:
            found[done.name].append(done)
    return found


def _recovery(done: Sequence[Done]) -> dict[str, Any]:
    took = [one.recovery_s for one in done]
    struck = [one.struck for one in done if one.struck is not None]
    return {
        "times": len(done),
        "struck": sum(struck) if struck else None,
        "median": round(median(took), 1),
        "most": round(max(took), 1),
    }


def table(summary: dict[str, Any]) -> Iterator[str]:
    """The table as Markdown: first the whole, then a row a fault."""
    yield "| " + " | ".join(_FIGURES.values()) + " |"
    yield "|" + "---|" * len(_FIGURES)
    yield "| " + " | ".join(f"{summary[name]:,}" for name in _FIGURES) + " |"
    yield ""
    yield "| fault | times | flags struck, packets lost | recovered in, median | at most |"
    yield "|---|---|---|---|---|"
    for name, row in summary["recovery_s"].items():
        struck = "" if row["struck"] is None else f"{row['struck']:,}"
        yield f"| {name} | {row['times']} | {struck} | {row['median']:.1f} s | {row['most']:.1f} s |"
