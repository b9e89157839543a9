"""What a season was asked for: kept beside its result, so that it can be resumed and repeated."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.scenario import Scenario, load, parse


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonRequest:
    """Scenario and options that decide what happens; the pace is not among them."""

    scenario: str
    """Path as given."""
    overrides: tuple[str, ...] = ()
    seed: int | None = None
    methods: tuple[LinkageMethod, ...] = ()
    """Empty: those of the scenario."""
    until_clear: bool = False
    """As the scenario says, if False."""

    def load(self) -> Scenario:
        """The scenario as it will run.

        Raises:
            InvalidInputError: it is wrong, has no twin cities to choose methods for, or too many municipalities.
        """
        read = self._chosen(load(self.scenario, self.overrides))
        read.check_few("season")
        return read

    def reload(self, text: str) -> Scenario:
        """The scenario from its recorded text."""
        return self._chosen(parse(text, Path(self.scenario), self.overrides))

    def as_json(self) -> str:
        """The request for the results folder."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n"

    @classmethod
    def of(cls, text: str) -> "SeasonRequest":
        """A request from its JSON."""
        values = json.loads(text)
        methods: Sequence[str] = values.pop("methods")
        return cls(
            **{**values, "overrides": tuple(values["overrides"])},
            methods=tuple(LinkageMethod(method) for method in methods),
        )

    def _chosen(self, scenario: Scenario) -> Scenario:
        if self.seed is not None:
            scenario = scenario.with_seed(self.seed)
        if self.methods:
            if not scenario.methods:
                raise InvalidInputError("--methods", f"scenario {scenario.name} has no twin cities")
            scenario = scenario.with_methods(self.methods)
        return scenario
