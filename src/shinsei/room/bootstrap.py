"""The composition root of the operations room."""

import asyncio
import json
from typing import Any

from shinsei.room.board import Board
from shinsei.room.control import Control
from shinsei.room.forecasting import Forecaster
from shinsei.room.letters import Letters
from shinsei.room.server import Desk, WebServer
from shinsei.room.settings import Settings
from shinsei.room.watching import Watch
from shinsei.room.worker import Worker
from shinsei.runtime.clock import RealClock
from shinsei.runtime.lifespan import BackgroundTask, Component, Service, Watched
from shinsei.runtime.observability import EventLoopLag
from shinsei.season.gateway import Gateway
from shinsei.season.letters import Audit
from shinsei.season.story.reading import read_story
from shinsei.stack.site import Addresses


def build(settings: Settings) -> Service:
    """The room, ready to be started."""
    addresses = Addresses.of(json.loads(settings.addresses_file.read_text(encoding="utf-8")))
    return Service(name="shinsei_room", components=(EventLoopLag(), Room(settings, addresses)))


class Room:
    """Its parts hang together by channels, which want a running loop: so they are put together at the start."""

    def __init__(self, settings: Settings, addresses: Addresses) -> None:
        self._settings = settings
        self._addresses = addresses
        self._gateway: Gateway | None = None
        self._parts: tuple[Component, ...] = ()

    async def start(self) -> None:
        """Look, foresee and serve the page."""
        settings, where = self._settings, self._addresses
        gateway = self._gateway = Gateway(
            {
                "portal_sim": where.portal,
                "linkage_server": where.linkage,
                "app_mgmt": where.app_mgmt,
                "core_systems": where.core,
            }
        )
        clock, board = RealClock(), Board()
        forecaster = Forecaster(Worker(), clock)
        watch = Watch(settings, where, gateway, board, forecaster, clock)
        control = Control(gateway, settings.pace_file, watch.open_runs)
        desk = Desk(board, settings.control_token, self._story, control.act)
        file = settings.audit_file
        letters = () if file is None else (BackgroundTask("letters", Letters(where.kafka_bootstrap, Audit(file)).run),)
        self._parts = (
            BackgroundTask("watch", watch.run),
            BackgroundTask("forecast", forecaster.run),
            *letters,
            WebServer(settings.web_host, settings.web_port, desk),
        )
        for part in self._parts:
            await part.start()

    async def stop(self) -> None:
        """Send the readers away, and let go."""
        for part in reversed(self._parts):
            await part.stop()
        if self._gateway is not None:
            await self._gateway.__aexit__(None, None, None)

    async def watch(self) -> None:
        """Fail with the first part that does."""
        watches = [asyncio.ensure_future(part.watch()) for part in self._parts if isinstance(part, Watched)]
        done, _ = await asyncio.wait(watches, return_when=asyncio.FIRST_COMPLETED)
        for one in done:
            one.result()

    async def _story(self, receipt: str, with_messages: bool) -> dict[str, Any]:  # noqa: FBT001 - as the desk asks
        return (await read_story(self._addresses, receipt, with_messages=with_messages)).values()
