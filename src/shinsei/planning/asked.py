"""What a scenario asks beside the choice of a method, answered as its season answers it (``[report] answers``)."""

from collections.abc import Sequence

from shinsei.domain.plan import VirtualRun
from shinsei.domain.simtime import SimTime
from shinsei.scenario import Scenario
from shinsei.season.against import against
from shinsei.season.planned import found_in, plan_season
from shinsei.season.text import Text
from shinsei.season.verdict import asked_parts


def asked_in(scenario: Scenario, runs: Sequence[VirtualRun], end: SimTime) -> Text | None:
    """The season's own words, with the seed that they rest on; None where nothing more is asked.

    Args:
        scenario: with the seed of the season.
        runs: every run of that season, advanced to ``end``.
        end: of the season.
    """
    if not (scenario.report.answers or scenario.groups):
        return None
    parts = asked_parts(found_in(scenario, runs, end), against(scenario, plan_season))
    if not parts:
        return None
    return Text(
        f"In the season of seed {scenario.seed}: {'; '.join(part.en for part in parts)}.",
        f"シード{scenario.seed}のシーズンでは、{'。'.join(part.ja for part in parts)}。",
    )
