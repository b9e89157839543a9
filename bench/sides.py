"""What product and limit have in common for whoever measures them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from bench.modes import Mode
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import RunSpec
from shinsei.runtime.citizens import Cards
from shinsei.stack import Stack
from shinsei.stack.postgres import ROLE
from shinsei.stack.readiness import read_metrics

TOWNS = 4
"""Municipalities that file: half of the partitions, as many pollers."""


class Side(Protocol):
    """A pipeline that can be measured."""

    name: str
    databases: Sequence[str]
    topics: Sequence[str]
    changed: str
    """The topic with its statuses."""
    cards: Cards | None
    """With which its citizens sign; None: nobody does."""
    checks: bool
    """Whether it checks signatures; else all filings of a body carry the same one."""

    @property
    def portal(self) -> str:
        """``host:port`` of its portal."""

    @property
    def own(self) -> Mapping[str, int]:
        """Process ids of its own processes, by name."""

    async def open(self, mode: Mode, method: LinkageMethod) -> Sequence[RunSpec]:
        """Makes ready for a turn; who files in it."""

    async def close(self) -> None:
        """Ends a turn, in which everything accepted has been registered."""

    async def abandon(self) -> None:
        """Ends a turn that was broken off."""


def shared(stack: Stack) -> dict[str, int]:
    """Process ids of what both of them use."""
    return roots(stack, ("kafka", "postgres"))


def roots(stack: Stack, names: Sequence[str]) -> dict[str, int]:
    """Process ids of parts of a stack."""
    parts = {part.name: part.pid for part in stack.status().parts}
    return {name: pid for name in names if (pid := parts.get(name)) is not None}


def counts(stack: Stack) -> bool:
    """Whether all that count on a stack with telemetry tell what they have counted."""
    where = stack.addresses
    told = (*where.metrics.values(), f"{where.prometheus}/-/ready") if where.prometheus else ()
    return bool(told) and all(read_metrics(one) is not None for one in told)


def targets(stack: Stack) -> dict[str, str]:
    """gRPC address by service."""
    where = stack.addresses
    return {
        "portal_sim": where.portal,
        "linkage_server": where.linkage,
        "app_mgmt": where.app_mgmt,
        "core_systems": where.core,
    }


def dsn(stack: Stack, database: str) -> str:
    """Connection string of any database of a stack, for its administrator."""
    file = quote(stack.status().credentials["postgres"])
    return f"postgresql://{ROLE}@{stack.addresses.postgres}/{database}?passfile={file}"


def kafka_folder(stack: Stack) -> Path:
    """Where its broker keeps its log."""
    return stack.home / "kafka"
