"""The commands that a person types at a stack that is up: submit, track, ledger, control, and a season of their own.

They run in this process: what a command does is asked here, not how long a Python takes to start.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.conftest import SERVICES

from shinsei.cli.__main__ import run
from shinsei.cli.targets import CARDS, VARIABLE, targets_of
from shinsei.domain.plan import run_all
from shinsei.domain.simtime import isoformat
from shinsei.domain.trace import trace_hash
from shinsei.scenario import load
from shinsei.stack import Stack
from shinsei.stack.local import home_of

BIRTH = "pregnancy_notification"
SUBMIT = ("submit", "--procedure", BIRTH)

Typed = Callable[..., str]


@pytest.fixture
def typed(stack: Stack, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Runs a command to its end and returns what it printed; a failure is one line and nothing else."""

    def type_in(*arguments: str, code: int = 0) -> str:
        home = () if "--home" in arguments else ("--home", str(stack.home))
        found = run([*arguments, *home])
        printed = capsys.readouterr()
        assert found == code, printed.err
        if not code:
            return printed.out
        assert printed.out == ""
        (line,) = printed.err.splitlines()
        return line

    return type_in


def values(typed: Typed, *arguments: str) -> Any:
    """What a command prints as JSON."""
    return json.loads(typed(*arguments, "--json"))


@pytest.mark.usefixtures("no_standing_run_left")
def test_an_application_is_submitted_tracked_and_accounted_for(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "form.pdf").write_bytes(b"%PDF-1.7\n%%EOF\n")
    first = values(typed, *SUBMIT, "--attach", str(tmp_path / "form.pdf"))
    again = values(typed, *SUBMIT, "--submission-id", first["submission_id"])
    assert (again["receipt_number"], again["duplicate"]) == (first["receipt_number"], True)
    assert first["submission_id"] in typed("track", first["receipt_number"])
    many = values(typed, "submit", "--procedure", "15", "--count", "3")
    assert len({one["receipt_number"] for one in [first, *many]}) == 4
    (own,) = values(typed, "ledger", "--run", first["run_id"])
    ends = ("registered", "not_accepted", "withdrawn", "expired", "transferred", "dead_lettered", "in_flight")
    assert own["accepted"] == sum(own[end] for end in ends) == 4
    assert (own["unaccounted"], own["missing"]) == (0, [])
    for row in own["by_method"].values():
        assert row["accepted"] == sum(row[end] for end in ends)
    assert first["run_id"] in typed("ledger").replace("\n", "")


@pytest.mark.usefixtures("no_standing_run_left")
@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ((*SUBMIT, "--attach", "photo.heic"), 2, "HEIC"),
        ((*SUBMIT, "--attach", "large.pdf"), 2, "at most 10 MB"),
        ((*SUBMIT, "--attach", "none.pdf"), 2, "none.pdf"),
        ((*SUBMIT, "--municipality", "482014"), 2, "check digit"),
        (("submit", "--procedure", "28"), 2, "prefecture"),
        (("track", "0000000000000000"), 1, "0000000000000000"),
        (("ledger", "--run", "no-such-run"), 1, "no-such-run"),
        (("control", "list", "--run", "no-such-run"), 1, "no-such-run"),
    ],
    ids=lambda value: value[-1] if isinstance(value, tuple) else "",
)
def test_what_is_refused_is_one_line(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("photo.heic").write_bytes(b"\0\0\0\x18ftypheic")
    Path("large.pdf").write_bytes(b"%PDF-1.7\n" + bytes(11 << 20))
    assert told in typed(*arguments, code=code)


@pytest.mark.usefixtures("no_standing_run_left")
def test_an_office_is_changed_by_hand(typed: Typed) -> None:
    run_id = values(typed, *SUBMIT)["run_id"]
    (stopped,) = values(typed, "control", "clock", "0", "--run", run_id)
    assert stopped["speed"] == 0
    for number, words in enumerate(("staff 3", "robots 2", "line 90", "registry off", f"linkage {BIRTH} RPA")):
        (made,) = values(typed, "control", *words.split(), "--run", run_id)
        assert made["n"] == number
    for number, words in enumerate(("set narrow-line --value 20", "set robot-broken", "clear robot-broken"), start=5):
        (made,) = values(typed, "fault", *words.split(), "--run", run_id)
        assert made["n"] == number
    (listed,) = values(typed, "control", "list", "--run", run_id)
    assert [(one["kind"], one["value"], one["procedure"], one["method"]) for one in listed["changes"]] == [
        ("staff", 3, 0, None),
        ("robots", 2, 0, None),
        ("line", 90, 0, None),
        ("registry_feed", 0, 0, None),
        ("policy", 0, 15, "RPA"),
        ("narrow_line", 20, 0, None),
        ("robots", 0, 0, None),
        ("robots", 1, 0, None),
    ]


def test_flags_of_the_services_are_switched_by_hand(typed: Typed) -> None:
    values(typed, "fault", "set", "database-slow", "--value", "20", "--for", "60")
    values(typed, "fault", "set", "consumer-stuck", "--service", "app_mgmt")

    def standing() -> dict[str, list[str]]:
        flags = values(typed, "fault", "list")["flags"]
        return {one["fault"]: [place["service"] for place in one["set"]] for one in flags if one["set"]}

    assert standing() == {"database-slow": list(SERVICES), "consumer-stuck": ["app_mgmt"]}
    assert "app_mgmt: consumer-stuck is cleared" in typed("fault", "clear", "consumer-stuck")
    assert len(values(typed, "fault", "clear")) == len(SERVICES)
    assert standing() == {}


def test_a_season_ends_when_it_is_clear_with_the_values_that_were_set(
    stack: Stack, typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same end and the same hash as the plan's, in the folder that was named, at services that were named.

    Two things in one season, as each takes seconds: a season needs no stack of its own where the environment says
    where the services are, as in a cluster.
    """
    monkeypatch.setenv(CARDS, str(home_of(stack.home).citizens))
    monkeypatch.setenv(VARIABLE, ",".join("=".join(pair) for pair in targets_of(stack.addresses).items()))
    options = ("--methods", "BATCH_IMPORT", "--set", "office.clerks=3", "--seed", "12", "--until-clear")
    elsewhere = tmp_path / "no-home"
    summary = values(typed, "season", "smoke", *options, "--out", str(tmp_path), "--home", str(elsewhere))
    assert not elsewhere.exists()
    scenario = load("smoke", ["office.clerks=3", "seed=12", 'twins.methods=["BATCH_IMPORT"]'])
    (plan,) = run_all(scenario.run_specs("plan"), until_clear_of=scenario.compared_procedures)
    end = plan.report().until
    (whole,) = run_all(scenario.run_specs("plan"))
    assert trace_hash(plan.lines(end)) != trace_hash(whole.lines(scenario.end))
    assert summary["trace_hash"] == trace_hash(plan.lines(end))
    assert (summary["seed"], summary["partial"], summary["end"]) == (12, False, isoformat(end))
    assert [one["method"] for one in summary["methods"]] == ["BATCH_IMPORT"]
    assert json.loads((tmp_path / "latest" / "summary.json").read_text(encoding="utf-8")) == summary
