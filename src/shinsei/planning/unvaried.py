"""Assumptions that a sensitivity analysis leaves as they are, each with the reason, so that none goes missing."""

from shinsei.planning.ranges import NOT_NUMBERS, is_assumption, is_idle, range_of
from shinsei.scenario import Parameter, Scenario
from shinsei.season.text import Text

_LIST = Text("a list of numbers", "数値の並び")
_ZERO = Text("0, and its comment gives no range", "0であり、注釈に範囲がない")
_FITTED = Text("calibrated, and its comment gives no interval", "較正値であり、注釈に区間がない")


def unvaried(scenario: Scenario) -> dict[str, Text]:
    """Why an assumption has no range, by its path; what no season depends on is none."""
    return {
        each.path: _reason(each)
        for each in scenario.parameters
        if is_assumption(each) and not is_idle(scenario, each.path) and range_of(each) is None
    }


def _reason(parameter: Parameter) -> Text:
    if parameter.unit in NOT_NUMBERS:
        return NOT_NUMBERS[parameter.unit]
    if ", " in parameter.value:
        return _LIST
    return _FITTED if float(parameter.value.replace(",", "")) else _ZERO
