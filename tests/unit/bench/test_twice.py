"""What twice the maximum comes to, from the summaries of load tests: what is sustained, and what is too little."""

import json
import subprocess
from collections.abc import Callable, Mapping
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FILE = Path(__file__).resolve().parents[3] / "bench" / "back-pressure" / "twice.py"


@pytest.fixture(scope="module")
def twice() -> ModuleType:
    """The program; its folder is no package."""
    spec = spec_from_file_location("twice", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def a_summary(**changes: Any) -> dict[str, Any]:
    """Two hundred a second for forty seconds, ten more for the rest."""
    latency = {
        "accepted": {"p50": 0.03, "p99": changes.pop("accepted_p99", 0.3)},
        "registered": {"p50": 1.7, "p99": changes.pop("registered_p99", 4.6)},
    }
    counts = {"offered": 8_000, "completed": 8_000, "refused": 0, "dropped": 0, "failed": 0, "unaccounted": 0}
    whole = {"partial": "", "offered_s": 40.0, "drained_s": 10.0, "generator_lag_s_p99": 0.07}
    return {**counts, **whole, "latency_s": latency, **changes}


def test_what_is_completed_counts_over_the_whole_time_until_it_was(twice: ModuleType) -> None:
    found = twice.Found.of(200.0, a_summary(completed=7_000, refused=500, dropped=300, failed=200))
    assert (found.offered_per_s, found.completed_per_s, found.refused_share) == (200.0, 140.0, 0.125)
    assert (found.accepted_p50_s, found.registered_p99_s) == (0.03, 4.6)
    assert not twice.Found.of(200.0, a_summary(registered_p99=None)).is_sustained


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"partial": "the status feed ended"}, r"^200/s: the result is partial: the status feed ended$"),
        ({"unaccounted": 2}, "^2 applications are unaccounted for$"),
    ],
)
def test_of_a_result_that_is_not_whole_nothing_is_said(
    twice: ModuleType, changes: Mapping[str, Any], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "run", answering(a_summary(**changes)))
    with pytest.raises(SystemExit, match=told):
        twice.offer(200.0, (), "out")


def test_each_line_says_how_late_the_generator_was(
    twice: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # A gate that is missed is no reason to stop: beyond the maximum some are.
    monkeypatch.setattr(subprocess, "run", answering(a_summary()))
    twice.offer(200.0, (), "out")
    assert capsys.readouterr().out.endswith("; generator up to 0.07 s late (p99)\n")


def answering(summary: dict[str, Any]) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """A command line that ends with a missed gate and this summary."""
    return lambda command, **_: subprocess.CompletedProcess(command, 1, json.dumps(summary), "")


@pytest.mark.parametrize(
    ("changes", "is_sustained"),
    [
        ({}, True),
        ({"refused": 80}, True),
        ({"refused": 81}, False),
        ({"dropped": 81}, False),
        ({"failed": 81}, False),
        ({"registered_p99": 10.0}, True),
        ({"registered_p99": 10.1}, False),
    ],
)
def test_a_rate_is_sustained_while_next_to_nothing_is_refused_and_nothing_is_late(
    twice: ModuleType, changes: Mapping[str, Any], *, is_sustained: bool
) -> None:
    assert twice.Found.of(200.0, a_summary(**changes)).is_sustained is is_sustained


@pytest.mark.parametrize(
    ("can", "offered"),
    [(200, [200, 400]), (190, [200, 186, 372]), (180, [200, 186, 172, 344]), (90, [200, 186, 172, 344])],
)
def test_a_pair_begins_with_the_maximum_of_its_own_moment(
    twice: ModuleType, can: int, offered: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def offer(rate: float, *_: Any) -> Any:
        asked.append(round(rate))
        return twice.Found.of(rate, a_summary(refused=0 if rate <= can else 4_000))

    monkeypatch.setattr(twice, "offer", offer)
    once, beyond = twice.pair(200.0, (), "out")
    assert asked == offered
    assert once.is_sustained is (can > 170)
    assert beyond.offered_per_s == 2 * once.offered_per_s


def test_a_pair_whose_maximum_was_not_sustained_is_void(twice: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    good = (twice.Found.of(200.0, a_summary()), twice.Found.of(400.0, a_summary()))
    bad = (good[0], twice.Found.of(400.0, a_summary(completed=4_000)))
    # A machine that became slower completes less of the maximum, so that twice of it looks well.
    slow = twice.Found.of(200.0, a_summary(completed=4_000, refused=4_000))
    void = (slow, bad[1])
    assert twice.compare([bad, void, void]) == 1
    assert twice.compare([good, void, bad, good]) == 0
    told = capsys.readouterr().out
    assert "(median of 1)" in told
    assert "(median of 3)" in told
    assert told.count("a pair is void: not even 200/s were sustained") == 3
    assert twice.compare([void, void]) == 2
    told = capsys.readouterr().out
    assert "no verdict: every pair is void" in told
    assert "twice the maximum:" not in told


@pytest.mark.parametrize(
    ("at_twice", "code"),
    [
        ({}, 0),
        ({"completed": 7_200}, 0),
        ({"completed": 7_100}, 1),
        ({"accepted_p99": 0.45}, 0),
        ({"accepted_p99": 0.46}, 1),
        ({"registered_p99": 7.0}, 1),
        ({"registered_p99": 7.0, "generator_lag_s_p99": 0.11}, 2),
        ({"generator_lag_s_p99": 0.11}, 2),
    ],
)
def test_twice_the_maximum_keeps_its_promise_in_the_median_of_the_pairs(
    twice: ModuleType, at_twice: Mapping[str, Any], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    once = twice.Found.of(200.0, a_summary())
    bad, good = twice.Found.of(400.0, a_summary(**at_twice)), twice.Found.of(400.0, a_summary())
    assert twice.compare([(once, bad), (once, bad), (once, good)]) == code
    assert twice.compare([(once, bad), (once, good), (once, good)]) == 0
    assert "median of 3" in capsys.readouterr().out
