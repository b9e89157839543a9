"""What telemetry costs is written from the result that was kept, and stays as it was told where there is none."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from bench.telemetry import Measured, Round, result

ROUNDS = ((95.0, 100.0), (101.0, 100.0), (90.0, 100.0))


@pytest.fixture
def generate(load_code: Callable[[str], ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The writer, with results of our own."""
    found = load_code("generate.py")
    monkeypatch.setattr(found.performance, "RESULTS", tmp_path)
    return found


def a_season(completed_per_s: float, *, with_telemetry: bool) -> Measured:
    cpu_s = {"portal_sim": 1.5, "kafka": 2.0} | ({"room": 3.0, "prometheus": 0.5} if with_telemetry else {})
    return Measured(with_telemetry=with_telemetry, completed_per_s=completed_per_s, wall_s=10.0, cpu_s=cpu_s)


def rounds() -> list[Round]:
    kinds = {"on": True, "off": False}
    return [
        Round(
            **{name: [a_season(rate, with_telemetry=kinds[name])] * 2 for name, rate in zip(kinds, rates, strict=True)}
        )
        for rates in ROUNDS
    ]


def block(generate: ModuleType) -> list[str]:
    return list(generate.GENERATED["operations.md", "telemetry"]())


def test_every_round_and_the_means_are_told_from_what_was_kept(generate: ModuleType, tmp_path: Path) -> None:
    asked = argparse.Namespace(scenario="smoke", methods="RPA", most=4.0)
    (tmp_path / "telemetry.json").write_text(json.dumps(result(asked, rounds())))
    head, *lines = block(generate)
    assert "(`make bench-telemetry ARGS='--rounds 3 --scenario smoke --methods RPA'`):" in head
    assert "| 2 | 101/s | 100/s | −1.0 % | 7 s | 4 s |" in lines
    means = "Over all 12 seasons 95.3 a second are completed in the mean with telemetry, 100.0 without: 4.7 % less"
    assert lines[-3].startswith(f"{means}, more than the 4 % that may be lost. The rounds lie between −1.0 and 10.0 %")
    undecided = "so that these rounds alone do not decide on the 4 %."
    spread = "by the sign test, the median is between −1.0 and 10.0 % with a confidence of 75%"
    assert lines[-3].endswith(f"with a median of 5.0 %; {spread}, {undecided}")
    assert "telemetry takes 50.0 % in the median, between 50.0 and 50.0 % by the rounds." in lines[-1]
    assert "took 3.5 to 3.5 s" in lines[-1]
    assert "1.5 s in the median with telemetry, 1.5 s without" in lines[-1]


@pytest.mark.parametrize(
    ("most", "judged"), [(10.0, "all of it within the 10 %."), (-1.5, "all of it more than the -1.5 %.")]
)
def test_a_limit_is_kept_or_broken_only_where_the_whole_interval_says_so(
    generate: ModuleType, tmp_path: Path, most: float, judged: str
) -> None:
    asked = argparse.Namespace(scenario="smoke", methods="RPA", most=most)
    (tmp_path / "telemetry.json").write_text(json.dumps(result(asked, rounds())))
    assert block(generate)[-3].endswith(f"with a confidence of 75%, {judged}")


def test_without_a_result_the_page_goes_on_to_tell_what_it_told(generate: ModuleType) -> None:
    told = block(generate)
    assert sum(line.startswith("| ") for line in told) > 1
    page = (generate.DOCS / "operations.md").read_text(encoding="utf-8")
    part = "\n".join(("<!-- telemetry: generated -->", *told, "<!-- telemetry: end -->"))
    assert part in page
