from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.simtime import from_datetime
from shinsei.loadtest.preset import Preset, load_preset
from shinsei.loadtest.target import Mix, conditions, scenario_of


def test_procedures_come_in_the_proportions_of_the_preset_and_none_is_left_out() -> None:
    assert Counter(Mix({1: 3.0, 7: 1.0, 9: 0.001}).pool(1_000)) == {1: 750, 7: 250, 9: 1}


@pytest.mark.parametrize(
    ("start", "problem"),
    [
        ("1024-06-04", "start must be in 1970 at the earliest"),
        ("2004-06-04", "end must be within 20 years of start"),
        ("2042-06-04", "end must be after start"),
    ],
)
def test_a_slip_of_the_year_is_refused_before_a_run_of_a_thousand_years_is_made(start: str, problem: str) -> None:
    shipped = load_preset("smoke")
    moved = shipped.file.model_copy(update={"sim_start": from_datetime(datetime.fromisoformat(start))})
    with pytest.raises(InvalidInputError, match=f"sim_start: does not fit scenario unlimited: {problem}"):
        scenario_of(Preset(shipped.path, shipped.text, moved))


def test_figures_depend_on_machine_stack_and_the_moments_of_a_trace_whatever_its_file_is_called(tmp_path: Path) -> None:
    environment = {
        "processor": "a processor",
        "machine": "x86_64",
        "cores": 2,
        "memory_gib": 7.8,
        "python": "3.11.7",
        "stack": {"LINKAGE_SERVER_FETCH_MODE": "batch"},
    }
    shipped = load_preset("smoke")
    known = {
        "machine": "a processor, 2 cores, 7.8 GiB",
        "python": "3.11.7",
        "LINKAGE_SERVER_FETCH_MODE": "batch",
    }
    assert conditions(environment, shipped) == known
    digests = set()
    for moments in ("0.5\n1.5\n", "0.5\n1.6\n"):
        (tmp_path / "moments.txt").write_text(moments, encoding="utf-8")
        arrivals = shipped.file.arrivals.model_copy(update={"trace": "moments.txt"})
        traced = Preset(tmp_path / "x.toml", shipped.text, shipped.file.model_copy(update={"arrivals": arrivals}))
        found = conditions(environment, traced)
        digests.add(found.pop("trace"))
        assert found == known
    assert len(digests) == 2
