"""``shinsei plan`` of a scenario with size classes."""

import json
from pathlib import Path

import pytest

from shinsei.cli.__main__ import run
from shinsei.testing.seasons import SMALL

FEWEST = (*SMALL["nationwide"], "rank_size.every=600", "run.end=2021-07-02", "run.cutoff=2021-07-01")
NATION = ["nationwide", *(word for override in FEWEST for word in ("--set", override)), "--jobs", "1"]


def shinsei(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    code = run([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_a_nation_prints_classes_and_leaves_a_folder_with_its_municipalities(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = shinsei(capsys, "plan", *NATION, "--out", tmp_path, "--json")
    assert code == 0, err
    written = json.loads(out)
    assert (written["kind"], written["replications"]) == ("nation", 1)
    assert "people planned for:" in err
    (folder,) = [path for path in tmp_path.iterdir() if not path.is_symlink()]
    lines = (folder / "municipalities.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + written["all"]["figures"]["municipalities"]["mean"]
    assert (folder / "report.html").is_file()
    assert shinsei(capsys, "diff", folder, folder)[:2] == (0, "the traces are equal\n")
    code, shown, _ = shinsei(capsys, "runs", "show", "--out", tmp_path)
    assert code == 0
    assert written["answer"]["en"].split(";")[0] in shown.replace("\n", " ")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("plan", "nationwide", "--precision", "5%"), "--precision: is for one city or its twins"),
        (("plan", "nationwide", "--until-clear"), "--until-clear: is for one city or its twins"),
        (("plan", "nationwide", "--vary", "office.p_denied=0.1,0.2", "--jobs", "1"), "has 1,741 municipalities"),
        (("season", "nationwide"), "has 1,741 municipalities, and this takes at most 200"),
        (("plan", "nationwide", "--methods", "rpa"), "has no twin cities"),
        (("plan", "nationwide", "--set", "rank_size.every=0"), "rank_size.every: must be at least 1, not 0"),
        (("plan", "nationwide", "--set", "rank_size.most=5"), "unknown key 'most', known keys"),
    ],
)
def test_what_a_nation_is_not_for_is_one_clear_line(
    arguments: tuple[str, ...], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = shinsei(capsys, *arguments, "--out", tmp_path)
    assert code == 2
    assert told in err.splitlines()[-1]
    assert not list(tmp_path.iterdir())


def test_a_scenario_with_size_classes_is_checked_by_its_people(capsys: pytest.CaptureFixture[str]) -> None:
    """Counting what each of 1,741 municipalities gets is most of a plan."""
    code, out, _ = shinsei(capsys, "scenario", "validate", "nationwide")
    assert code == 0
    assert "525 municipalities" in out
    assert out.count("municipalities") == 17
