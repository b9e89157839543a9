"""Where the services answer that a command talks to: on the local stack, or elsewhere.

In containers and in a cluster nobody starts a stack for a command: the environment names the four services.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from shinsei.domain.errors import InvalidInputError, UnavailableError
from shinsei.stack import Addresses, Stack
from shinsei.stack.local import home_of
from shinsei.stack.site import SERVICES, signs

VARIABLE = "SHINSEI_TARGETS"
"""``portal_sim=HOST:PORT,linkage_server=…,app_mgmt=…,core_systems=…``: with it, no local stack is used."""
CARDS = "SHINSEI_CARDS"
"""Folder with the citizens' cards of services elsewhere; without it nobody signs, for a portal that checks nothing."""
_TARGET = re.compile(r"[^\s:,=]+:\d{1,5}")


def targets(home: Path | None) -> dict[str, str]:
    """``host:port`` of gRPC by service: as the environment names them, else of the stack that is up.

    Raises:
        InvalidInputError: the environment names them wrongly.
        UnavailableError: no stack is up.
    """
    elsewhere = named_elsewhere()
    return targets_of(require_stack(home).addresses) if elsewhere is None else elsewhere


def named_elsewhere(environment: Mapping[str, str] = os.environ) -> dict[str, str] | None:
    """The targets that the environment names; None where it names none.

    Raises:
        InvalidInputError: an entry is no ``service=host:port``, or a service is missing.
    """
    text = environment.get(VARIABLE, "")
    if not text.strip():
        return None
    found: dict[str, str] = {}
    for entry in (entry.strip() for entry in text.split(",")):
        service, _, target = entry.partition("=")
        if service not in SERVICES or not _TARGET.fullmatch(target):
            raise InvalidInputError(
                VARIABLE, f"{entry!r} is no SERVICE=HOST:PORT, SERVICE one of {', '.join(SERVICES)}"
            )
        found[service] = target
    missing = [service for service in SERVICES if service not in found]
    if missing:
        raise InvalidInputError(VARIABLE, f"names no {missing[0]}; it has to name all of {', '.join(SERVICES)}")
    return found


def cards_folder(home: Path | None) -> Path | None:
    """Where the cards of the citizens are whom a command plays; None: nobody signs."""
    if named_elsewhere() is None:
        return home_of(home).citizens if signs() else None
    named = os.environ.get(CARDS, "")
    return Path(named) if named else None


def targets_of(addresses: Addresses) -> dict[str, str]:
    """``host:port`` of gRPC by service of a local stack."""
    return {
        "portal_sim": addresses.portal,
        "linkage_server": addresses.linkage,
        "app_mgmt": addresses.app_mgmt,
        "core_systems": addresses.core,
    }


def require_stack(home: Path | None) -> Stack:
    """The stack that is up.

    Raises:
        UnavailableError: none is.
    """
    stack = Stack.find(home)
    if stack is None:
        raise UnavailableError("the stack is not up; start it with shinsei up")
    return stack
