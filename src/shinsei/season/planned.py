"""A season in virtual time, with no services: the same outcome from the same pure stages."""

from collections.abc import Sequence

from shinsei.domain.plan import VirtualRun, run_all
from shinsei.domain.run import Change
from shinsei.domain.simtime import SimTime
from shinsei.scenario import Scenario
from shinsei.season.books import office_figures, robots_of
from shinsei.season.findings import Findings, findings
from shinsei.season.outcome import SeasonOutcome, TwinOutcome, histories, ledger_of


def planned(runs: Sequence[VirtualRun], end: SimTime, changes: Sequence[Change] = ()) -> SeasonOutcome:
    """The outcome of runs in virtual time that have been advanced to ``end``."""
    twins = tuple(
        TwinOutcome(
            spec=run.spec,
            end=end,
            cases=histories(run.lines(end)),
            office=office_figures(run.report(), end=end, robots=robots_of(run.spec)),
            changes=tuple(changes),
        )
        for run in runs
    )
    spec = runs[0].spec
    return SeasonOutcome(
        run_id=spec.run_id,
        scenario=spec.scenario,
        seed=spec.seed,
        twins=twins,
        ledgers=tuple(ledger_of(twin.cases) for twin in twins),
    )


def plan_season(scenario: Scenario) -> Findings:
    """What the season of a scenario would find, to its fixed end."""
    return found_in(scenario, run_all(scenario.run_specs(f"{scenario.name}-plan")), scenario.end)


def found_in(scenario: Scenario, runs: Sequence[VirtualRun], end: SimTime) -> Findings:
    """What is found in runs of a scenario that have been advanced to ``end``."""
    return findings(
        planned(runs, end),
        procedures=scenario.compared_procedures,
        costs=scenario.costs,
        cutoff=scenario.cutoff,
        answers=scenario.report.answers,
        groups=scenario.groups,
    )
