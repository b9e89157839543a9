"""Ownership of a partition by epochs: whoever took it last may commit, everybody else is fenced."""

from typing import Final

from shinsei.runtime.errors import FencedError
from shinsei.runtime.postgres import Connection
from shinsei.runtime.queries import load_queries

_QUERIES: Final = load_queries("shinsei.runtime.outbox")


class Ownership:
    """Epochs of partitions in a service's database."""

    @staticmethod
    async def take(conn: Connection, topic: str, partition: int) -> int:
        """Become the owner; returns the new epoch. Waits for transactions that have checked the old one."""
        return int(await conn.fetchval(_QUERIES["take"], topic, partition))

    @staticmethod
    async def check(conn: Connection, topic: str, partition: int, epoch: int) -> None:
        """Make sure, until this transaction ends, that nobody else has taken the partition.

        Raises:
            FencedError: somebody has.
        """
        current = await conn.fetchval(_QUERIES["check"], topic, partition)
        if current != epoch:
            raise FencedError(topic, partition, epoch)
