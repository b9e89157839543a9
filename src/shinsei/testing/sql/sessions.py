"""Sessions: statements one after the other, each waiting for locks for as long as it takes."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg

from shinsei.testing.sql.database import MemoryDatabase
from shinsei.testing.sql.evaluation import Call
from shinsei.testing.sql.locks import Blocked
from shinsei.testing.sql.statements import Answer, Statement, statements
from shinsei.testing.sql.transactions import Transaction

Result = tuple[str, list[Answer]]
Witness = Callable[["Session", str, Sequence[Any], list[Answer]], None]


class Session:
    """What one connection does in a database.

    Args:
        database: where.
        witness: is told of every statement when it has been carried out, and of BEGIN, COMMIT and ROLLBACK.
    """

    def __init__(self, database: MemoryDatabase, witness: Witness | None = None) -> None:
        self.database = database
        self._witness = witness
        self._open: Transaction | None = None
        self._running: Transaction | None = None

    @property
    def in_transaction(self) -> bool:
        """Whether one has been begun."""
        return self._open is not None

    def begin(self) -> None:
        """Begins a transaction."""
        if self._open is not None:
            raise asyncpg.InterfaceError("a transaction is open already")
        self._open = Transaction(self.database, self)
        self._tell("BEGIN")

    def commit(self) -> None:
        """Makes it last; one in which a statement failed is rolled back instead, as a server does."""
        transaction = self._take()
        if transaction.has_failed:
            self._tell("ROLLBACK")
        else:
            transaction.commit()
            self._tell("COMMIT")

    def roll_back(self) -> None:
        """Undoes it."""
        self._take().roll_back()
        self._tell("ROLLBACK")

    def end(self) -> None:
        """The connection is gone: what was open is undone, what was held is free."""
        running, self._running = self._running, None
        if running is not None and running is not self._open:
            running.roll_back()
        if self._open is not None:
            self.roll_back()
        advisory = self.database.advisory
        for key in [key for key, holder in advisory.items() if holder is self]:
            del advisory[key]
        self.database.listeners = [one for one in self.database.listeners if one[0] is not self]
        self._tell("END")

    def try_advisory(self, key: int) -> bool:
        """Takes an advisory lock for the session, if it is free."""
        return self.database.advisory.setdefault(key, self) is self

    async def run(self, sql: str, arguments: Sequence[Any] = ()) -> Result:
        """Carries statements out; status and rows of the last one."""
        result: Result = ("", [])
        for one in statements(sql):
            result = await self._run_one(one, arguments)
        self._tell(sql, arguments, result[1])
        return result

    async def _run_one(self, one: Statement, arguments: Sequence[Any]) -> Result:
        transaction = self._open
        if transaction is None:
            transaction = Transaction(self.database, self)
        elif transaction.has_failed:
            raise asyncpg.InFailedSQLTransactionError("a statement before has failed")
        self._running = transaction
        try:
            result = await _carried_out(transaction, one, arguments)
        except BaseException:
            # A server undoes the whole transaction at once, and lets go of what it held.
            transaction.has_failed = True
            transaction.roll_back()
            raise
        finally:
            self._running = None
        if transaction is not self._open:
            transaction.commit()
        return result

    async def copy(self, table: str, columns: Sequence[str], records: Sequence[Sequence[Any]]) -> None:
        """Fills a table."""
        values = ", ".join(f"${place}" for place in range(1, len(columns) + 1))
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values})"  # noqa: S608 - names of the service's own
        for record in records:
            await self.run(sql, record)

    def _take(self) -> Transaction:
        transaction, self._open = self._open, None
        if transaction is None:
            raise asyncpg.InterfaceError("no transaction is open")
        return transaction

    def _tell(self, sql: str, arguments: Sequence[Any] = (), rows: list[Answer] | None = None) -> None:
        if self._witness is not None:
            self._witness(self, sql, arguments, rows or [])


async def _carried_out(transaction: Transaction, one: Statement, arguments: Sequence[Any]) -> Result:
    """Runs a statement until nobody stands in its way."""
    mark = transaction.mark()
    while True:
        try:
            return one.run(Call(transaction, arguments))
        except Blocked as blocked:
            transaction.back_to(mark)
            await _ended(transaction, blocked.holder)
        except BaseException:
            transaction.back_to(mark)
            raise


def _ended(waiting: Transaction, holder: Transaction) -> Awaitable[None]:
    """Waits for another transaction.

    Raises:
        asyncpg.DeadlockDetectedError: that one waits for this one.
    """
    last: Transaction | None = holder
    while last is not None:
        if last is waiting:
            raise asyncpg.DeadlockDetectedError("two transactions wait for each other")
        last = last.waits_for
    return _wait(waiting, holder)


async def _wait(waiting: Transaction, holder: Transaction) -> None:
    waiting.waits_for = holder
    try:
        await holder.until_ended()
    finally:
        waiting.waits_for = None
