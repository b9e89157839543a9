"""A PostgreSQL in memory, as far as the services use one: their SQL, and what concurrent transactions see.

It reads the statements of the services themselves, so a changed query needs no changed twin. What it promises is held
against a real server by ``tests/integration/simulated``: row locks, unique keys that wait for each other, visibility in
the order of commits, and the answer of every statement that a season runs.
"""

from shinsei.testing.sql.database import MemoryDatabase
from shinsei.testing.sql.sessions import Session

__all__ = ["MemoryDatabase", "Session"]
