"""The cross-check of the generator: what is no pair ends it in one line."""

import subprocess
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FILE = Path(__file__).resolve().parents[3] / "bench" / "cross-check" / "pairs.py"


@pytest.fixture
def pairs() -> ModuleType:
    """The program; its folder is no package."""
    spec = spec_from_file_location("pairs", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("rate", ["301", "0", "-1", "nan", "many"])
def test_a_rate_at_which_a_generator_may_be_the_limit_is_refused(
    pairs: ModuleType, rate: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        pairs.main(["--rate", rate])
    assert caught.value.code == 2
    assert "--rate" in capsys.readouterr().err


@pytest.mark.parametrize("printed", ["{}", ""])
def test_a_run_that_did_not_end_well_is_no_pair(
    pairs: ModuleType, printed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(command: list[str], **_: Any) -> "subprocess.CompletedProcess[str]":
        return subprocess.CompletedProcess(command, 1, printed, "offering\n1 of 7 gates missed: failed\n")

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(SystemExit, match=r"^no pair: 1 of 7 gates missed: failed$"):
        pairs.main(["--pairs", "1"])


def test_a_portal_that_does_not_answer_the_bare_client_is_one_line_and_its_runs_are_closed(
    pairs: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def run(command: list[str], **_: Any) -> "subprocess.CompletedProcess[str]":
        asked.append(next(word for word in command if word in {"plan", "close"} or word.endswith("client.py")))
        failed = asked[-1].endswith("client.py")
        return subprocess.CompletedProcess(command, int(failed), '{"plan": "p"}', "is the portal up?" * failed)

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(SystemExit, match=r"^no pair: is the portal up\?$"):
        pairs.bare([], "150", "out")
    assert [Path(word).name for word in asked] == ["plan", "client.py", "close"]


@pytest.mark.parametrize(
    ("apart", "code"),
    [
        ({}, 0),
        ({"p50_s": 0.14}, 0),
        ({"p50_s": 0.16}, 1),
        ({"p50_s": -0.14}, 0),
        ({"p50_s": -0.16}, 1),
        ({"p99_s": 0.29}, 0),
        ({"p99_s": 0.31}, 1),
        ({"p99_s": -0.31}, 1),
        ({"per_s": -0.009}, 0),
        ({"per_s": -0.011}, 1),
        ({"accepted": 1 / 4_500}, 1),
    ],
)
def test_two_generators_agree_within_limits_in_the_median_of_the_pairs(
    pairs: ModuleType, apart: dict[str, float], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = {"accepted": 4_500, "per_s": 150.0, "p50_s": 0.010, "p99_s": 0.040}
    ours = {name: value * (1 + apart.get(name, 0.0)) for name, value in bare.items()}
    wild = {**bare, "p50_s": 0.1, "p99_s": 0.1}
    # One pair of three that is far off says nothing.
    for name, turns in (("ours", [ours, wild, ours]), ("bare", [bare] * 3)):
        found = iter(turns)

        def one(*_: Any, found: Iterator[dict[str, float]] = found) -> dict[str, float]:
            return next(found)

        one.__name__ = name
        monkeypatch.setattr(pairs, name, one)
    assert pairs.main(["--pairs", "3"]) == code


def test_throughput_is_of_what_was_answered_behind_the_warm_up(pairs: ModuleType, tmp_path: Path) -> None:
    for worker in range(2):
        lines = ["intended_s,sent_s,done_s,name,code"]
        # Each worker has every second of ten a second; the first answers of all take their time.
        for n in range(worker, 100, 2):
            at_s = 1_000 + n / 10
            lines.append(f"{at_s},{at_s},{at_s + (3.0 if n < 50 else 0.1)},Submit,OK")
        (tmp_path / f"requests-{worker}.csv").write_text("\n".join(lines), encoding="utf-8")
    assert pairs.answered_per_s(tmp_path) == pytest.approx(10.0)
