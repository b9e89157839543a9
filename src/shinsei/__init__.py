"""Shinsei: the online-application flow of Japanese municipalities, simulated on real parts.

From Python, without any service: ``from shinsei import plan, Scenario`` (see ``docs/planning.md``).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from shinsei import kernel

if TYPE_CHECKING:
    from shinsei.planning.api import plan
    from shinsei.planning.study import Study
    from shinsei.scenario import Scenario, load

__all__ = ["Scenario", "Study", "load", "plan"]

kernel.choose()

_HOMES = {
    "Scenario": "shinsei.scenario",
    "Study": "shinsei.planning",
    "load": "shinsei.scenario",
    "plan": "shinsei.planning.api",
}
"""Imported when asked for: a service that imports the library needs none of it."""


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'shinsei' has no attribute {name!r}")
