"""Scenarios: what is assumed about a city, its season and its office, in TOML, each number with its mark.

``load`` reads and validates a file; a ``Scenario`` gives the runs of its municipalities.
"""

from shinsei.scenario.against import counterpart
from shinsei.scenario.loading import load, locate, parse
from shinsei.scenario.marks import Mark, Parameter
from shinsei.scenario.model import Scenario
from shinsei.scenario.municipalities_section import MunicipalityGroup
from shinsei.scenario.report_section import Answer
from shinsei.scenario.writing import CityRequest, new_scenario

__all__ = [
    "Answer",
    "CityRequest",
    "Mark",
    "MunicipalityGroup",
    "Parameter",
    "Scenario",
    "counterpart",
    "load",
    "locate",
    "new_scenario",
    "parse",
]
