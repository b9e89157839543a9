"""PostgreSQL: a pool that survives outages, the schema of a service, and its named queries."""

import asyncio
import hashlib
import importlib.resources
import re
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from pathlib import Path
from time import perf_counter
from types import MappingProxyType
from typing import Any, Protocol
from urllib.parse import urlsplit

import asyncpg
import structlog

from shinsei.domain.errors import ConflictError
from shinsei.runtime.crash_points import CrashPoint, reach
from shinsei.runtime.errors import StartError
from shinsei.runtime.faults import BOARD, FaultFlag
from shinsei.runtime.makers import MAKERS
from shinsei.runtime.observability import gauge, histogram
from shinsei.runtime.retry import ExponentialBackoff, describe, until_success

log = structlog.get_logger(__name__)


class Connection(Protocol):
    """What an asyncpg connection is used for here; asyncpg is published without types."""

    async def execute(self, query: str, *args: Any) -> str:
        """Run a statement, or several without arguments; returns the status."""
        ...

    async def fetch(self, query: str, *args: Any) -> list[Any]:
        """All rows."""
        ...

    async def fetchrow(self, query: str, *args: Any) -> Any:
        """The first row, or None."""
        ...

    async def fetchval(self, query: str, *args: Any) -> Any:
        """The first value of the first row, or None."""
        ...

    async def copy_records_to_table(
        self, table_name: str, *, records: Iterable[Sequence[Any]], columns: Sequence[str] | None = None
    ) -> str:
        """Fill a table in bulk."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[Any]:
        """A transaction, or a savepoint inside one."""
        ...

    async def add_listener(self, channel: str, callback: Callable[..., Any]) -> None:
        """Be called for every notification."""
        ...


_SCHEMA_LOCK = 0x5348494E_0001
_VERSIONS = """
CREATE TABLE IF NOT EXISTS schema_version (
    version integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sha256 text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
-- Of a schema that was applied before schemas had numbers: 0.
ALTER TABLE schema_version ADD COLUMN IF NOT EXISTS number integer NOT NULL DEFAULT 0"""
_NUMBER = re.compile(r"^-- schema (\d+)\b", re.MULTILINE)

_TRANSIENT: tuple[type[BaseException], ...] = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    # Disk full, out of memory, too many connections: retried in place, never lost.
    asyncpg.InsufficientResourcesError,
    # Shutdown, crash, starting up, cancelled.
    asyncpg.OperatorInterventionError,
    asyncpg.PostgresSystemError,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    # asyncpg's own confusion when a connection is cut in the middle of an exchange.
    asyncpg.InternalClientError,
)

_ASK_AGAIN_S = 0.02
"""While a fault flag keeps connections back."""
ONE_PLAN = {"plan_cache_mode": "force_generic_plan"}
"""Of each statement, for whatever run: the server takes a run that its statistics have not seen yet for one of hardly
any rows, and plans to join them each with each."""

_FILE_ERRORS = (PermissionError, FileExistsError, IsADirectoryError, NotADirectoryError)

POOL_IN_USE = gauge("shinsei_db_pool_in_use", "Connections of the pool that are in use.")
POOL_SIZE = gauge("shinsei_db_pool_size", "Connections that the pool has open.")
POOL_WAIT = histogram(
    "shinsei_db_pool_wait_seconds", "Real time for which whoever wanted a connection of the pool waited for it."
)
POOL_OLDEST_WAIT = gauge(
    "shinsei_db_pool_oldest_wait_seconds",
    "For how long whoever has waited longest for a connection of the pool waits now, 0 where nobody does (real time).",
)


def is_transient(error: BaseException) -> bool:
    """Whether the same statement may succeed later: the server is away, starting, full or contended."""
    if isinstance(error, asyncpg.InterfaceError):
        # asyncpg has one class for a lost connection and for a misuse of its interface.
        return "clos" in str(error) or "in the middle" in str(error)
    if isinstance(error, _FILE_ERRORS):
        return False
    return isinstance(error, _TRANSIENT)


def is_unstorable(error: BaseException) -> bool:
    """Whether a text was asked for or to be kept that no database takes, such as one with a NUL."""
    return isinstance(error, asyncpg.CharacterNotInRepertoireError)


class Database:
    """The database of a service (a lifespan component)."""

    def __init__(
        self,
        dsn: str,
        schema: str,
        pool_size: int = 10,
        password_file: Path | None = None,
        *,
        wait_s: float = 30.0,
        setting: str = "database_dsn",
    ) -> None:
        self._dsn = dsn
        self._schema = schema
        self._pool_size = pool_size
        self._password_file = password_file
        self._password: str | None = None
        self._wait_s = wait_s
        self._setting = setting
        self._pool: asyncpg.Pool | None = None
        self._waiting: dict[object, float] = {}
        """Since when those wait who have asked for a connection and have none yet."""

    async def start(self) -> None:
        """Wait for the server, open the pool, apply the schema.

        Raises:
            StartError: no password in its file, not reachable in time, no such database, not let in, or a schema newer
                than this program.
        """
        if self._password_file:
            self._password = _password(self._password_file)
        self._pool = await self._connect()
        try:
            async with self.acquire() as connection:
                await apply_schema(connection, self._schema)
        except ConflictError as newer:
            remedy = "start the version of Shinsei that wrote it, restore a backup of this one"
            raise StartError(str(newer), remedy=remedy, setting=self._setting) from newer
        except asyncpg.InsufficientPrivilegeError as error:
            remedy = "let the one in the DSN own the database and what is in it"
            raise StartError(f"its tables are another role's: {error}", remedy=remedy, setting=self._setting) from error
        POOL_IN_USE.set_function(self._in_use)
        POOL_OLDEST_WAIT.set_function(self._oldest_wait_s)
        POOL_SIZE.set_function(lambda: self._pool.get_size() if self._pool else 0)

    async def stop(self) -> None:
        """Close the pool; what is still running gets a few seconds."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        try:
            await asyncio.wait_for(pool.close(), timeout=5)
        except TimeoutError:
            pool.terminate()

    async def connection(self) -> Any:
        """A connection outside the pool of a started database, for whoever holds on to one; to be closed."""
        return await MAKERS.get().connection(
            self._dsn, password=self._password, timeout=5, command_timeout=60, server_settings=ONE_PLAN
        )

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Connection]:
        """A connection for reading, each statement by itself."""
        async with self._had() as connection:
            yield connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection in a transaction, committed when the block ends without an exception."""
        async with self._had() as connection, connection.transaction():
            yield connection
            await BOARD.delay(FaultFlag.COMMIT_DELAYED)
            reach(CrashPoint.UNCOMMITTED)
        reach(CrashPoint.COMMITTED)

    @property
    def pool(self) -> asyncpg.Pool:
        """The pool of a started database."""
        if self._pool is None:
            raise RuntimeError("the database has not been started")
        return self._pool

    @asynccontextmanager
    async def _had(self) -> AsyncIterator[Any]:
        """A connection of the pool; a wait that does not end is told as well as one that has ended."""
        who, asked_s = object(), perf_counter()
        self._waiting[who] = asked_s
        try:
            await self._befall()
            async with self.pool.acquire() as connection:
                del self._waiting[who]
                POOL_WAIT.observe(perf_counter() - asked_s)
                yield connection
        finally:
            self._waiting.pop(who, None)

    def _oldest_wait_s(self) -> float:
        return perf_counter() - next(iter(self._waiting.values())) if self._waiting else 0.0

    async def _befall(self) -> None:
        """What befalls whoever wants a connection, by the fault flags."""
        await BOARD.delay(FaultFlag.DATABASE_SLOW)
        while (left := BOARD.value(FaultFlag.CONNECTIONS_EXHAUSTED)) is not None and self._in_use() >= left:
            await BOARD.hold(FaultFlag.CONNECTIONS_EXHAUSTED, _ASK_AGAIN_S)

    def _in_use(self) -> float:
        return self._pool.get_size() - self._pool.get_idle_size() if self._pool else 0

    async def _connect(self) -> asyncpg.Pool:
        async def attempt() -> asyncpg.Pool:
            return await MAKERS.get().pool(
                self._dsn,
                password=self._password,
                min_size=1,
                max_size=self._pool_size,
                timeout=5,
                command_timeout=120,
                reset=_as_it_is,
                server_settings=ONE_PLAN,
            )

        policy = ExponentialBackoff(first_s=0.1, max_s=1.0)
        try:
            return await until_success(attempt, policy, is_transient, log, give_up_after_s=self._wait_s)
        except asyncpg.InvalidCatalogNameError as error:
            raise StartError(f"{error}", remedy="create it", setting=self._setting) from error
        except asyncpg.InsufficientPrivilegeError as error:
            raise StartError(f"PostgreSQL refuses the login: {error}", setting=self._setting) from error
        except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidPasswordError) as error:
            setting = "database_password_file" if self._password_file else self._setting
            raise StartError(f"PostgreSQL refuses the login: {error}", setting=setting) from error
        except (asyncpg.ClientConfigurationError, ValueError) as error:
            raise StartError(f"the DSN cannot be read: {error}", setting=self._setting) from error
        except Exception as error:
            problem = f"PostgreSQL is not reachable at {without_password(self._dsn)} after {self._wait_s:.0f} s"
            detail = f"{problem} ({describe(error)})" if not isinstance(error, OSError) else problem
            raise StartError(detail, remedy="start it", setting=self._setting) from error


def _password(file: Path) -> str:
    """What is in a file that only says a password, who else may read it being a matter of the deployment.

    Raises:
        StartError: it cannot be read, or nothing is in it.
    """
    problem = f"the password for the database cannot be read from {file}"
    try:
        password = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise StartError(f"{problem} ({why})", setting="database_password_file") from error
    if not password:
        raise StartError(f"{problem} (it is empty)", setting="database_password_file")
    return password


def schema_number(schema: str) -> int:
    """The number in a line ``-- schema 3: …`` of its text; 0 without one."""
    found = _NUMBER.search(schema)
    return int(found[1]) if found else 0


async def _as_it_is(_: Connection) -> None:
    """Nobody here changes a session, so there is nothing to reset; it would cost a round trip a transaction.

    asyncpg itself still ends a transaction that was left open.
    """


async def apply_schema(connection: Connection, schema: str) -> None:
    """Apply an idempotent schema text once, which also upgrades what an earlier one has made.

    Processes that start together wait for each other.

    Raises:
        ConflictError: the database has been made, or upgraded, by a newer one.
    """
    digest, number = hashlib.sha256(schema.encode()).hexdigest(), schema_number(schema)
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _SCHEMA_LOCK)
        await connection.execute(_VERSIONS)
        latest = await connection.fetchval("SELECT sha256 FROM schema_version ORDER BY version DESC LIMIT 1")
        newest = await connection.fetchval("SELECT coalesce(max(number), 0) FROM schema_version")
        if newest > number:
            raise ConflictError(f"the database has schema {newest}; this program knows it up to {number}")
        if latest == digest:
            return
        await connection.execute(schema)
        await connection.execute("INSERT INTO schema_version (sha256, number) VALUES ($1, $2)", digest, number)
    log.info("schema_applied", number=number, sha256=digest[:12])


def without_password(dsn: str) -> str:
    """A DSN that may be shown: host, port and database."""
    parts = urlsplit(dsn)
    try:
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        port = ""
    return f"{parts.hostname or 'local socket'}{port}{parts.path}"


_NAME = re.compile(r"^--\s*name:\s*(\w+)\s*$", re.MULTILINE)


@cache
def load_sql(package: str, name: str) -> str:
    """Text of an SQL file beside a package's modules."""
    return importlib.resources.files(package).joinpath(name).read_text(encoding="utf-8")


@cache
def load_queries(package: str, name: str = "queries.sql") -> Mapping[str, str]:
    """Queries of a file by the names in its ``-- name: …`` lines."""
    parts: list[Any] = _NAME.split(load_sql(package, name))
    queries = {key: text.strip().rstrip(";") for key, text in zip(parts[1::2], parts[2::2], strict=True)}
    if len(queries) != len(parts) // 2:
        raise ValueError(f"{package}/{name}: a query name is used twice")
    return MappingProxyType(queries)
