"""The folder of results: one folder a run, ``latest`` pointing to the newest, each file written whole or not."""

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shinsei.domain.errors import InvalidInputError, UnavailableError

LATEST = "latest"
SUMMARY = "summary.json"
REPORT = "report.html"
SERIES = "series.csv"
SCENARIO = "scenario.toml"
CHANGES = "changes.toml"
ENVIRONMENT = "environment.json"
REQUEST = "request.json"
TABLE = "table.md"


def new_run_id(name: str, *, now_ms: int) -> str:
    """Unique over everything that is kept: a name, real time to the second, and four digits for what starts with it."""
    moment = datetime.fromtimestamp(now_ms / 1000, UTC)
    return f"{name}-{moment:%Y%m%d%H%M%S}-{secrets.token_hex(2)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """One folder of results."""

    run_id: str
    path: Path
    summary: dict[str, Any] | None
    """None where a season has been started and no result written yet, or where it cannot be read."""
    problem: str = ""
    """Why its result cannot be read."""


class Results:
    """A folder with one folder a run."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, run_id: str) -> Path:
        """The folder of a run, made if it is not there.

        Raises:
            UnavailableError: it cannot be made.
        """
        path = self.root / run_id
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UnavailableError(f"cannot write results to {path}: {error.strerror or error}") from error
        return path

    def write(self, run_id: str, name: str, content: str | bytes) -> Path:
        """Writes one file of a run: either all of it appears, or nothing changes.

        Raises:
            UnavailableError: the disk is full, or the folder may not be written.
        """
        path = self.folder(run_id) / name
        partial = path.with_name(f".{name}.partial")
        data = content.encode() if isinstance(content, str) else content
        try:
            partial.write_bytes(data)
            partial.replace(path)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise UnavailableError(f"cannot write {path}: {error.strerror or error}") from error
        return path

    def point_latest(self, run_id: str) -> None:
        """Makes ``latest`` point to a run; a reader sees the old one or the new one."""
        partial = self.root / f".{LATEST}.{os.getpid()}.partial"
        partial.unlink(missing_ok=True)
        partial.symlink_to(run_id, target_is_directory=True)
        partial.replace(self.root / LATEST)

    def runs(self) -> list[StoredRun]:
        """All runs, newest first."""
        return sorted(self._read(), key=lambda run: (run.path.stat().st_mtime, run.run_id), reverse=True)

    def find(self, name: str) -> StoredRun:
        """A run by its id, ``latest``, an unambiguous beginning of its id, or the path of its folder.

        Raises:
            InvalidInputError: there is none, several begin so, or what it holds cannot be read.
        """
        direct = [path for path in (self.root / name, Path(name)) if name and path.is_dir()]
        if direct:
            return _readable(_stored(direct[0].resolve()))
        near = [run for run in self._read() if run.run_id.startswith(name)]
        if not near:
            raise InvalidInputError("run", f"there is no result {name!r} in {self.root}; shinsei runs list shows them")
        if len(near) > 1:
            raise InvalidInputError("run", f"{name!r} fits {', '.join(sorted(run.run_id for run in near))}")
        return _readable(near[0])

    def remove(self, run: StoredRun) -> None:
        """Removes a run's folder, and ``latest`` if it pointed there."""
        latest = self.root / LATEST
        if latest.is_symlink() and latest.resolve() == run.path.resolve():
            latest.unlink()
        shutil.rmtree(run.path)

    def _read(self) -> Iterator[StoredRun]:
        if self.root.is_dir():
            for path in self.root.iterdir():
                if path.is_dir() and not path.is_symlink() and _is_result(path):
                    yield _stored(path)


def as_json(value: object) -> str:
    """JSON as it is written to files and to standard output."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _is_result(path: Path) -> bool:
    return (path / SUMMARY).is_file() or (path / REQUEST).is_file()


def _stored(path: Path) -> StoredRun:
    summary = path / SUMMARY
    try:
        content = json.loads(summary.read_text(encoding="utf-8")) if summary.is_file() else None
    except ValueError as error:
        return StoredRun(run_id=path.name, path=path, summary=None, problem=f"is not readable JSON ({error})")
    if content is not None and not isinstance(content, dict):
        return StoredRun(run_id=path.name, path=path, summary=None, problem="is no result: a JSON object is expected")
    return StoredRun(run_id=path.name, path=path, summary=content)


def _readable(run: StoredRun) -> StoredRun:
    if run.problem:
        raise InvalidInputError(str(run.path / SUMMARY), run.problem)
    return run
