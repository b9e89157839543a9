"""A backup is whole, of a stopped stack, and only ever restored into an empty home."""

import io
import json
import os
import tarfile
from pathlib import Path

import pytest

from shinsei.domain.errors import InvalidInputError
from shinsei.stack.backup import FORMAT, MANIFEST, backup, restore
from shinsei.stack.errors import StackError
from shinsei.stack.home import Home, try_lock
from shinsei.stack.postgres import major_version


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """What a stack leaves, in small."""
    made = Home(path=tmp_path / "home")
    made.make()
    for place, text in (
        ("postgres/data/PG_VERSION", f"{major_version()}\n"),
        ("postgres/data/base/1", "rows"),
        ("kafka/data/log", "records"),
        ("payloads/ab/cd", "photo"),
        ("credentials/pgpass", "secret"),
        ("audit/dead-letters.jsonl", "decisions"),
        ("log/kafka.log", "chatter"),
    ):
        file = made.path / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (made.path / "postgres/data").chmod(0o700)
    return made


def files(home: Home) -> dict[str, str]:
    return {
        str(file.relative_to(home.path)): file.read_text(encoding="utf-8")
        for name in ("postgres", "kafka", "payloads", "credentials", "audit", "log")
        for file in sorted((home.path / name).rglob("*"))
        if file.is_file()
    }


def archive_of(tmp_path: Path, *members: tuple[tarfile.TarInfo, bytes], **manifest: object) -> Path:
    """A file as somebody else might have made it."""
    file = tmp_path / "made.tar.gz"
    head = {"format": FORMAT, "shinsei": "0", "postgres": "", "made_at": "now"} | manifest
    data = json.dumps(head).encode()
    with tarfile.open(file, "w:gz") as archive:
        entry = tarfile.TarInfo(MANIFEST)
        for info, content in ((entry, data), *members):
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return file


def test_what_is_restored_is_what_was_there_but_for_its_chatter(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "stack.tar.gz"
    assert backup(home, file) == file.stat().st_size
    assert file.stat().st_mode & 0o777 == 0o600
    other = Home(path=tmp_path / "other")
    restore(file, other)
    assert files(other) == {name: text for name, text in files(home).items() if not name.startswith("log/")}
    assert (other.path / "postgres/data").stat().st_mode & 0o777 == 0o700


def test_a_stack_that_is_up_is_not_copied(home: Home, tmp_path: Path) -> None:
    lock = try_lock(home)
    assert lock is not None
    with pytest.raises(StackError, match="is up; `shinsei down` it first"):
        backup(home, tmp_path / "stack.tar.gz")
    os.close(lock)
    assert not list(tmp_path.glob("*.tar.gz*"))


def test_a_home_without_a_stack_has_nothing_to_keep(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="nothing of a stack"):
        backup(Home(path=tmp_path / "nowhere"), tmp_path / "stack.tar.gz")
    (tmp_path / "empty").mkdir()
    with pytest.raises(StackError, match="nothing of a stack"):
        backup(Home(path=tmp_path / "empty"), tmp_path / "stack.tar.gz")


def test_a_file_that_is_there_is_not_written_over(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "stack.tar.gz"
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(InvalidInputError, match="is there already"):
        backup(home, file)
    assert file.read_text(encoding="utf-8") == "mine"


def test_a_backup_that_cannot_be_written_leaves_nothing(home: Home, tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"cannot write .*No such file or directory"):
        backup(home, tmp_path / "no" / "folder" / "stack.tar.gz")


def test_a_home_with_a_stack_is_not_restored_over(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "stack.tar.gz"
    backup(home, file)
    before = files(home)
    with pytest.raises(StackError, match="has a stack"):
        restore(file, home)
    assert files(home) == before


def test_half_a_backup_is_refused_and_leaves_nothing(home: Home, tmp_path: Path) -> None:
    (home.path / "kafka/data/noise").write_bytes(os.urandom(200_000))
    file, other = tmp_path / "stack.tar.gz", Home(path=tmp_path / "other")
    backup(home, file)
    file.write_bytes(file.read_bytes()[:100_000])
    with pytest.raises(InvalidInputError, match="is no whole backup"):
        restore(file, other)
    assert not other.path.exists()


@pytest.mark.parametrize("content", [b"", b"not an archive"])
def test_what_is_no_archive_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "stack.tar.gz"
    file.write_bytes(content)
    with pytest.raises(InvalidInputError, match="is no whole backup"):
        restore(file, Home(path=tmp_path / "other"))


@pytest.mark.parametrize(
    ("manifest", "problem"),
    [
        ({"format": 99}, "is of format 99, and this reads 1"),
        ({"postgres": "9"}, "has databases of PostgreSQL 9, and here is"),
        ({"more": "keys"}, "is no backup of a stack"),
    ],
)
def test_a_backup_of_another_kind_is_refused(manifest: dict[str, object], problem: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=problem):
        restore(archive_of(tmp_path, **manifest), Home(path=tmp_path / "other"))


def _link() -> tarfile.TarInfo:
    link = tarfile.TarInfo("postgres/link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc"
    return link


@pytest.mark.parametrize(
    "member",
    [
        tarfile.TarInfo("postgres/../../out"),
        tarfile.TarInfo("/etc/mine"),
        tarfile.TarInfo("mine"),
        tarfile.TarInfo("."),
        _link(),
    ],
)
def test_a_backup_writes_nowhere_else(member: tarfile.TarInfo, tmp_path: Path) -> None:
    home = Home(path=tmp_path / "deep" / "home")
    with pytest.raises(InvalidInputError, match="which no backup does"):
        restore(archive_of(tmp_path, (member, b"")), home)
    assert not home.path.exists()
    assert not (tmp_path / "out").exists()
