"""What is shipped, and what it answers."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from shinsei.domain.simtime import DAY_MS
from shinsei.scenario import Scenario, load
from shinsei.scenario.marks import read_marks
from shinsei.season.against import against
from shinsei.season.planned import plan_season
from shinsei.season.verdict import verdict
from writers.markdown import DEMO, DOCS, table

SHIPPED = [load(file) for file in sorted(DEMO.parent.glob("*.toml"))]
_ANSWER = re.compile(r"- \*\*`[a-z0-9-]+`\*\* ")


def scenarios() -> Iterator[str]:
    """What is shipped: the question of each scenario, its size, and how its own numbers are marked."""
    heads = ("scenario", "question", "people", "filers", "online, all twins", "days", "its own numbers, by mark")
    yield from table(heads, [_scenario(scenario) for scenario in SHIPPED])


def _scenario(scenario: Scenario) -> tuple[str, ...]:
    own = read_marks(scenario.text).values()
    marks = Counter(mark.mark.split()[0].rstrip(",") for mark in own)
    filers, online = scenario.filers()
    return (
        f"[`{scenario.name}`](../scenarios/{scenario.path.name})",
        scenario.report.question,
        f"{scenario.file.municipality.population:,}",
        f"{filers:,}",
        f"{online * max(1, len(scenario.methods)):,}",
        f"{(scenario.end - scenario.start) // DAY_MS:,}",
        ", ".join(f"{mark} {count}" for mark, count in sorted(marks.items())),
    )


def answers(named: Sequence[str] = ()) -> Iterator[str]:
    """The answer of each season with twins, with the seed of its file; where some are named, the others stay."""
    told = (DOCS / "scenarios.md").read_text(encoding="utf-8").split("\n")
    kept = {line.split("`")[1]: line for line in told if _ANSWER.match(line)} if named else {}
    for scenario in SHIPPED:
        if not (scenario.methods or scenario.file.municipalities) or scenario.name == "smoke":
            continue
        if scenario.name in kept and scenario.name not in named:
            yield kept[scenario.name]
        else:
            yield f"- **`{scenario.name}`** {verdict(plan_season(scenario), against(scenario, plan_season)).en}"
