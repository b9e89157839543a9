"""Playing a case: one world from its beginning to its end, with what services say about it in its story."""

import gc
import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import structlog

from shinsei.runtime.identity import a_stranger
from shinsei.testing.simulated import Mischief, World
from shinsei.testing.simulated.loop import Stuck
from shinsei.testing.simulated.world import Event
from shinsei.testing.sql.sessions import Witness
from simulation.case import Case
from simulation.season import SimulatedSeason


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a case."""

    case: Case
    failure: str | None
    """What is wrong at its end; None if nothing is."""
    met: tuple[Mischief, ...]
    """What was done to whom; mischief that was due behind the end is not among it."""
    switches: int
    """How often the turn went from one process to another."""
    virtual_s: float
    story: list[Event]

    @property
    def digest(self) -> str:
        """The same for the same story."""
        return sha256("\n".join(map(repr, self.story)).encode()).hexdigest()


def play(case: Case, witness: Witness | None = None) -> Outcome:
    """Plays a case; ``witness`` is told of every SQL statement."""
    world = World(case.seed, case.mischief, slow_share=case.slow_share, slow_s=case.slow_s)
    season = SimulatedSeason(world, case, witness)
    with _services_tell(world), _no_collection(), a_stranger():
        try:
            failure = world.run(season.play())
        except Stuck as stuck:
            failure = str(stuck)
    return Outcome(
        case=case,
        failure=failure,
        met=tuple(world.met),
        switches=world.loop.switches,
        virtual_s=world.loop.now_s,
        story=world.story,
    )


@contextmanager
def _services_tell(world: World) -> Iterator[None]:
    """Warnings and errors of the services go into the story, everything else that they log goes nowhere."""

    def tell(_: Any, level: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        name = event.pop("event")
        error = event.pop("exc_info", None)
        details = ", ".join(f"{key} {value}" for key, value in event.items() if not key.endswith("_s"))
        if isinstance(error, BaseException):
            details += _place(error)
        world.tell(world.speaker(), f"{level}: {name}", details)
        raise structlog.DropEvent

    before = structlog.get_config()
    wrapper = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(processors=[tell], wrapper_class=wrapper, cache_logger_on_first_use=False)
    _forget_settings()
    try:
        yield
    finally:
        structlog.configure(**before)


def _forget_settings() -> None:
    """A logger that has spoken as a service's does keeps that service's settings; from now on it asks for them anew."""
    for module in list(sys.modules.values()):
        logger = vars(module).get("log")
        if isinstance(logger, structlog._config.BoundLoggerLazyProxy):  # noqa: SLF001 - its class has no public name
            vars(logger).pop("bind", None)


def _place(error: BaseException) -> str:
    """Where an error was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    return f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""


@contextmanager
def _no_collection() -> Iterator[None]:
    """Garbage is collected between stories, never inside one: it would run what dead processes left behind."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
