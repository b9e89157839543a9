import json
from pathlib import Path
from typing import Any

import pytest

from shinsei.domain.errors import InvalidInputError
from shinsei.loadtest.comparing import (
    Compared,
    Measured,
    compare,
    differences,
    lower_bounds,
    make_sure_they_differ,
    no_repeats_of,
    repeats_of,
)
from shinsei.season.results import Results


def measured(values: list[float]) -> Measured:
    return Measured(values=tuple(values), of=len(values))


def compared(first: list[float], second: list[float]) -> Compared:
    return Compared(figure="x", first=measured(first), second=measured(second))


def test_a_mean_has_the_interval_of_student() -> None:
    # Five values with mean 10 and standard deviation 1: t(0.975, 4) = 2.776, 2.776 / sqrt(5) = 1.2415.
    spread = [10 + d for d in (-1.2649110640, -0.6324555320, 0.0, 0.6324555320, 1.2649110640)]
    assert measured(spread).half_width == pytest.approx(1.2415, rel=1e-3)


@pytest.mark.parametrize(
    ("first", "second", "differs"),
    [
        ([10.0, 10.1, 9.9], [12.0, 12.1, 11.9], True),
        ([10.0, 12.0, 8.0], [11.0, 9.0, 13.0], False),
        ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], False),
        ([1.0, 1.0], [2.0, 2.0], True),
        ([10.0], [12.0, 12.1], None),
        # Alike in spread, 1 each: t(0.975, 4) = 2.776, and sqrt(2 / 3) of that is 2.267.
        ([9.0, 10.0, 11.0], [11.2, 12.2, 13.2], False),
        ([9.0, 10.0, 11.0], [11.3, 12.3, 13.3], True),
        # 0.1 and 1: Welch has 2 degrees of freedom, t = 4.303, and 2.50 in all; with 4 it were 1.61.
        ([9.9, 10.0, 10.1], [11.0, 12.0, 13.0], False),
        ([9.9, 10.0, 10.1], [11.6, 12.6, 13.6], True),
    ],
)
def test_two_differ_when_more_lies_between_them_than_between_repeats(
    first: list[float], second: list[float], *, differs: bool | None
) -> None:
    assert compared(first, second).differs is differs


def test_a_figure_that_only_one_of_them_has_stands_alone() -> None:
    rows = compare([{"completed": 5}], [{"completed": 6, "max_sustained_per_s": 40.0}])
    by_name = {one.figure: one for one in rows}
    assert set(by_name) == {"completed", "max_sustained_per_s"}
    assert by_name["completed"].ratio == pytest.approx(1.2)
    assert (by_name["max_sustained_per_s"].first.mean, by_name["max_sustained_per_s"].ratio) == (None, None)


def test_every_percentile_that_a_summary_promises_is_compared() -> None:
    shares = {"p50": 1.0, "p90": 2.0, "p99": 3.0}
    known = {"latency_s": dict.fromkeys(("accepted", "registered"), shares)}
    rows = {one.figure: one.second.mean for one in compare([known], [known])}
    assert rows == {f"latency_s.{series}.{share}": shares[share] for series in known["latency_s"] for share in shares}


def a_search(rate: float | None, bounds: str = "") -> dict[str, Any]:
    """Of offices and of infrastructure in one, which no real one is."""
    office = {"per_working_day": rate, "over_planned": 0.5, "is_lower_bound": "office" in bounds}
    row = {"fetch": "single", "method": "RPA", "per_s": rate, "is_lower_bound": "row" in bounds}
    return {"max_sustained": {"RPA": office}, "sustained": [row], "least_sustained_per_s": rate}


def test_what_searches_have_found_is_compared_by_method_and_fetch_mode() -> None:
    by_name = {one.figure: one for one in compare([a_search(10.0), a_search(None)], [a_search(20.0)])}
    searched = ("max_sustained.RPA.per_working_day", "sustained.single.RPA", "least_sustained_per_s")
    for name in searched:
        found = by_name[name]
        assert (found.first.values, found.first.of, found.second.values, found.ratio) == ((10.0,), 2, (20.0,), 2.0)
    assert by_name["max_sustained.RPA.over_planned"].first.values == (0.5, 0.5)
    assert len(by_name) == len(searched) + 1


def test_a_search_that_was_cut_off_says_which_of_its_figures_are_lower_bounds() -> None:
    assert lower_bounds(a_search(10.0)) == lower_bounds({"completed": 1}) == []
    summary = {**a_search(10.0, "office, row"), "max_sustained_is_lower_bound": True}
    assert lower_bounds(summary) == ["max_sustained_per_s", "max_sustained.RPA", "sustained.single.RPA"]


def stored(folder: Path, run_id: str, **summary: Any) -> None:
    (folder / run_id).mkdir()
    content = {"kind": "loadtest", "run_id": run_id, "config_hash": "a", "partial": "", **summary}
    (folder / run_id / "summary.json").write_text(json.dumps(content), encoding="utf-8")


def test_repeats_are_whole_runs_of_the_same_configuration(tmp_path: Path) -> None:
    for run_id in ("load-1", "load-2"):
        stored(tmp_path, run_id)
    stored(tmp_path, "load-3", config_hash="b")
    stored(tmp_path, "load-4", partial="interrupted")
    stored(tmp_path, "load-5", commit="abc")
    stored(tmp_path, "load-6", processes=2)
    assert [run.run_id for run in repeats_of(Results(tmp_path), "load-2")] == ["load-1", "load-2"]
    assert [run.run_id for run in repeats_of(Results(tmp_path), "load-3")] == ["load-3"]


def test_runs_on_another_stack_or_machine_are_no_repeats_and_it_is_told_by_what(tmp_path: Path) -> None:
    here = {"machine": "a", "LINKAGE_SERVER_FETCH_MODE": "batch"}
    stored(tmp_path, "load-1", conditions=here)
    stored(tmp_path, "load-2", conditions=here)
    stored(tmp_path, "load-3", conditions={"machine": "a"})
    stored(tmp_path, "load-4", conditions={**here, "machine": "b", "trace": "0f"}, commit="abc")
    stored(tmp_path, "load-5", conditions=here, config_hash="b")
    assert [run.run_id for run in repeats_of(Results(tmp_path), "load-1")] == ["load-1", "load-2"]
    first = Results(tmp_path).find("load-1")
    assert no_repeats_of(first) == {
        "load-3": ["LINKAGE_SERVER_FETCH_MODE (batch / not set)"],
        "load-4": ["commit (None / abc)", "machine (a / b)", "trace (not set / 0f)"],
    }
    other = Results(tmp_path).find("load-5")
    assert differences(first.summary or {}, other.summary or {}) == ["configuration (a / b)"]


def test_a_run_is_not_compared_with_itself(tmp_path: Path) -> None:
    for run_id in ("load-1", "load-2"):
        stored(tmp_path, run_id)
    stored(tmp_path, "load-3", commit="abc")
    one, two, three = (repeats_of(Results(tmp_path), f"load-{n}") for n in (1, 2, 3))
    make_sure_they_differ(one, three)
    with pytest.raises(InvalidInputError, match="load-1 would stand on both sides"):
        make_sure_they_differ(one, two)
    make_sure_they_differ(one[:1], two[1:])


def test_a_result_of_a_season_is_refused(tmp_path: Path) -> None:
    stored(tmp_path, "smoke-1", kind="season")
    with pytest.raises(InvalidInputError, match="no result of a load test"):
        repeats_of(Results(tmp_path), "smoke-1")
