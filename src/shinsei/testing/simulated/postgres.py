"""asyncpg as the runtime uses it, on databases in memory."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from contextvars import copy_context
from types import TracebackType
from typing import Any, Self, TypeVar

import asyncpg

from shinsei.testing.simulated.loop import Process
from shinsei.testing.simulated.world import World
from shinsei.testing.sql import MemoryDatabase, Session
from shinsei.testing.sql.sessions import Witness
from shinsei.testing.sql.statements import Answer

T = TypeVar("T")


def _lost() -> BaseException:
    error: BaseException = asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")
    return error


class Databases:
    """A server with one database a DSN.

    Args:
        world: in which it stands.
        backwards: rows without a promised order come in the other one.
        witness: is told of every statement.
    """

    def __init__(self, world: World, *, backwards: bool = False, witness: Witness | None = None) -> None:
        self._world = world
        self._backwards = backwards
        self._witness = witness
        self._databases: dict[str, MemoryDatabase] = {}
        self._open: list[Connection] = []

    def database(self, dsn: str) -> MemoryDatabase:
        """The database behind a DSN."""
        if dsn not in self._databases:
            self._databases[dsn] = MemoryDatabase(backwards=self._backwards)
        return self._databases[dsn]

    def drop(self, process: Process) -> None:
        """A process has died: what its connections had open is undone."""
        for connection in [one for one in self._open if one.process is process]:
            connection.cut()

    def shake(self, process: Process) -> None:
        """A server does not mind who stands still."""

    def lose(self, process: Process) -> None:
        """A server does not mind who stands still."""

    def hear(self, process: Process) -> None:
        """A server does not mind who stands still."""

    async def connect(self, process: Process, dsn: str) -> "Connection":
        """A connection of its own."""

        async def opened() -> Connection:
            connection = Connection(self._world, process, Session(self.database(dsn), self._witness), self._open)
            self._open.append(connection)
            return connection

        return await self._world.exchange(process, "connects to PostgreSQL", opened, _lost)

    async def pool(self, process: Process, dsn: str, max_size: int) -> "Pool":
        """A pool."""
        pool = Pool(lambda: self.connect(process, dsn), max_size)
        async with pool.acquire():
            return pool


class Connection:
    """A connection of a process."""

    def __init__(self, world: World, process: Process, session: Session, opened: "list[Connection]") -> None:
        self.process = process
        self.is_cut = False
        self._world = world
        self._session = session
        self._opened = opened

    def cut(self) -> None:
        """It is gone, as the server sees it."""
        if not self.is_cut:
            self.is_cut = True
            self._opened.remove(self)
            self._session.end()

    def reset(self) -> None:
        """Given back to its pool: what somebody who was cancelled left open is undone."""
        if not self.is_cut and self._session.in_transaction:
            self._session.roll_back()

    def is_closed(self) -> bool:
        """Whether it can be used no more."""
        return self.is_cut

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as asyncpg has it
        """Lets go of it."""
        self.cut()

    async def execute(self, query: str, *args: Any) -> str:
        """Run statements; the status of the last."""
        return (await self._run(query, args))[0]

    async def fetch(self, query: str, *args: Any) -> list[Answer]:
        """All rows."""
        return (await self._run(query, args))[1]

    async def fetchrow(self, query: str, *args: Any) -> Answer | None:
        """The first row, or None."""
        rows = await self.fetch(query, *args)
        return rows[0] if rows else None

    async def fetchval(self, query: str, *args: Any) -> Any:
        """The first value of the first row, or None."""
        rows = await self.fetch(query, *args)
        return rows[0][0] if rows else None

    async def copy_records_to_table(
        self, table_name: str, *, records: Iterable[Sequence[Any]], columns: Sequence[str] | None = None
    ) -> str:
        """Fill a table in bulk."""
        assert columns is not None, "the services name the columns"
        rows, names = list(records), columns
        await self._exchange(f"COPY {table_name}", lambda: self._session.copy(table_name, names, rows))
        return f"COPY {len(rows)}"

    def transaction(self) -> "OpenTransaction":
        """A transaction."""
        return OpenTransaction(self)

    async def add_listener(self, channel: str, callback: Callable[..., Any]) -> None:
        """Be called for every notification, in one's own process."""
        loop, context = asyncio.get_running_loop(), copy_context()

        def tell(payload: str) -> None:
            loop.call_soon(callback, self, 0, channel, payload, context=context)

        self._session.database.listeners.append((self._session, channel, tell))

    async def begin(self) -> None:
        """BEGIN; a client sends it with its first statement, so it is no step of its own."""
        self._check()
        self._session.begin()

    async def commit(self) -> None:
        """COMMIT."""

        async def committed() -> None:
            self._session.commit()

        await self._exchange("COMMIT", committed)

    async def roll_back(self) -> None:
        """ROLLBACK, if the connection is still there; without it the server has done so."""
        if not self.is_cut:
            self._session.roll_back()

    async def _run(self, query: str, args: Sequence[Any]) -> tuple[str, list[Answer]]:
        return await self._exchange("SQL", lambda: self._session.run(query, args), query)

    async def _exchange(self, what: str, effect: Callable[[], Awaitable[T]], more: str = "") -> T:
        self._check()
        try:
            return await self._world.exchange(self.process, what, effect, _lost, more)
        except asyncpg.ConnectionDoesNotExistError:
            self.cut()
            raise

    def _check(self) -> None:
        if self.is_cut:
            raise asyncpg.InterfaceError("connection is closed")


class OpenTransaction:
    """What ``async with connection.transaction()`` enters."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def __aenter__(self) -> Self:
        await self._connection.begin()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            await self._connection.commit()
        else:
            await self._connection.roll_back()


class Pool:
    """A pool of a process."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]], max_size: int) -> None:
        self._connect = connect
        self._idle: deque[Connection] = deque()
        self._size = 0
        self._room = asyncio.Semaphore(max_size)

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Connection]:
        """A connection, given back at the end."""
        async with self._room:
            connection = await self._take()
            try:
                yield connection
            finally:
                connection.reset()
                if connection.is_cut:
                    self._size -= 1
                else:
                    self._idle.append(connection)

    def get_size(self) -> int:
        """Connections that are open."""
        return self._size

    def get_idle_size(self) -> int:
        """Those of them that nobody uses."""
        return len(self._idle)

    async def close(self) -> None:
        """Lets go of all of them."""
        self.terminate()

    def terminate(self) -> None:
        """The same at once."""
        while self._idle:
            self._idle.popleft().cut()

    async def _take(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_cut:
                return connection
            self._size -= 1
        connection = await self._connect()
        self._size += 1
        return connection
