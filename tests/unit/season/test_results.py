"""The folder of results keeps whole files, and latest always points to one."""

import re
from pathlib import Path

import pytest

from shinsei.domain.errors import InvalidInputError, UnavailableError
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.season.request import SeasonRequest
from shinsei.season.results import SUMMARY, Results, as_json, new_run_id


@pytest.fixture
def results(tmp_path: Path) -> Results:
    return Results(tmp_path / "results")


def test_latest_follows_the_newest(results: Results) -> None:
    for run in ("a-1", "a-2"):
        results.write(run, SUMMARY, as_json({"run": run}))
        results.point_latest(run)
    assert results.find("latest").summary == {"run": "a-2"}
    assert (results.root / "latest").readlink() == Path("a-2")


def test_a_run_is_found_by_the_beginning_of_its_id(results: Results) -> None:
    results.write("smoke-1", SUMMARY, "{}")
    results.write("season-1", SUMMARY, "{}")
    assert results.find("sm").run_id == "smoke-1"
    with pytest.raises(InvalidInputError, match="fits season-1, smoke-1"):
        results.find("s")
    with pytest.raises(InvalidInputError, match="no result 'other'"):
        results.find("other")


def test_what_cannot_be_read_is_listed_and_hides_nothing(results: Results) -> None:
    results.write("a-1", SUMMARY, "{}")
    results.write("a-2", SUMMARY, "{ broken")
    results.write("a-3", SUMMARY, "[]")
    assert {run.run_id: bool(run.problem) for run in results.runs()} == {"a-1": False, "a-2": True, "a-3": True}
    with pytest.raises(InvalidInputError, match="not readable JSON"):
        results.find("a-2")


def test_two_runs_of_one_second_have_two_names() -> None:
    names = {new_run_id("smoke-plan", now_ms=1_622_505_600_000) for _ in range(20)}
    assert len(names) > 1
    assert all(re.fullmatch(r"smoke-plan-20210601000000-[0-9a-f]{4}", name) for name in names)


def test_a_removed_run_leaves_no_dangling_link(results: Results) -> None:
    results.write("a-1", SUMMARY, "{}")
    results.point_latest("a-1")
    results.remove(results.find("a-1"))
    assert results.runs() == []
    assert not (results.root / "latest").is_symlink()


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("in the way")
    with pytest.raises(UnavailableError, match="cannot write results"):
        Results(tmp_path / "results").write("a-1", SUMMARY, "{}")


def test_a_broken_summary_says_so(results: Results) -> None:
    results.write("a-1", SUMMARY, "{")
    with pytest.raises(InvalidInputError, match="not readable JSON"):
        results.find("a-1")


def test_a_request_survives_its_file() -> None:
    request = SeasonRequest(
        scenario="smoke", overrides=("office.clerks=3",), seed=5, methods=(LinkageMethod.RPA,), until_clear=True
    )
    assert SeasonRequest.of(request.as_json()) == request
    scenario = request.load()
    assert scenario.seed == 5
    assert request.reload(scenario.record()).run_specs("x") == scenario.run_specs("x")


def test_methods_need_twin_cities() -> None:
    with pytest.raises(InvalidInputError, match="no twin cities"):
        SeasonRequest(scenario="standing", methods=(LinkageMethod.RPA,)).load()
