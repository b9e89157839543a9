"""Sending and receiving effectively once: outbox, relay, inbox and ownership, in the service's own database.

A message is written in the transaction of the effect that causes it, numbered without gaps under the lock of its
stream's row; the relay sends it in that order and forgets it when the broker has it; the reader accepts only the next
number. What is sent twice is dropped there, what is missing is noticed there.
"""

from shinsei.runtime.errors import FencedError
from shinsei.runtime.outbox.inbox import accept
from shinsei.runtime.outbox.ownership import Ownership
from shinsei.runtime.outbox.relay import Relay
from shinsei.runtime.outbox.writing import OutMessage, append
from shinsei.runtime.queries import load_sql

OUTBOX_SQL = load_sql("shinsei.runtime.outbox", "schema.sql")
"""Schema text that a service puts before its own."""

__all__ = ["OUTBOX_SQL", "FencedError", "OutMessage", "Ownership", "Relay", "accept", "append"]
