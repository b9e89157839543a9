"""What is refused, or only looked at, leaves nothing behind."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from shinsei.domain.errors import ConflictError, InvalidInputError
from shinsei.loadtest import live
from shinsei.loadtest.checking import Check
from shinsei.loadtest.live import Asked
from shinsei.loadtest.preset import load_preset
from shinsei.loadtest.under_test import Target
from shinsei.season.results import Results

NOBODY = "127.0.0.1:1"
SERVICES = ("portal_sim", "linkage_server", "app_mgmt", "core_systems")


@pytest.fixture
def target(monkeypatch: pytest.MonkeyPatch) -> Target:
    """One that is found to be wrong."""

    async def examine(*_: Any) -> list[Check]:
        return [Check(name="clock", is_ok=False, detail="too fast")]

    monkeypatch.setattr(live, "examine", examine)
    return Target(addresses=dict.fromkeys(SERVICES, NOBODY), kafka=NOBODY, secret_file="")


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    return Asked(preset=load_preset("smoke"), rate=None, processes=1, results=Results(tmp_path), command="")


async def test_a_target_that_is_looked_at_leaves_no_result(asked: Asked, target: Target, tmp_path: Path) -> None:
    assert [one.name for one in await live.doctor(asked, target)] == ["clock"]
    assert list(tmp_path.iterdir()) == []


async def test_a_load_test_that_is_refused_leaves_no_result(asked: Asked, target: Target, tmp_path: Path) -> None:
    with pytest.raises(ConflictError, match="clock: too fast"):
        await live.run(asked, target, lambda *_: None, lambda _: None)
    assert list(tmp_path.iterdir()) == []


def test_load_tests_that_start_in_the_same_moment_are_different_runs(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of one id, each would take the other's runs and folder for its own."""
    monkeypatch.setattr(live, "RealClock", lambda: SimpleNamespace(now_ms=lambda: 1_622_505_600_000))
    wanted = [live._wanted(asked) for _ in range(3)]
    assert len({specs[0].run_id for _, specs, _ in wanted}) > 1
    for _, specs, test in wanted:
        assert specs[0].run_id.startswith("load-smoke-20210601000000-")
        assert test.folder.name == specs[0].run_id


@pytest.mark.parametrize("name", ["find-max-infra", "find-max-office"])
async def test_a_search_is_no_plan_for_the_ordinary_locust_command_and_opens_nothing(
    name: str, asked: Asked, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Any] = []

    async def open_runs(*of: Any) -> None:
        opened.append(of)

    monkeypatch.setattr(live, "open_runs", open_runs)
    with pytest.raises(InvalidInputError, match=f"{name} searches.*shinsei loadtest run"):
        await live.prepare(replace(asked, preset=load_preset(name)), target)
    assert opened == []
