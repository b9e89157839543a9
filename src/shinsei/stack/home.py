"""The home of a stack: the one folder that it writes to, and the lock that says whether anything of it is alive."""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shinsei.stack.errors import StackError

_KEPT_LOG_BYTES = 20 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where everything of one stack is."""

    path: Path

    @property
    def logs(self) -> Path:
        """One log per part."""
        return self.path / "log"

    @property
    def credentials(self) -> Path:
        """Generated passwords and secrets, each readable by its owner only."""
        return self.path / "credentials"

    @property
    def citizens(self) -> Path:
        """The citizens' cards, and the authority that certifies them."""
        return self.credentials / "citizens"

    @property
    def kafka(self) -> Path:
        """Kafka's data."""
        return self.path / "kafka"

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data."""
        return self.path / "postgres"

    @property
    def prometheus(self) -> Path:
        """Prometheus' data: the history of metrics."""
        return self.path / "prometheus"

    @property
    def payloads(self) -> Path:
        """The municipality's payload store: bytes of attachments."""
        return self.path / "payloads"

    @property
    def temporary(self) -> Path:
        """Where parts write what the system's temporary folder is for."""
        return self.path / "tmp"

    @property
    def state(self) -> Path:
        """What was last known of the stack, for a reader who finds nobody to ask."""
        return self.path / "stack.json"

    @property
    def pace(self) -> Path:
        """The speed that somebody in the operations room wants of a season."""
        return self.path / "pace.json"

    @property
    def addresses(self) -> Path:
        """Where everything listens, for the operations room."""
        return self.path / "room.json"

    @property
    def audit(self) -> Path:
        """What was decided about dead letters: one line a decision."""
        return self.path / "audit" / "dead-letters.jsonl"

    @property
    def socket(self) -> Path:
        """Where the supervisor answers."""
        return self.path / "stack.sock"

    @property
    def lock(self) -> Path:
        """Held by the supervisor and every part that it started, so it is free when the last of them is gone."""
        return self.path / "stack.lock"

    def log(self, part: str) -> Path:
        """Log of a part."""
        return self.logs / f"{part}.log"

    def make(self) -> None:
        """Make the folders, and put logs that have grown long aside.

        Raises:
            StackError: Nothing can be kept there.
        """
        try:
            for folder in (self.path, self.logs, self.temporary, self.payloads):
                folder.mkdir(parents=True, exist_ok=True)
            self.credentials.mkdir(mode=0o700, exist_ok=True)
            for log in self.logs.glob("*.log"):
                if log.stat().st_size > _KEPT_LOG_BYTES:
                    log.replace(log.with_suffix(".log.1"))
        except OSError as error:
            raise StackError(f"the stack cannot keep its data in {self.path}: {error.strerror}") from error

    def clear_temporary(self) -> None:
        """Remove what parts that were killed left behind; only for the holder of the lock."""
        shutil.rmtree(self.temporary, ignore_errors=True)
        self.temporary.mkdir(exist_ok=True)

    def purge(self) -> None:
        """Remove everything that a stack made here, and nothing else."""
        for folder in (
            *(self.logs, self.credentials, self.kafka, self.postgres),
            *(self.prometheus, self.payloads, self.temporary, self.audit.parent),
        ):
            shutil.rmtree(folder, ignore_errors=True)
        for file in (self.state, self.socket, self.lock, self.pace, self.addresses):
            file.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # it is not empty, or somebody else's
            self.path.rmdir()


def try_lock(home: Home) -> int | None:
    """Take the home's lock: an open file that whoever inherits it holds too. None if it is held."""
    lock = os.open(home.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def is_locked(home: Home) -> bool:
    """Whether the supervisor or any part of this home is alive."""
    if not home.lock.exists():
        return False
    lock = try_lock(home)
    if lock is None:
        return True
    os.close(lock)
    return False


def holders(home: Home) -> Iterator[int]:
    """Processes that hold the home's lock (where the system tells)."""
    try:
        wanted = home.lock.stat()
    except OSError:
        return
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            for descriptor in (process / "fd").iterdir():
                with contextlib.suppress(OSError):
                    found = descriptor.stat()
                    if (found.st_dev, found.st_ino) == (wanted.st_dev, wanted.st_ino):
                        yield int(process.name)
                        break
