"""Planning from Python: the package itself, and data frames where their library is there."""

import sys
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import shinsei
from shinsei.domain.errors import InvalidInputError, UnavailableError
from shinsei.planning import Study
from shinsei.scenario import Scenario

pytestmark = pytest.mark.slow


def test_a_plan_is_one_call_away(tiny: Scenario, found: Study) -> None:
    assert shinsei.plan(tiny, replications=6).seasons == found.seasons
    assert shinsei.plan(tiny, replications=1, seed=5).seasons[0].seed == 5
    assert shinsei.Scenario is Scenario
    with pytest.raises(AttributeError, match="no attribute 'plans'"):
        shinsei.plans  # noqa: B018 - asking is the test


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"replications": 0}, "replications: must be a whole number of at least 1, not 0"),
        ({"replications": 2.5}, "replications: must be a whole number"),
        ({"precision": 5}, "precision: 5 is no share between 0 and 1"),
        ({"precision": float("nan")}, "precision: nan is no share"),
        ({"jobs": 0}, "jobs: must be"),
        ({"seed": -1}, "seed: must be a whole number of at least 0"),
        ({"overrides": ["office.clerks=5"]}, "overrides: are for a file or a name"),
    ],
)
def test_what_cannot_be_planned_is_one_clear_line(given: dict[str, Any], told: str, tiny: Scenario) -> None:
    """Nothing is planned in the place of what was asked."""
    with pytest.raises(InvalidInputError, match=f"^{told}"):
        shinsei.plan(tiny, **given)


def test_who_uses_the_library_sees_its_types() -> None:
    assert Path(shinsei.__file__).with_name("py.typed").is_file()


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_frame_has_a_row_a_replication_and_method(
    library: str, found: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both libraries take columns by name, so a stand-in that takes them shows what they are given."""
    monkeypatch.setitem(sys.modules, library, SimpleNamespace(DataFrame=dict))
    frame: dict[str, list[Any]] = found.to_pandas() if library == "pandas" else found.to_polars()
    assert {len(column) for column in frame.values()} == {6 * 5}
    assert frame["method"][:2] == ["TRANSCRIPTION", "RPA"]
    assert frame["replication"][::5] == list(range(6))
    assert isinstance(frame["cleared_at"][0], datetime)
    assert frame["staff_hours"][0] == found.values(0, "staff_hours")[0]


def test_a_missing_library_is_said_with_what_to_install(found: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UnavailableError, match=r"install shinsei\[pandas\]"):
        found.to_pandas()
