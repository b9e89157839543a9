"""What a turn takes: processor time by process, memory, and bytes on Kafka and in PostgreSQL."""

import contextlib
import os
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import psutil

from shinsei.runtime.queries import load_queries
from shinsei.stack.memory import family, memory_mib, parents

SQL = load_queries("bench", "usage.sql")
POSTGRES = "postgres"


def cpu_s(roots: Mapping[str, int]) -> dict[str, float]:
    """Processor time so far, by name, with all that descend from each; PostgreSQL's is told apart by database.

    Of this process it is its own alone: whatever else is measured may descend from it.
    """
    parent_of, found = parents(), defaultdict[str, float](float)
    for name, root in roots.items():
        if root == os.getpid():
            found[name] = time.process_time()
            continue
        for process in family(root, parent_of):
            with contextlib.suppress(psutil.Error):
                one = psutil.Process(process)
                found[_database(one) if name == POSTGRES else name] += sum(one.cpu_times()[:4])
    return dict(found)


def _database(process: psutil.Process) -> str:
    """``postgres/DATABASE`` of a process that serves a connection, else ``postgres``."""
    words = " ".join(process.cmdline()).split()
    is_serving = len(words) > 3 and "(" in words[3]  # noqa: PLR2004 - "postgres:", role, database, address (port)
    return f"{POSTGRES}/{words[2]}" if is_serving else POSTGRES


def pss_mib(roots: Mapping[str, int]) -> dict[str, float]:
    """Memory now, by name, but of this process; shared pages are divided among those who share them."""
    parent_of = parents()
    others = {name: root for name, root in roots.items() if root != os.getpid()}
    return {name: round(memory_mib(family(root, parent_of)), 1) for name, root in others.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Bytes so far."""

    kafka: int
    """Of the topics, as they stand in the broker's log."""
    postgres: int
    """Of the databases, with indexes and what deleted rows have left."""
    wal: int
    """Of PostgreSQL's log, whoever wrote it."""

    def since(self, before: "Kept", applications: int) -> dict[str, float]:
        """What has been added, for each application."""
        return {
            "kafka": round((self.kafka - before.kafka) / applications),
            "postgres": round((self.postgres - before.postgres) / applications),
            "wal": round((self.wal - before.wal) / applications),
        }


async def kept(dsn: str, databases: Iterable[str], kafka: Path, topics: Iterable[str]) -> Kept:
    """Bytes of some databases and topics; ``kafka`` is the broker's folder."""
    connection = await asyncpg.connect(dsn, ssl=False)
    try:
        size = await connection.fetchval(SQL["size"], list(databases))
        written = await connection.fetchval(SQL["written"])
    finally:
        await connection.close()
    logs = (file for topic in topics for file in (kafka / "data").glob(f"{topic}-[0-9]/*.log"))
    return Kept(kafka=sum(file.stat().st_size for file in logs), postgres=size, wal=written)
