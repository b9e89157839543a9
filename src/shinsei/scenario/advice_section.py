"""The table of what only advice on linkage methods (付録2) needs to know; what it leaves out is as in the template."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

from pydantic import Field, model_validator

from shinsei.domain.advice import AdviceSpec, next_budget
from shinsei.domain.catalogue import CoreSystem
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.simtime import DAY_MS, HOUR_MS
from shinsei.scenario.quantities import Amount, Day, DurationMs, PositiveDurationMs, ProcedureNumber, Section


class LeadTimeSection(Section):
    """From the order to the first case, by method."""

    rpa: DurationMs
    screen_import: DurationMs
    batch_import: DurationMs
    standard_api: DurationMs

    def days(self) -> dict[LinkageMethod, float]:
        """Days by method."""
        return {LinkageMethod(name.upper()): lead / DAY_MS for name, lead in self.model_dump().items()}


class AdviceSection(Section):
    """What advice is about: dates, periods, volumes."""

    decided_on: Day | None = None
    """Day of the decision; the run's first day if not given."""
    budget_from: Day | None = None
    """Day from which money of the next budget may be spent; the fiscal year after the decision if not given."""
    standard_system_from: Day | None = None
    """Day of the migration to the standard system, if it is known."""
    lead_time: LeadTimeSection
    screen_changes_per_year: Amount
    urgent_within: DurationMs
    standard_period: dict[CoreSystem, PositiveDurationMs]
    standard_period_by_procedure: dict[ProcedureNumber, PositiveDurationMs] = Field(default_factory=dict)
    volumes: dict[ProcedureNumber, Amount] = Field(default_factory=dict)
    """Online cases a year, instead of what the demand says."""

    @model_validator(mode="before")
    @classmethod
    def _over_the_template(cls, given: object) -> object:
        return _over(_template(), given) if isinstance(given, Mapping) else given

    def spec(self, first_day: date) -> AdviceSpec:
        """The domain's value; ``first_day`` is the run's."""
        decided_on = self.decided_on or first_day
        return AdviceSpec(
            decided_on=decided_on,
            budget_from=self.budget_from or next_budget(decided_on),
            standard_system_from=self.standard_system_from,
            lead_days=self.lead_time.days(),
            screen_changes_per_year=self.screen_changes_per_year,
            urgent_within_h=self.urgent_within / HOUR_MS,
            standard_days={system: period / DAY_MS for system, period in self.standard_period.items()},
            standard_days_of={number: period / DAY_MS for number, period in self.standard_period_by_procedure.items()},
        )


def _over(base: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Tables key by key."""
    inner = {
        key: _over(base[key], value)
        for key, value in given.items()
        if isinstance(value, Mapping) and isinstance(base.get(key), Mapping)
    }
    return {**base, **given, **inner}


@lru_cache(maxsize=1)
def _template() -> Mapping[str, Any]:
    text = files("shinsei.scenario").joinpath("template.toml").read_text(encoding="utf-8")
    table: Mapping[str, Any] = tomllib.loads(text)["advice"]
    return table
