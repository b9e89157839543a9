"""The four services as a world holds them: the real ones, built by their own composition roots."""

import asyncio
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from tempfile import mkdtemp
from types import MappingProxyType
from typing import Final, TypeVar

from app_mgmt.bootstrap import build as build_app_mgmt
from app_mgmt.settings import Settings as AppMgmtSettings
from core_systems.bootstrap import build as build_core_systems
from core_systems.settings import Settings as CoreSystemsSettings
from linkage_server.bootstrap import build as build_linkage_server
from linkage_server.settings import Settings as LinkageServerSettings
from portal_sim.bootstrap import build as build_portal
from portal_sim.settings import Settings as PortalSettings
from shinsei.runtime.levels import Measured
from shinsei.runtime.lifespan import Service, Watched
from shinsei.runtime.observability import EventLoopLag
from shinsei.runtime.settings import ServiceSettings
from shinsei.runtime.turns import Turns

S = TypeVar("S", bound=ServiceSettings)

ADDRESSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "portal_sim": "127.0.0.1:50051",
        "linkage_server": "127.0.0.1:50052",
        "app_mgmt": "127.0.0.1:50053",
        "core_systems": "127.0.0.1:50054",
    }
)
"""Where each listens, in its world."""

_ONLY_WATCH: Final = (EventLoopLag, Measured, Turns)
"""Components that measure real time and touch no case."""

_SECRET: Final = "of a world that nobody can enter"  # noqa: S105 - it opens nothing


@cache
def _files() -> Path:
    """The two files that services read at their start."""
    folder = Path(mkdtemp(prefix="shinsei-simulation-"))
    clients = f'[linkage_server]\nsecret = "{_SECRET}"\nmunicipalities = ["*"]\n'
    (folder / "clients.toml").write_text(clients, encoding="utf-8")
    (folder / "secret").write_text(_SECRET, encoding="utf-8")
    return folder


SECOND: Final = "-2"
"""Ends the name of the second process of a service."""


@cache
def builders() -> Mapping[str, Callable[[], Service]]:
    """What builds each service anew, and a second process of those that share a consumer group.

    A database is known by the service's name; a second process listens at an address that nobody calls.
    """
    files = _files()
    portal = PortalSettings(database_dsn="portal_sim", clients_file=files / "clients.toml")
    linkage = LinkageServerSettings(
        database_dsn="linkage_server", client_secret_file=files / "secret", runs_every_s=1.0, payload_dir=files
    )
    app_mgmt = AppMgmtSettings(database_dsn="app_mgmt")
    core_systems = CoreSystemsSettings(database_dsn="core_systems")
    return {
        "portal_sim": partial(build_portal, portal),
        "linkage_server": partial(build_linkage_server, linkage),
        "app_mgmt": partial(build_app_mgmt, app_mgmt),
        "core_systems": partial(build_core_systems, core_systems),
        f"linkage_server{SECOND}": partial(build_linkage_server, _elsewhere(linkage)),
        f"app_mgmt{SECOND}": partial(build_app_mgmt, _elsewhere(app_mgmt)),
        f"core_systems{SECOND}": partial(build_core_systems, _elsewhere(core_systems)),
    }


def _elsewhere(settings: S) -> S:
    return settings.model_copy(update={"grpc_port": settings.grpc_port + 100})


async def serve(build: Callable[[], Service]) -> None:
    """The life of a service: starts its components in order, and ends when one of them fails."""
    components = [one for one in build().components if not isinstance(one, _ONLY_WATCH)]
    for component in components:
        await component.start()
    watches = [asyncio.create_task(one.watch()) for one in components if isinstance(one, Watched)]
    done, _ = await asyncio.wait(watches, return_when=asyncio.FIRST_EXCEPTION)
    for task in done:
        task.result()
