"""The messages are a contract: in form, generated from one source, and never broken by accident."""

import shutil
import subprocess
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
BASELINE = REPO / "proto" / "baseline.binpb"


def buf(*arguments: str, cwd: Path = REPO) -> "subprocess.CompletedProcess[str]":
    command = [str(REPO / ".venv" / "bin" / "buf"), *arguments]
    return subprocess.run(command, cwd=cwd, text=True, capture_output=True, check=False)


def breaking(folder: Path) -> "subprocess.CompletedProcess[str]":
    """Compares the proto files below a folder with what is published."""
    return buf("breaking", "--against", str(BASELINE), cwd=folder)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the proto files, to be changed."""
    shutil.copy(REPO / "buf.yaml", tmp_path)
    shutil.copytree(REPO / "proto", tmp_path / "proto")
    return tmp_path


@pytest.mark.parametrize("arguments", [("lint",), ("format", "--diff", "--exit-code")], ids=" ".join)
def test_the_proto_files_keep_the_rules_of_buf(arguments: tuple[str, ...]) -> None:
    done = buf(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_generated_code_is_that_of_the_proto_files(tmp_path: Path) -> None:
    """The code is committed, so it could be edited, or left behind by a change of its source."""
    command = ["make", "--no-print-directory", "-o", "setup", "proto", f"API={tmp_path}"]
    subprocess.run(command, cwd=REPO, check=True)
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*_pb2*.py*")}
    source = REPO / "src"
    committed = {
        path.relative_to(source): path.read_bytes()
        for path in (source / "shinsei" / "api").rglob("*_pb2*.py*")
        if path.suffix in {".py", ".pyi"}
    }
    assert made.keys() == committed.keys()
    assert not [str(path) for path, text in made.items() if text != committed[path]]


def test_published_messages_are_not_broken() -> None:
    """Where a break is wanted, `make proto-baseline` declares it, and the difference shows in the review."""
    done = breaking(REPO)
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_addition_is_no_break(copy: Path) -> None:
    file = copy / "proto" / "shinsei" / "api" / "application" / "v1" / "application.proto"
    text = file.read_text(encoding="utf-8")
    file.write_text(f"{text}\nmessage Added {{\n  string anything = 1;\n}}\n", encoding="utf-8")
    assert breaking(copy).returncode == 0


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("int64 at_ms = ", "string at_ms = ", "changed type"),
        ("int64 at_ms = ", "int64 stamped_ms = ", "changed name"),
        ("message Watermark ", "message Waterline ", "was deleted"),
    ],
)
def test_a_planted_break_is_noticed(old: str, new: str, rule: str, copy: Path) -> None:
    files = [path for path in (copy / "proto").rglob("*.proto") if old in path.read_text(encoding="utf-8")]
    assert files
    for file in files:
        file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    done = breaking(copy)
    assert done.returncode != 0
    assert rule in done.stdout + done.stderr
