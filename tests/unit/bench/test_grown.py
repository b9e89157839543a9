"""Municipalities beside those that file: as many as the nation has, in one answer of the portal."""

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from types import SimpleNamespace
from unittest.mock import AsyncMock

import pytest

from bench import grown, growth, product
from bench.grown import Grown, silent
from bench.modes import MODES
from bench.product import OFFICES
from bench.sides import TOWNS
from bench.turn import Turn
from shinsei.contracts.codec import encode_run
from shinsei.contracts.topics import PARTITIONS
from shinsei.domain.errors import NotFoundError
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import RunSpec
from shinsei.runtime.rpc_limits import MAX_MESSAGE_BYTES
from shinsei.scenario import load

BESIDE_IT = 50
"""Bytes of what stands beside a specification: run, municipality, moments."""


def test_the_portal_can_list_the_runs_of_all_municipalities() -> None:
    spec = load(OFFICES).run_spec("bench-1700000000000", LinkageMethod.STANDARD_API)
    filing, others = len(encode_run(spec)), len(encode_run(silent(spec, PARTITIONS - 1)))
    assert 4 * (filing + BESIDE_IT) + 1_737 * (others + BESIDE_IT) < MAX_MESSAGE_BYTES


class Opening:
    """A gateway to services that have a run open the third time they are asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def start(self, spec: RunSpec, *, speed: float) -> None:
        """Takes it."""

    async def office_report(self, spec: RunSpec) -> None:
        self.asked.append(spec.municipality)
        if self.asked.count(spec.municipality) < 3:
            raise NotFoundError("run", spec.run_id)


@pytest.mark.parametrize(("filing", "beside"), [(1, 0), (4, 0), (4, 96)])
async def test_so_many_file_and_so_many_are_polled_beside_them(
    monkeypatch: pytest.MonkeyPatch, filing: int, beside: int
) -> None:
    monkeypatch.setattr(grown, "sleep", AsyncMock())
    monkeypatch.setattr(product, "home_of", lambda _: SimpleNamespace(citizens=None))
    gateway = AsyncMock()
    side = Grown(SimpleNamespace(home=None), gateway, filing=filing, beside=beside)  # type: ignore[arg-type]
    assert len(await side.open(MODES["batch"], LinkageMethod.STANDARD_API)) == filing
    assert gateway.start.await_count == filing + beside


async def test_a_turn_begins_when_the_last_hop_has_the_runs_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grown, "sleep", AsyncMock())
    monkeypatch.setattr(product, "home_of", lambda _: SimpleNamespace(citizens=None))
    gateway = Opening()
    side = Grown(SimpleNamespace(home=None), gateway, beside=20)  # type: ignore[arg-type]
    filing = await side.open(MODES["batch"], LinkageMethod.STANDARD_API)
    assert len(filing) == TOWNS
    assert {gateway.asked.count(one) for one in gateway.asked} == {3}
    assert len(set(gateway.asked)) == PARTITIONS, "the last of each partition"


@pytest.mark.parametrize(("section", "steps"), [("stored", ["0", "100"]), ("municipalities", ["1", "4"])])
async def test_the_limit_has_a_turn_behind_each_step(
    monkeypatch: pytest.MonkeyPatch, turn: Turn, section: str, steps: list[str]
) -> None:
    monkeypatch.setattr(product, "home_of", lambda _: SimpleNamespace(citizens=None))
    limit, turns = SimpleNamespace(name="limit"), list[str]()

    @asynccontextmanager
    async def bare(*_: object) -> AsyncIterator[object]:
        yield limit
        turns.append("over")

    async def take_turn(_: object, side: object, *__: object) -> Turn:
        turns.append("limit" if side is limit else "product")
        return replace(turn, completed_per_s=2_000 if side is limit else 500)

    monkeypatch.setattr(growth, "Bare", bare)
    monkeypatch.setattr(growth, "take_turn", take_turn)
    monkeypatch.setattr(growth, "Filling", lambda _: SimpleNamespace(upto=AsyncMock(side_effect=lambda cases: cases)))
    wanted = argparse.Namespace(warm=1, measure=1, half=1, cases=[0, 100], towns=[1, 4])
    grows = growth.Growth(SimpleNamespace(home=None), AsyncMock(), wanted)  # type: ignore[arg-type]
    rows = [row async for row in growth.SECTIONS[section][1](grows)]
    assert [row["what"] for row in rows] == steps
    assert {(row["completed_per_s"], row["limit_per_s"], row["ratio"]) for row in rows} == {(500, 2_000, 0.25)}
    assert turns == ["product", "limit", "product", "limit", "over"]
