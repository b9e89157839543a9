"""A secret is whole or not there, and nobody else reads it."""

from pathlib import Path

import pytest

from shinsei.runtime.private_file import is_kept, keep


def test_only_its_owner_reads_it_and_what_is_there_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "pgpass.reader"
    for content in ("one", b"another"):
        keep(file, content)
        assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text(encoding="utf-8") == "another"
    assert list(tmp_path.iterdir()) == [file]


def test_where_the_disk_is_full_what_was_there_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "secret"
    keep(file, "old")

    def is_full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fdopen", is_full)
    with pytest.raises(OSError, match="No space left"):
        keep(file, "new")
    assert file.read_text(encoding="utf-8") == "old"


def test_an_empty_file_is_none(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    assert not is_kept(file)
    file.touch()
    assert not is_kept(file)
    keep(file, "something")
    assert is_kept(file)
