"""What opens connections to the parts outside: the client libraries, or what a simulation puts in their place.

A context of its own (``contextvars``) can have makers of its own, so several services, each with its own connections,
can live in one process. Nothing above the client libraries knows the difference.
"""

import socket
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

import asyncpg
import grpc
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

Maker = Callable[..., Any]


def a_port(host: str, port: int) -> int:
    """The port if nobody listens there, any such for 0: for servers that will share it, and would with a stranger.

    Raises:
        OSError: somebody does.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host.strip("[]"), port), family=family) as taken:
        return int(taken.getsockname()[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Makers:
    """One maker for each kind of connection, with the signature of the library's own."""

    pool: Maker = asyncpg.create_pool
    """A pool of PostgreSQL connections, awaited."""
    connection: Maker = asyncpg.connect
    """One PostgreSQL connection, awaited."""
    producer: Maker = AIOKafkaProducer
    consumer: Maker = AIOKafkaConsumer
    admin: Maker = AIOKafkaAdminClient
    server: Maker = grpc.aio.server
    """A gRPC server."""
    channel: Maker = grpc.aio.insecure_channel
    """A gRPC channel."""
    port: Maker = a_port
    """A port for several servers."""


LIBRARIES: Final = Makers()
"""The real ones."""

MAKERS: ContextVar[Makers] = ContextVar("makers", default=LIBRARIES)
"""Those of the context in which a connection is opened."""
