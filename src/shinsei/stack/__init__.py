"""The local stack: Kafka, PostgreSQL and the services as child processes of one supervisor.

It exists so that one command brings up the real parts on a machine without containers, and leaves nothing behind.
"""

from shinsei.stack.errors import PartFailedError, StackError
from shinsei.stack.launching import Ports
from shinsei.stack.local import Stack, ensure, last_status, purge, stop, up
from shinsei.stack.site import Addresses
from shinsei.stack.status import PartState, PartStatus, StackState, StackStatus

__all__ = [
    "Addresses",
    "PartFailedError",
    "PartState",
    "PartStatus",
    "Ports",
    "Stack",
    "StackError",
    "StackState",
    "StackStatus",
    "ensure",
    "last_status",
    "purge",
    "stop",
    "up",
]
