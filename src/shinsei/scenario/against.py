"""The counterpart of a scenario: the same season without what it asks about, for the answer to say what that does."""

from dataclasses import replace

from shinsei.scenario.loading import beside, load, parse
from shinsei.scenario.model import Scenario


def counterpart(scenario: Scenario) -> Scenario | None:
    """What the scenario is held against: another one, or itself with other values; None where it names neither.

    What was set, seed and twins are those of the scenario itself.

    Raises:
        InvalidInputError: it names a scenario that is not there, or a value that cannot be set.
    """
    wanted = scenario.report.against
    if wanted is None:
        return None
    overrides = (*scenario.overrides, *wanted.set)
    if wanted.scenario:
        other = load(beside(scenario.path, wanted.scenario), overrides)
    else:
        other = replace(
            parse(scenario.whole or scenario.text, scenario.path, overrides), name=f"{scenario.name}-against"
        )
    other = other.with_seed(scenario.seed)
    return other.with_methods(scenario.methods) if scenario.methods else other
