"""Load on the whole stack, as a person types it: short, but with every kind of user and both sides of the books."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shinsei.cli.__main__ import run
from shinsei.loadtest.preset import shipped_presets
from shinsei.stack import Stack

SHORT = "6 s"
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


def test_a_short_smoke_completes_everything_and_a_gate_that_is_missed_fails_it(
    typed: Callable[..., tuple[int, str, str]], tmp_path: Path
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
    assert summary["latency_s"]["registered"]["p50"] > summary["latency_s"]["accepted"]["p50"] > 0
    # A watcher's call is timed to the message that shows the registration, not to the first.
    assert summary["latency_s"]["visible"]["p50"] > summary["latency_s"]["accepted"]["p50"]
    # Names are constant; whoever withdraws what is registered already is told apart, as too late.
    names = {name.partition(" (")[0] for name in summary["requests"]}
    assert EVERYBODY_CALLS <= names <= EVERYBODY_CALLS | SOME_CALL
    assert len(summary["by_group"]) > len(summary["methods"])
    folder = tmp_path / "latest"
    calls = sum(sum(found["codes"].values()) for found in summary["requests"].values())
    assert sum(len(file.read_text().splitlines()) - 1 for file in folder.glob("requests-*.csv")) == calls
    assert (folder / "report.html").read_text(encoding="utf-8").count("<svg") == 5
    assert (folder / "latency-registered.hgrm").is_file()


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
        {"generator", "disk", "clock", "methods", "services", "token", "topics", "portal"},
    )
    hasty = a_preset(tmp_path, "smoke", ("clock_speed = 600.0", "clock_speed = 60000.0"))
    code, out, err = typed("run", hasty)
    assert (code, out) == (1, "")
    assert "clock" in err.splitlines()[-1]
