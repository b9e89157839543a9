"""Tables of the model: states, priorities, numbers, procedures."""

from collections.abc import Iterator
from pathlib import Path

from shinsei.domain.catalogue import PROCEDURES
from shinsei.domain.lifecycle import TRANSITIONS
from shinsei.domain.linkage.activity import ACTIVITIES
from shinsei.scenario import load, parse
from shinsei.scenario.writing import template_text
from writers.markdown import DEMO, table


def lifecycle() -> Iterator[str]:
    """The transition table as a Mermaid state diagram."""
    yield "```mermaid"
    yield "stateDiagram-v2"
    for status, row in TRANSITIONS.items():
        source = status or "[*]"
        for action, target in row.items():
            yield f"    {source} --> {target}: {action}"
        if not row:
            yield f"    {source} --> [*]"
    yield "```"


def priorities() -> Iterator[str]:
    """What the clerks do first, from the table of activities."""
    rows = [
        (str(rule.level), f"`{activity}`", "yes" if rule.needs_seat else "no") for activity, rule in ACTIVITIES.items()
    ]
    return table(("level", "activity", "takes a login seat"), rows)


def parameters() -> Iterator[str]:
    """Every number of the demonstration with its unit, mark and source."""
    rows = [(f"`{item.path}`", item.value, item.unit, item.mark, item.source) for item in load(DEMO).parameters]
    return table(("parameter", "value", "unit", "mark", "source"), rows)


def advice() -> Iterator[str]:
    """What advice takes where a scenario says nothing."""
    shown = parse(template_text(), Path("template.toml")).parameters
    rows = [
        (f"`{item.path}`", item.value, item.unit, item.mark, item.source)
        for item in shown
        if item.path.startswith("advice.")
    ]
    return table(("parameter", "value", "unit", "mark", "source"), rows)


def procedures() -> Iterator[str]:
    """The catalogue: what is filed, where it goes, and how often."""
    rows = [
        (
            str(item.number),
            f"`{item.key}`",
            item.short_ja,
            item.core_system,
            item.signature,
            item.season.key,
            f"{item.volume_per_100k:g}",
            item.volume_mark,
        )
        for item in PROCEDURES
    ]
    heads = ("#", "key", "手続", "core system", "signature", "season", "per 100,000 people and year", "mark")
    return table(heads, rows)
