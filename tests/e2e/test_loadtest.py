"""Load on the whole stack, as a person types it: short, but with every kind of user and both sides of the books."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from shinsei.cli.__main__ import run
from shinsei.loadtest.preset import shipped_presets
from shinsei.season.results import ENVIRONMENT, SCENARIO, SERIES, SUMMARY
from shinsei.stack import Stack
from shinsei.testing.browser import Page

SHORT = "6 s"
COUNTS = ("offered", "accepted", "completed", "dropped", "refused", "failed")
EVERYBODY_CALLS = {"Submit", "SubmitBatch", "GetStatus", "Withdraw", "ListCases", "ListReceipts"}
SOME_CALL = {"WatchStatus until registered", "Correct", "UploadAttachment", "Login", "GetCase", "GetApplications"}


@pytest.fixture
def typed(stack: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs a load test's command to its end: exit code, standard output, standard error."""

    def type_in(command: str, *arguments: str) -> tuple[int, str, str]:
        folder = ("--out", str(tmp_path))
        code = run(["loadtest", command, *arguments, *folder, "--home", str(stack.home), "--json"])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return type_in


def a_preset(folder: Path, name: str, *changes: tuple[str, str]) -> str:
    """A shipped preset with some text replaced."""
    text = shipped_presets()[name].read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = folder / f"{name}.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def holds_what_it_said(summary: dict[str, Any]) -> None:
    """The generator's word and the portal's database agree, and nothing is lost on the way."""
    assert summary["partial"] == ""
    assert summary["ledger"]["accepted"] == summary["accepted"] > 0
    assert summary["offered"] == sum(summary[kind] for kind in ("accepted", "dropped", "refused", "failed"))
    assert (summary["ledger"]["unaccounted"], summary["later_dropped"]) == (0, 0)
    for rows in (summary["counts_by_method"], summary["counts_by_procedure"]):
        for count in COUNTS:
            assert sum(row[count] for row in rows.values()) == summary[count]


def kept_by_method(offices: Iterable[dict[str, Any]]) -> dict[str, int]:
    """What the portal's database holds of each method: an office has one alone."""
    found = Counter[str]()
    for office in offices:
        (method,) = (one for one in office["by_method"] if one)
        found[method] += office["accepted"]
    return found


def printed_over(report: Path, profile: Path) -> list[str]:
    """What a report prints over its neighbour, in cells that are too narrow for it."""
    cells = "[...document.querySelectorAll('th, td')]"
    with Page(profile) as page:
        page.look_at(width=1366, height=768)
        page.open(report.as_uri())
        page.until(f"document.readyState === 'complete' && {cells}.length")
        found: list[str] = page.value(
            f"{cells}.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.innerText)"
        )
    return found


def test_a_short_smoke_completes_everything_and_a_gate_that_is_missed_fails_it(
    stack: Stack, typed: Callable[..., tuple[int, str, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    impossible = '[[gates]]\nmetric = "latency_s.registered.p50"\nat_most = 0.0\n\n[[gates]]\nmetric = "failed"'
    preset = a_preset(
        tmp_path,
        "smoke",
        ('at = "30 s"', f'at = "{SHORT}"'),
        ('warm_up = "4 s"', 'warm_up = "0 s"'),
        ('most_generator_lag = "250 ms"', 'most_generator_lag = "10 s"'),
        ("at_most = 10.0", "at_most = 120.0"),
        ('[[gates]]\nmetric = "failed"', impossible),
    )
    code, out, err = typed("run", preset, "--processes", "2", "--csv-requests")
    summary = json.loads(out)
    holds_what_it_said(summary)
    assert [gate["metric"] for gate in summary["gates"] if not gate["passed"]] == ["latency_s.registered.p50"]
    assert code == 1
    assert "1 of" in err.splitlines()[-1]
    assert summary["completed"] + summary["ended_otherwise"] == summary["accepted"]
    assert summary["ledger"]["registered"] + summary["ledger"]["withdrawn"] == summary["accepted"]
    p50 = {series: found["p50"] for series, found in summary["latency_s"].items()}
    assert 0 < p50["accepted"] < p50["registered"]
    assert 0 < p50["stored"] <= p50["registered"]
    # A watcher's call is timed to the message that shows the registration, not to the first.
    assert summary["latency_s"]["visible"]["p50"] > summary["latency_s"]["accepted"]["p50"]
    assert all(found["of"] == found["count"] for found in summary["latency_s"].values()), "nothing was left open"
    # Names are constant; whoever withdraws what is registered already is told apart, as too late.
    names = {name.partition(" (")[0] for name in summary["requests"]}
    assert EVERYBODY_CALLS <= names <= EVERYBODY_CALLS | SOME_CALL
    for timed in (summary["latency_s_by_method"], summary["latency_s_by_procedure"]):
        counted = [
            sum(row[series]["count"] for row in timed.values()) for series in ("accepted", "registered", "visible")
        ]
        assert counted == [
            *(summary[name] for name in ("accepted", "completed")),
            summary["latency_s"]["visible"]["count"],
        ]
    by_method = summary["counts_by_method"]
    assert (sorted(by_method), len(summary["counts_by_procedure"]) > 1) == (sorted(summary["methods"]), True)
    assert run(["ledger", "--run", summary["run_id"], "--home", str(stack.home), "--json"]) == 0
    kept = kept_by_method(json.loads(capsys.readouterr().out))
    assert {method: row["accepted"] for method, row in by_method.items()} == kept
    completed = {method: row["completed"] for method, row in by_method.items()}
    assert completed == {method: lines["registered"] for method, lines in summary["by_method"].items()}
    registered = summary["latency_s"]["registered"]
    assert (registered["of"], summary["calls_failed"]) == (registered["count"], 0)
    known = summary["conditions"]
    assert {"machine", "python", "parts"} <= known.keys()
    assert (known["certificates"], known["signatures"]) == ("on", "on")
    folder = tmp_path / "latest"
    calls = sum(sum(found["codes"].values()) for found in summary["requests"].values())
    assert sum(len(file.read_text().splitlines()) - 1 for file in folder.glob("requests-*.csv")) == calls
    assert (folder / "report.html").read_text(encoding="utf-8").count("<svg") == 5
    assert printed_over(folder / "report.html", tmp_path / "profile") == []
    written = {file.name for file in folder.iterdir()}
    assert {SUMMARY, SERIES, ENVIRONMENT, SCENARIO, "preset.toml", "latency-registered.hgrm"} <= written
    assert json.loads((folder / SUMMARY).read_text(encoding="utf-8"))["config_hash"] == summary["config_hash"]


def test_the_last_evening_at_offices_with_people_loses_nothing_with_two_workers(
    typed: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    # An hour a second: from four in the afternoon until an hour after midnight; the offices open again much later.
    hours = [(f'at = "{n}0 s"', f'at = "{n} s"') for n in range(9, 0, -1)]
    changes = [
        ('at = "200 s"', 'at = "90 s"'),
        *hours,
        ("clock_speed = 360.0", "clock_speed = 3600.0"),
        ('"250 ms"', '"10 s"'),
        ("at_most = 2.0", "at_most = 60.0"),
        ("at_most = 10.0", "at_most = 60.0"),
        ("at_most = 0.01", "at_most = 0.5"),
        ("at_least = 0.3", "at_least = 0.0"),
        ("slots = 600", "slots = 100"),
    ]
    preset = a_preset(tmp_path, "deadline-eve", *changes)
    code, out, err = typed("run", preset, "--processes", "2", "--rate", "60")
    summary = json.loads(out)
    holds_what_it_said(summary)
    assert (code, summary["offices"]) == (0, "staffed"), err
    assert summary["heading"].startswith("Capacity of an office")
    assert summary["ledger"]["in_flight"] > 0, "nobody works at night but robots and machines"
    assert summary["busiest_hour"]["multiple"] > 1


def test_a_target_is_looked_at_before_it_is_asked(typed: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    code, out, _ = typed("doctor", "smoke")
    assert (code, {one["name"] for one in json.loads(out) if one["ok"]}) == (
        0,
        {"generator", "disk", "cards", "clock", "methods", "services", "token", "topics", "portal"},
    )
    hasty = a_preset(tmp_path, "smoke", ("clock_speed = 600.0", "clock_speed = 60000.0"))
    code, out, err = typed("run", hasty)
    assert (code, out) == (1, "")
    assert "clock" in err.splitlines()[-1]


CAPACITY_PER_S = 20.0
"""The standard API sends case after case, each in thirty simulated seconds, of which a real second has 600."""
DECREASE, INCREASE_SHARE = 0.55, 0.1


ONE_METHOD = (
    'methods = ["TRANSCRIPTION", "RPA", "SCREEN_IMPORT", "BATCH_IMPORT", "STANDARD_API"]',
    'methods = ["STANDARD_API"]',
)


def a_short_search(
    folder: Path, *, first_per_s: float = 16.0, modes: str = '["batch"]', confirm: str = "", most_steps: int = 4
) -> str:
    """The shipped search, of one method, in steps of seven seconds."""
    one_by_one = "[A] so that the generator is not the limit\n"
    return a_preset(
        folder,
        "find-max-infra",
        ONE_METHOD,
        ('scenario = "unlimited"', 'scenario = "unlimited"\noverrides = ["methods.standard_api.machine.mean=30 s"]'),
        ("municipalities = 4", "municipalities = 1"),
        ('most_generator_lag = "2 s"', 'most_generator_lag = "10 s"'),
        (
            "first_per_s = 40.0",
            f"first_per_s = {first_per_s}\ndecrease = {DECREASE}\nincrease_share = {INCREASE_SHARE}",
        ),
        ('fetch_modes = ["single", "batch"]', f"fetch_modes = {modes}"),
        ('within = "440 s"', 'within = "100 s"'),
        ('rehearsal = "35 s"', ""),
        ('confirm = "21 s"', confirm),
        ('"max_confirmed_per_s"', '"max_confirmed_per_s"' if confirm else '"max_sustained_per_s"'),
        ('most_lag = "250 ms"', 'most_lag = "10 s"'),
        ("most_steps = 9", f"most_steps = {most_steps}"),
        ('settle = "3 s"', 'settle = "2 s"'),
        ('hold = "6 s"', 'hold = "2 s"'),
        ("least_completed_share = 0.85", "least_completed_share = 0.8"),
        (f"share = 0.5  # {one_by_one}slots = 2_000", "share = 1.0\nslots = 200"),
        (f"share = 0.5  # {one_by_one}batch = 10", "share = 0.0\nbatch = 10"),
        ("at_least = 20 ", "at_least = 8 "),
    )


def test_a_search_doubles_goes_down_adds_a_little_and_ends_with_its_knee(
    typed: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    code, out, err = typed("run", a_short_search(tmp_path))
    summary = json.loads(out)
    holds_what_it_said(summary)
    assert code == 0, err
    (row,) = summary["sustained"]
    (first, doubled, less, more), rates = row["steps"], [step["per_s"] for step in row["steps"]]
    assert (rates[0], rates[1]) == (16, 32)
    assert (first["is_sustained"], doubled["is_sustained"], less["is_sustained"]) == (True, False, True)
    assert any("completed" in why for why in doubled["broken"])
    assert rates[2] == pytest.approx(max(DECREASE * 32, 0.95 * doubled["completed_per_s"]), abs=0.01)
    assert rates[3] == pytest.approx((1 + INCREASE_SHARE) * rates[2], abs=0.01)
    best: dict[str, Any] = more if more["is_sustained"] else less
    assert summary["max_sustained_per_s"] == min(best["offered_per_s"], best["completed_per_s"])
    assert summary["max_sustained_per_s"] == pytest.approx(CAPACITY_PER_S, rel=0.25)
    # Sixteen more than was sustained are too much, which is not near.
    assert (summary["search_is_whole"], summary["max_sustained_is_lower_bound"]) == (False, False)
    assert printed_over(tmp_path / "latest" / "report.html", tmp_path / "profile") == []
    _, _, knee = (tmp_path / "latest" / "report.html").read_text(encoding="utf-8").partition('id="apart-chart"')
    marks = knee.partition("</svg>")[0]
    assert (marks.count("<circle"), marks.count('fill="#fff"')) == (
        4,
        [one["is_sustained"] for one in row["steps"]].count(False),
    )


@pytest.mark.long
def test_each_way_of_fetching_is_searched_apart_and_the_best_is_held_for_longer(
    typed: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    both = {"modes": '["single", "batch"]', "confirm": 'confirm = "3 s"'}
    code, out, err = typed("run", a_short_search(tmp_path, first_per_s=9.0, most_steps=2, **both))
    summary = json.loads(out)
    holds_what_it_said(summary)
    assert code == 0, err
    single, batch = summary["sustained"]
    # The second begins a tenth below what the first has sustained; of the twenty that there are 32 are too many.
    tried = [[step["per_s"] for step in row["steps"]] for row in (single, batch)]
    assert (single["fetch"], batch["fetch"], tried) == ("single", "batch", [[9, 18, 18], [16.2, 32.4]])
    assert (single["is_lower_bound"], batch["is_lower_bound"]) == (True, False)
    assert (summary["max_sustained_of"]["fetch"], summary["max_sustained_is_confirmed"]) == ("single", True)
    assert summary["max_confirmed_per_s"] == pytest.approx(18, rel=0.05)
    assert summary["municipalities"] == 4, "of each two, and two more to confirm"


def test_an_office_is_searched_in_fresh_offices_and_the_planner_comes_to_the_same(
    stack: Stack, typed: Callable[..., tuple[int, str, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    others = [f"max_sustained.{method}.over" for method in ("TRANSCRIPTION", "RPA", "SCREEN_IMPORT", "BATCH_IMPORT")]
    # The planner finds 156 a day in this office: a hundred are less by far, and twice as many too much by far.
    little = 'overrides = ["office.clerks=1", "office.productive_share=0.7"]'
    changes = [
        ONE_METHOD,
        ('scenario = "staffed"', f'scenario = "staffed"\n{little}'),
        ("municipalities = 10", "municipalities = 2"),
        ("most_steps = 10", "most_steps = 2"),
        ('most_generator_lag = "1 s"', 'most_generator_lag = "10 s"'),
        ('most_lag = "1 s"', 'most_lag = "10 s"'),
        *((metric, "max_sustained.STANDARD_API.over") for metric in others),
        ("at_least = 0.8", "at_least = 0.6"),
        ("at_most = 1.25", "at_most = 1.6"),
    ]
    code, out, err = typed("run", a_preset(tmp_path, "find-max-office", *changes), "--shorten", "0.25")
    summary = json.loads(out)
    holds_what_it_said(summary)
    assert code == 0, err
    found = summary["max_sustained"]["STANDARD_API"]
    assert [step["is_sustained"] for step in found["steps"]] == [True, False]
    assert found["per_working_day"] == pytest.approx(100, rel=0.06)
    assert (found["not_sustained_per_working_day"], found["is_lower_bound"]) == (200, False)
    assert found["planned_per_working_day"] == pytest.approx(100, rel=0.06)
    assert 0.6 <= found["over_planned"] <= 1.6
    assert not summary["search_is_whole"], "two steps do not suffice"
    assert run(["ledger", "--run", summary["run_id"], "--home", str(stack.home), "--json"]) == 0
    offices = json.loads(capsys.readouterr().out)
    # Each step has an office of its own, which nobody opened before; it comes to what was offered to it.
    assert len({one["municipality"] for one in offices}) == len(offices) == 2
    offered = [step["per_s"] * 13.4 for step in found["steps"]]
    assert sorted(one["accepted"] for one in offices) == [pytest.approx(one, rel=0.1) for one in offered]
    assert printed_over(tmp_path / "latest" / "report.html", tmp_path / "profile") == []
    assert 'id="offices-chart"' in (tmp_path / "latest" / "report.html").read_text(encoding="utf-8")
