"""What a plan adds to a season that runs live: means over many seasons, and when the recommendation would change.

The season knows only these texts; who works them out, in virtual time beside it, is given to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from shinsei.domain.linkage_method import LinkageMethod
from shinsei.scenario import Scenario
from shinsei.season.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """The same season on other seeds, and under other assumptions."""

    replications: int
    methods: tuple[LinkageMethod, ...]
    means: Mapping[str, tuple[Text, ...]]
    """Mean and half-width of the 95 % interval by the key of a figure, in the order of the methods."""
    agreement: Text
    """In how many seasons the recommendation is the same; may be empty."""
    conditions: tuple[Text, ...]
    """When the recommendation would change; empty if nothing tried changes it."""
    tried: Text
    """How many assumptions were tried, and by what rule; may be empty."""


class Forecast(Protocol):
    """Works out an outlook while a season runs."""

    def start(self, scenario: Scenario) -> None:
        """Begins, and returns at once."""

    async def result(self) -> Outlook | None:
        """Waits for it; None if there is none to be had."""

    def stop(self) -> None:
        """Gives up."""


def outlook_content(outlook: Outlook | None) -> dict[str, Any] | None:
    """The outlook for ``summary.json``."""
    if outlook is None:
        return None
    methods = [str(method) for method in outlook.methods]
    return {
        "replications": outlook.replications,
        "means": {
            key: dict(zip(methods, (cell.en for cell in cells), strict=True)) for key, cells in outlook.means.items()
        },
        "agreement": outlook.agreement.en,
        "conditions": [{"en": one.en, "ja": one.ja} for one in outlook.conditions],
        "tried": outlook.tried.en,
    }
