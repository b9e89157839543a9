import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from shinsei.runtime.crash_points import CrashPlan, CrashPoint, arm, reach
from shinsei.runtime.errors import StartError


@pytest.fixture
def signals(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Signals that the process sends itself, which here it survives."""
    sent: list[int] = []
    monkeypatch.setattr("os.kill", lambda _, number: sent.append(number))
    yield sent
    arm(None)


def a_file(tmp_path: Path, *lines: str) -> Path:
    file = tmp_path / "crashes"
    file.write_text("".join(f"{line}\n" for line in lines))
    return file


def test_without_a_file_no_point_ends_anything(signals: list[int], tmp_path: Path) -> None:
    for file in (None, tmp_path / "absent"):
        arm(file)
        for point in CrashPoint:
            reach(point)
    assert signals == []


def test_the_process_dies_at_the_first_line_after_its_passes_and_the_next_process_at_the_second(
    signals: list[int], tmp_path: Path
) -> None:
    file = a_file(tmp_path, "outbox 2", "8 0")
    arm(file)
    for _ in range(2):
        reach(CrashPoint.OUTBOX)
        reach(CrashPoint.HANDLED)
    assert signals == []
    reach(CrashPoint.OUTBOX)
    assert signals == [signal.SIGKILL]
    assert file.read_text() == "8 0\n"
    arm(file)
    reach(CrashPoint.OUTBOX)
    assert len(signals) == 1
    reach(CrashPoint.HANDLED)
    assert len(signals) == 2
    assert file.read_text() == ""


@pytest.mark.parametrize("line", ["outbox", "elsewhere 3", "12 3", "outbox many", "outbox 1 2"])
def test_a_line_that_says_nothing_names_the_points_there_are(line: str, tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"is no crash point .*3 outbox") as raised:
        CrashPlan(a_file(tmp_path, line))
    assert raised.value.setting == "crash_points"
