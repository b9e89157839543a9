"""The table of all load tests: none is forgotten, and what did not pass is told as such."""

from pathlib import Path
from typing import Any

import pytest

from bench import presets
from bench.presets import SHARES, WITHIN_MIN, Run, figures, notes, table
from shinsei.loadtest.preset import load_preset, shipped_presets
from shinsei.loadtest.shortening import shortened

SUMMARY: dict[str, Any] = {
    **dict.fromkeys(("offered", "accepted", "completed"), 1_234),
    **dict.fromkeys(("dropped", "refused", "failed", "unaccounted", "accepted_not_kept"), 0),
    "run_id": "load-smoke-1",
    "partial": "",
    "max_sustained_per_s": None,
    "latency_s": {name: {"p50": 0.0512, "p99": 1.25} for name in ("accepted", "registered")},
}


def a_run(code: int | None, **summary: Any) -> Run:
    return Run(preset="smoke", share=0.5, code=code, last_line="2 of 5 gates missed", took_s=31.2, summary=summary)


def test_every_shipped_load_test_has_its_share_and_all_of_them_fit_into_the_time() -> None:
    assert SHARES.keys() == shipped_presets().keys()
    shipped = [shortened(load_preset(name), share) for name, share in SHARES.items()]
    offered_s = sum(one.profile().duration_s for one in shipped if one.file.search is None)
    searched_s = sum((one.file.search.within or 0) / 1e3 for one in shipped if one.file.search is not None)
    # The search for offices takes eight steps of 80 s at the most.
    assert offered_s + searched_s + SHARES["find-max-office"] * 660 < 0.85 * WITHIN_MIN * 60


@pytest.mark.parametrize(
    ("run", "verdict"),
    [
        (a_run(0, **SUMMARY), "passed"),
        (a_run(1, **SUMMARY), "gates missed"),
        (a_run(1, **{**SUMMARY, "partial": "interrupted"}), "partial"),
        (a_run(2), "exit code 2"),
        (a_run(None), "not run"),
    ],
)
def test_each_has_a_row_that_says_what_came_of_it(run: Run, verdict: str) -> None:
    head, rule, line = table([run]).splitlines()
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert len(cells) == len(figures(run)) == head.count("|") - 1 == rule.count("|") - 1
    assert cells[:3] == ["smoke", "0.5", verdict]
    assert cells[3] == ("1,234" if run.summary else "-")
    named = dict(zip([cell.strip() for cell in head.strip("|").split("|")], cells, strict=True))
    assert (named["unaccounted"], named["accepted not kept"]) == (("0", "0") if run.summary else ("-", "-"))
    assert ("2 of 5 gates missed" in notes([run])) == (run.code != 0)


def test_an_interruption_leaves_the_table_of_what_has_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ends_once(preset: str, *_: Any) -> Run:
        if preset == "step":
            raise KeyboardInterrupt
        return a_run(0, **SUMMARY)

    monkeypatch.setattr(presets, "run_one", ends_once)
    assert presets.main(["--only", "smoke", "step", "--out", str(tmp_path)]) == 130
    assert "| smoke | 0.5 | passed |" in (tmp_path / "load-all.md").read_text(encoding="utf-8")
