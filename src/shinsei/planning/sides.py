"""One result as a comparison takes it, a season's or a plan's: figures by seed and column, and what was set.

A plan has the seasons of its table of replications, a season the one that it is.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.simtime import DAY_MS, from_datetime
from shinsei.planning.figures import BY_KEY, FIGURES, Figure, Kind
from shinsei.planning.statistics import Estimate, estimate
from shinsei.planning.writing import REPLICATIONS
from shinsei.scenario import parse
from shinsei.season.results import SCENARIO, StoredRun

Figures = Mapping[str, float | None]

_SET = "# --set "
"""How a scenario that was recorded begins the lines of what was set beside it."""
_UNITS = frozenset({"ms", "s", "min", "h", "d", "days", "yen"})
"""Those without which a value says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One result, as a comparison takes it."""

    run: StoredRun
    columns: tuple[str, ...]
    """Methods, or groups of municipalities."""
    seasons: Mapping[int, Mapping[str, Figures]]
    """Figures by seed and column; none where there is no telling which belongs to which."""
    parameters: Mapping[str, str]
    """Values by path; empty where the scenario cannot be read any more."""

    @property
    def content(self) -> dict[str, Any]:
        """Its summary."""
        return self.run.summary or {}

    def of(self, column: str) -> dict[str, Any]:
        """The summary of a column; empty if it has no such column."""
        return next((one for one in self.content["methods"] if column_of(one) == column), {})

    def estimate(self, column: str, figure: Figure) -> Estimate | None:
        """A figure as its summary has it: of a plan with its interval, of a season alone; None where it has none."""
        one = self.of(column)
        mean = _number(figure, at(one, figure.key))
        interval = one.get("intervals", {}).get(figure.key)
        if interval is None:
            return None if mean is None else estimate([mean])
        half = interval["half_width"]
        unit = DAY_MS if figure.kind is Kind.MOMENT else 1
        return Estimate(
            n=interval["n"],
            known=interval["known"],
            mean=mean,
            half_width=None if half is None else half * unit,
            low=_number(figure, interval["p5"]),
            middle=_number(figure, interval["p50"]),
            high=_number(figure, interval["p95"]),
        )


def side(run: StoredRun) -> Side:
    """Reads a result; its summary has methods.

    Raises:
        InvalidInputError: its table of replications is damaged.
    """
    content = run.summary or {}
    columns = tuple(column_of(one) for one in content["methods"])
    table = run.path / REPLICATIONS
    try:
        seasons = _replicated(table.read_text(encoding="utf-8")) if table.is_file() else {}
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInputError(str(table), f"is no table of replications ({error})") from None
    if not seasons and "seed" in content and content.get("replications", 1) == 1:
        alone = {column_of(one): _figures({key: at(one, key) for key in BY_KEY}) for one in content["methods"]}
        seasons = {int(content["seed"]): alone}
    return Side(run=run, columns=columns, seasons=seasons, parameters=_parameters(run, content))


def column_of(one: Mapping[str, Any]) -> str:
    """What tells the columns of a result apart: the method, or the group of municipalities."""
    group = one.get("group")
    if not group:
        return str(one["method"])
    return str(group.get("name", group)["en"])


def at(values: Any, path: str) -> Any:
    """The value under a dotted path; None where there is none."""
    for key in path.split("."):
        values = values.get(key) if isinstance(values, dict) else None
    return values


def _replicated(text: str) -> dict[int, dict[str, Figures]]:
    """The seasons of a plan; none of a plan whose rows are of several variants, or groups of one method."""
    seasons: dict[int, dict[str, Figures]] = {}
    for row in csv.DictReader(text.splitlines()):
        known = seasons.setdefault(int(row["seed"]), {})
        if row["variant"] or row["method"] in known:
            return {}
        known[row["method"]] = _figures({key: row.get(key) or None for key in BY_KEY})
    return seasons


def _figures(values: Mapping[str, Any]) -> Figures:
    return {figure.key: _number(figure, values.get(figure.key)) for figure in FIGURES}


def _number(figure: Figure, value: Any) -> float | None:
    if value is None:
        return None
    return float(from_datetime(datetime.fromisoformat(value))) if figure.kind is Kind.MOMENT else float(value)


def _parameters(run: StoredRun, content: Mapping[str, Any]) -> dict[str, str]:
    """What its scenario said, with what was set beside it."""
    try:
        text = (run.path / SCENARIO).read_text(encoding="utf-8")
        overrides = [line.removeprefix(_SET) for line in text.splitlines() if line.startswith(_SET)]
        scenario = parse(text, run.path / f"{content.get('scenario')}.toml", overrides)
        if scenario.seed != content.get("seed", scenario.seed):
            scenario = scenario.with_seed(int(content["seed"]))
    except (OSError, InvalidInputError):
        return {}
    return {one.path: f"{one.value} {one.unit}" if one.unit in _UNITS else one.value for one in scenario.parameters}
