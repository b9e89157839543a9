"""What is typed wrongly is one line and the right exit code, before anything is asked of a stack."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from shinsei.cli import loadtest_close
from shinsei.cli.__main__ import run
from shinsei.loadtest import closing
from shinsei.loadtest.preset import shipped_presets


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("run", "smok"), 2, "did you mean 'smoke'"),
        (("run", "smoke", "--rate", "0"), 2, "--rate"),
        (("run", "smoke", "--rate", "nan"), 2, "--rate"),
        (("run", "smoke"), 1, "the stack is not up"),
        (("plan", "find-max-office", "--rate", "-1"), 2, "--rate"),
        (("doctor", "nowhere.toml"), 2, "there is no"),
        (("close", "nowhere.json"), 2, "no plan of a load test"),
        (("compare", "a", "b"), 2, "there is no result"),
    ],
)
def test_a_wrong_word_is_one_line_and_no_traceback(
    arguments: tuple[str, ...], code: int, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ("--out", str(tmp_path)) if arguments[0] == "compare" else ("--home", str(tmp_path))
    assert run(["loadtest", *arguments, *where]) == code
    printed = capsys.readouterr()
    assert told in printed.err
    assert "Traceback" not in printed.err


def test_what_a_preset_says_in_brackets_is_no_markup(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    preset = tmp_path / "mine.toml"
    text = shipped_presets()["smoke"].read_text(encoding="utf-8")
    preset.write_text(re.sub("(?m)^title = .*$", 'title = "Half [as much] a second [/s]"', text), encoding="utf-8")
    assert run(["loadtest", "run", str(preset), "--home", str(tmp_path)]) == 1
    printed = capsys.readouterr()
    assert printed.out.splitlines()[0] == "Half [as much] a second [/s]"
    assert "the stack is not up" in printed.err


def test_a_target_elsewhere_that_is_named_wrongly_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHINSEI_TARGETS", "portal_sim=nowhere")
    assert run(["loadtest", "run", "smoke"]) == 2
    assert "SHINSEI_TARGETS" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("told", "kept", "unaccounted", "why"),
    [
        ((), 14, 0, ""),
        (("--accepted", "14"), 14, 0, ""),
        (("--accepted", "14"), 15, 0, ""),  # the answer to one was lost
        (("--accepted", "14"), 13, 0, "holds 13 of them"),
        ((), 14, 1, "1 accepted applications are lost"),
    ],
)
def test_closing_fails_where_a_case_is_lost_or_what_applicants_were_told_was_not_kept(
    told: tuple[str, ...],
    kept: int,
    unaccounted: int,
    why: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def close(*_: Any) -> dict[str, Any]:
        return {"run_id": "load-1", "closed": 5, "ledger": {"accepted": kept, "unaccounted": unaccounted}}

    monkeypatch.setattr(loadtest_close, "target_of", lambda _: None)
    monkeypatch.setattr(closing, "plan_in", lambda _: None)
    monkeypatch.setattr(closing, "close", close)
    assert run(["loadtest", "close", "plan.json", *told]) == (1 if why else 0)
    assert why in capsys.readouterr().err


def a_result(folder: Path, run_id: str, config: str, completed: int, *, partial: str = "", **more: Any) -> None:
    summary = {
        "kind": "loadtest",
        "run_id": run_id,
        "preset": "smoke",
        "offices": "unlimited",
        "config_hash": config,
        "partial": partial,
        "completed": completed,
        **more,
    }
    (folder / run_id).mkdir()
    (folder / run_id / "summary.json").write_text(json.dumps(summary), encoding="utf-8")


def test_two_load_tests_stand_side_by_side_with_intervals_over_their_repeats(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for n, completed in enumerate((100, 102, 98)):
        a_result(tmp_path, f"a-{n}", "a", completed)
        a_result(tmp_path, f"b-{n}", "b", 2 * completed)
    assert run(["loadtest", "compare", "a-0", "b-2", "--out", str(tmp_path)]) == 0
    (row,) = (line.split() for line in capsys.readouterr().out.splitlines() if line.startswith("completed"))
    assert row == ["completed", "100", "±", "5", "200", "±", "9.9", "2.00", "differs"]
    assert run(["loadtest", "compare", "a-0", "b-2", "--out", str(tmp_path), "--json"]) == 0
    (told,) = (one for one in json.loads(capsys.readouterr().out)["figures"] if one["figure"] == "completed")
    # t(0.975, 2) = 4.3027, over sqrt(3), of standard deviations of 2 and 4.
    assert (told["a"]["half_width"], told["b"]["half_width"]) == pytest.approx((4.968, 9.937), abs=1e-3)
    assert (sorted(told["a"]["values"]), told["ratio"], told["differs"]) == ([98, 100, 102], 2.0, True)


def test_what_two_load_tests_differ_by_is_told_and_what_is_no_repeat(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, fetch in (("a", "single"), ("b", "batch"), ("c", "single")):
        conditions = {"machine": "m" if name != "c" else "n", "LINKAGE_SERVER_FETCH_MODE": fetch}
        a_result(tmp_path, name, "x", 100, conditions=conditions)
    assert run(["loadtest", "compare", "a", "b", "--out", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "A and B differ by: LINKAGE_SERVER_FETCH_MODE (single / batch)" in lines
    assert "c is no repeat of A: machine (m / n)" in lines
    assert not any(line.startswith("b is no repeat") for line in lines)
    assert run(["loadtest", "compare", "a", "a", "--no-repeats", "--out", str(tmp_path)]) == 2


def test_a_figure_that_not_every_repeat_has_and_one_that_is_a_lower_bound_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for n, rate in enumerate((40.0, 44.0, None)):
        a_result(tmp_path, f"a-{n}", "a", 100, max_sustained_per_s=rate, max_sustained_is_lower_bound=n == 1)
        a_result(tmp_path, f"b-{n}", "b", 100, max_sustained_per_s=50.0)
    assert run(["loadtest", "compare", "a-0", "b-0", "--out", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    (row,) = (line.split() for line in shown.splitlines() if line.startswith("max_sustained_per_s"))
    assert row[1:8] == ["42", "±", "25", "(2", "of", "3)", "50"]
    assert "a-1 was cut off before it came to a maximum; at least: max_sustained_per_s" in " ".join(shown.split())
    assert run(["loadtest", "compare", "a-0", "b-0", "--out", str(tmp_path), "--json"]) == 0
    (told,) = (one for one in json.loads(capsys.readouterr().out)["figures"] if one["figure"] == "max_sustained_per_s")
    assert (told["a"]["of"], len(told["a"]["values"])) == (3, 2)


def test_a_damaged_result_is_refused_and_spoils_no_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a_result(tmp_path, "a-0", "a", 100)
    a_result(tmp_path, "b-0", "b", 90)
    (tmp_path / "c-0").mkdir()
    (tmp_path / "c-0" / "summary.json").write_text('{"kind": "loadtest"}', encoding="utf-8")
    assert run(["loadtest", "compare", "a-0", "b-0", "--out", str(tmp_path)]) == 0
    assert run(["loadtest", "compare", "c-0", "b-0", "--out", str(tmp_path)]) == 2
    assert "c-0 is no result of a load test" in capsys.readouterr().err


def test_a_single_and_a_partial_run_are_warned_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a_result(tmp_path, "a-0", "a", 100)
    a_result(tmp_path, "b-0", "b", 90, partial="interrupted")
    assert run(["loadtest", "compare", "a-0", "b-0", "--out", str(tmp_path)]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "a single run has no interval" in shown
    assert "b-0 is partial: interrupted" in shown


def test_two_repeats_of_each_other_are_compared_only_by_themselves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for n in range(2):
        a_result(tmp_path, f"a-{n}", "a", 100 + n)
    asked = ["loadtest", "compare", "a-0", "a-1", "--out", str(tmp_path)]
    assert run(asked) == 2
    assert "a-0 would stand on both sides" in capsys.readouterr().err
    assert run([*asked, "--no-repeats"]) == 0
