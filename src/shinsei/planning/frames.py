"""The replications of a plan as columns, for data frames: one row a replication and method."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from shinsei.domain.errors import UnavailableError
from shinsei.domain.simtime import SimTime, to_datetime
from shinsei.planning.figures import FIGURES, Kind

if TYPE_CHECKING:
    from shinsei.planning.study import Study


def columns(found: "Study") -> Mapping[str, list[Any]]:
    """``replication``, ``seed``, ``method``, then every figure; moments are datetimes of Tokyo."""
    rows = [(season, one) for season in found.seasons for one in season.methods]
    figures: dict[str, list[Any]] = {
        figure.key: _of_one_kind([_value(figure.kind, one.values[figure.key]) for _, one in rows]) for figure in FIGURES
    }
    return {
        "replication": [season.n for season, _ in rows],
        "seed": [season.seed for season, _ in rows],
        "method": [one.method.value for _, one in rows],
        **figures,
    }


def frame(library: str, found: "Study") -> Any:
    """A ``DataFrame`` of pandas or polars.

    Raises:
        UnavailableError: the library is not installed.
    """
    try:
        module = import_module(library)
    except ModuleNotFoundError:
        raise UnavailableError(f"{library} is not installed; install shinsei[{library}]") from None
    return module.DataFrame(dict(columns(found)))


def _of_one_kind(values: list[Any]) -> list[Any]:
    """Whole numbers, or floats all of them: polars takes no mixture."""
    if not any(isinstance(value, float) for value in values):
        return values
    return [value if value is None else float(value) for value in values]


def _value(kind: Kind, value: float | None) -> Any:
    return to_datetime(SimTime(round(value))) if kind is Kind.MOMENT and value is not None else value
