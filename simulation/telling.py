"""A failed season as text: what is wrong, what was done to whom, and who did what in order around it."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final

from shinsei.runtime.queries import load_queries
from shinsei.testing.simulated.world import Event
from simulation.play import Outcome

BEFORE: Final = 6
BEHIND: Final = 8
"""Steps that are told before and behind something that was done, of anybody."""
LAST: Final = 15
"""Steps that are told before the end."""


def tell(outcome: Outcome) -> str:
    """The story of a failed season."""
    case = outcome.case
    cities = ", ".join(f"{city.spec.municipality} with {city.spec.policy.default}" for city in case.cities)
    lines = [
        f"seed {case.seed}: {outcome.failure}",
        f"  {cities}: {len(case.filings)} applications, {outcome.virtual_s:.1f} virtual seconds",
        *([f"  two processes of {case.second}"] if case.second else []),
        *(f"  done to {one}" for one in case.mischief),
        *_steps(outcome.story),
    ]
    return "\n".join(lines)


def _steps(story: Sequence[Event]) -> Iterator[str]:
    told = sorted(_worth_telling(story))
    last = -1
    for place in told:
        if place != last + 1:
            yield f"        … {place - last - 1} steps"
        event = story[place]
        yield f"{event.at_s:10.4f}  {event.who:14}  {event.what}  {_named(event.more)}".rstrip()
        last = place


def _worth_telling(story: Sequence[Event]) -> set[int]:
    told = set(range(max(0, len(story) - LAST), len(story)))
    for place, event in enumerate(story):
        if event.what.startswith(("dies", "crash", "lost", "stall", "rebalance", "error", "critical", "warning")):
            told |= set(range(max(0, place - BEFORE), min(len(story), place + BEHIND)))
    return told


def _named(more: str) -> str:
    """A statement by its name, anything else by its first words."""
    return _names().get(more) or " ".join(more.split())[:100]


@cache
def _names() -> Mapping[str, str]:
    packages = ("portal_sim", "linkage_server", "app_mgmt", "core_systems", "shinsei.runtime.outbox")
    return {text: name for package in packages for name, text in load_queries(package).items()}
