"""Runs that begin in one batch are opened together: what follows in their logs waits for the core systems once."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from app_mgmt.handlers.intake import IntakePorts
from app_mgmt.handlers.values import IntakeRun, RunKey
from app_mgmt.inbound.consuming import ApplicationFetched
from shinsei.api.events.v1 import events_pb2 as events
from shinsei.contracts import codec
from shinsei.domain.errors import UnavailableError
from shinsei.domain.identification import SerialMapping
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import SimTime
from shinsei.runtime.kafka import Record
from shinsei.testing.builders import A_MUNICIPALITY, a_run_spec
from shinsei.testing.fakes import a_record

TOWNS = (A_MUNICIPALITY, "482021")


class EmptyBooks:
    """Books in which nothing stands but what runs have been opened, and when."""

    def __init__(self, specs: Sequence[RunSpec]) -> None:
        self._specs = {RunKey(run_id=spec.run_id, municipality=spec.municipality): spec for spec in specs}
        self.opened: list[str] = []

    async def run(self, key: RunKey) -> IntakeRun | None:
        if key.municipality not in self.opened:
            return None
        spec = self._specs[key]
        return IntakeRun(
            spec=spec, changes=(), closed=False, last_number=1, watermark=spec.start, refreshed_until=SimTime(0)
        )

    @asynccontextmanager
    async def intake(self, key: RunKey) -> AsyncIterator[Any]:
        async def accept(arrivals: Sequence[object]) -> Sequence[object]:
            return arrivals

        async def open_run(spec: RunSpec) -> None:
            self.opened.append(spec.municipality)

        async def nothing(*_: object, **__: object) -> None:
            pass

        yield SimpleNamespace(accept=accept, open_run=open_run, progress=nothing, send=nothing)


class DeafRegistry:
    """The core systems have heard of no run yet."""

    def __init__(self, books: EmptyBooks) -> None:
        self._books = books
        self.asked_when_open: list[int] = []
        self.is_deaf = True

    async def mappings(self, key: RunKey, *, after: SimTime, until: SimTime) -> AsyncIterator[Sequence[SerialMapping]]:
        self.asked_when_open.append(len(self._books.opened))
        if self.is_deaf:
            raise UnavailableError(f"the registry does not know run {key.run_id} yet")
        yield ()


def beginning(spec: RunSpec) -> list[Record]:
    """The head of a run's log: the run, and its first watermark."""
    run, town = spec.run_id, spec.municipality
    started = events.RunStarted(run_id=run, municipality=town, spec=codec.encode_run(spec))
    mark = events.Watermark(run_id=run, municipality=town, at_ms=spec.start + 24 * 3_600_000)
    return [
        a_record(message, event_id=f"{run}/{town}/{n}")._replace(number=n, municipality=town, run_id=run)
        for n, message in enumerate((started, mark), start=1)
    ]


async def test_a_run_that_the_registry_does_not_know_yet_keeps_none_behind_it_from_opening() -> None:
    specs = [replace(a_run_spec(), municipality=town) for town in TOWNS]
    books = EmptyBooks(specs)
    registry = DeafRegistry(books)
    intake = ApplicationFetched(IntakePorts(books=books, registry=registry, dead_letters=SimpleNamespace()))  # type: ignore[arg-type]
    records = [record for spec in specs for record in beginning(spec)]
    for _ in range(2):  # the batch comes again, as the consumer retries it
        with pytest.raises(UnavailableError):
            await intake.handle(0, records)
    assert books.opened == list(TOWNS), "each once, all of them before anybody waits"
    assert registry.asked_when_open == [2, 2]
