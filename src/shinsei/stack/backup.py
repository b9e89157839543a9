"""A stopped stack in one file, and back: databases, Kafka's log, attachments, credentials, decisions on dead letters.

Whole and only whole: the copy is taken while nothing runs, so databases and log are of one moment, and everything
that is accounted for before is accounted for after. Logs and the history of metrics stay behind.
"""

import contextlib
import io
import json
import os
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any, Self

from shinsei.domain.errors import InvalidInputError
from shinsei.stack.errors import StackError
from shinsei.stack.home import Home, try_lock
from shinsei.stack.postgres import major_version

MANIFEST = "manifest.json"
FORMAT = 1
_POSTGRES_VERSION = "postgres/data/PG_VERSION"
_FOLDERS = ("postgres", "kafka", "payloads", "credentials", "audit")
"""Of a home, in the order in which they are kept."""
_PLACES = {(name,) for name in _FOLDERS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup is of; the first file in it."""

    format: int
    shinsei: str
    """Version that made it."""
    postgres: str
    """Major version of the databases, which only the same major version reads; empty where there are none."""
    made_at: str
    """Real time."""

    @classmethod
    def read(cls, archive: tarfile.TarFile) -> Self:
        """From the beginning of an archive.

        Raises:
            InvalidInputError: it does not begin with one.
        """
        first = archive.next()
        text = archive.extractfile(first) if first is not None and first.name == MANIFEST and first.isreg() else None
        try:
            values: Mapping[str, Any] = json.loads(text.read()) if text is not None else {}
            return cls(**values)
        except (TypeError, ValueError):
            raise InvalidInputError("FILE", "is no backup of a stack") from None


def backup(home: Home, file: Path) -> int:
    """Write the stack of a home, which must be down, to a file; returns its size in bytes.

    The file holds credentials and only its owner can read it. It appears whole or not at all.

    Raises:
        InvalidInputError: the file is there already.
        StackError: the stack is up or was never there, or the file cannot be written.
    """
    if file.exists():
        raise InvalidInputError("FILE", f"{file} is there already; name another, or remove it")
    partial = file.with_name(f".{file.name}.partial")
    with _held(home):
        folders = [home.path / name for name in _FOLDERS if (home.path / name).is_dir()]
        if not home.postgres.is_dir() and not home.kafka.is_dir():
            raise StackError(f"there is nothing of a stack in {home.path}")
        try:
            with _owners_only(partial) as raw, tarfile.open(fileobj=raw, mode="w:gz", compresslevel=1) as archive:
                _add_manifest(archive, home)
                for folder in folders:
                    archive.add(folder, folder.name, filter=_kept)
            partial.replace(file)
        except OSError as error:
            raise StackError(f"cannot write {file}: {error.strerror or error}") from error
        finally:
            partial.unlink(missing_ok=True)
    return file.stat().st_size


def restore(file: Path, home: Home) -> Manifest:
    """Make the stack of a backup in a home that has none; `shinsei up` then goes on where it was.

    Raises:
        InvalidInputError: the file is no backup, is of another format, or holds what a backup never does.
        StackError: the home has a stack, or cannot be written.
    """
    if any((home.path / name).exists() for name in ("postgres", "kafka")):
        raise StackError(f"{home.path} has a stack: restore into another home, or `shinsei down --purge` first")
    home.path.mkdir(parents=True, exist_ok=True)
    with _held(home):
        try:
            with tarfile.open(file, "r:gz") as archive:
                manifest = Manifest.read(archive)
                if manifest.format != FORMAT:
                    raise InvalidInputError("FILE", f"is of format {manifest.format}, and this reads {FORMAT}")
                _refuse_other_postgres(manifest)
                _extract(archive, home)
        except (tarfile.TarError, EOFError) as error:
            home.purge()
            raise InvalidInputError("FILE", f"{file} is no whole backup ({error})") from error
        except OSError as error:
            home.purge()
            raise StackError(f"cannot restore {file} to {home.path}: {error.strerror or error}") from error
    return manifest


def _refuse_other_postgres(manifest: Manifest) -> None:
    here = major_version()
    if manifest.postgres not in ("", here):
        raise InvalidInputError("FILE", f"has databases of PostgreSQL {manifest.postgres}, and here is {here}")


def _extract(archive: tarfile.TarFile, home: Home) -> None:
    for member in archive:
        place = PurePosixPath(member.name)
        if member.name == MANIFEST:
            continue
        is_ours = member.isreg() or member.isdir()
        if not is_ours or place.parts[:1] not in _PLACES or ".." in place.parts:
            home.purge()
            raise InvalidInputError("FILE", f"holds {member.name!r}, which no backup does")
        archive.extract(member, home.path, numeric_owner=True, filter="tar")


@contextlib.contextmanager
def _held(home: Home) -> Iterator[None]:
    """The lock of a home: nothing starts meanwhile."""
    if not home.path.is_dir():
        raise StackError(f"there is nothing of a stack in {home.path}")
    lock = try_lock(home)
    if lock is None:
        raise StackError(f"the stack in {home.path} is up; `shinsei down` it first")
    try:
        yield
    finally:
        os.close(lock)


@contextlib.contextmanager
def _owners_only(path: Path) -> Iterator[io.BufferedWriter]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _add_manifest(archive: tarfile.TarFile, home: Home) -> None:
    major = home.path / _POSTGRES_VERSION
    manifest = Manifest(
        format=FORMAT,
        shinsei=version("shinsei"),
        postgres=major.read_text(encoding="utf-8").strip() if major.is_file() else "",
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    data = json.dumps(asdict(manifest), indent=2).encode()
    entry = tarfile.TarInfo(MANIFEST)
    entry.size = len(data)
    archive.addfile(entry, io.BytesIO(data))


def _kept(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """What goes into a backup: files and folders, no sockets and no locks of a process that has ended."""
    return member if member.isreg() or member.isdir() else None
