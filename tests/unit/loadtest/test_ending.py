"""The end of a load test whose services have gone: a reason, and never an exception or a long wait."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from shinsei.domain.errors import InvalidInputError, UnavailableError
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import SimTime
from shinsei.loadtest.closing import plan_in
from shinsei.loadtest.ending import close_runs, list_runs, read_ledgers
from shinsei.loadtest.preset import load_preset
from shinsei.loadtest.target import run_specs, scenario_of
from shinsei.season.gateway import OpenRun
from shinsei.season.ledger import RunKey, StageCount


@pytest.fixture(scope="module")
def specs() -> Sequence[RunSpec]:
    preset = load_preset("smoke")
    return run_specs(preset, scenario_of(preset), "load-1")[:2]


class Away:
    """Services that have gone: ``hangs`` never answers, else every call fails."""

    def __init__(self, *, hangs: bool) -> None:
        self.hangs = hangs

    async def _answer(self) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        raise UnavailableError("portal_sim does not answer")

    async def count(self, stage: str, key: RunKey, *, before: SimTime) -> StageCount:
        await self._answer()
        raise AssertionError((stage, key, before))

    async def ids(self, stage: str, key: RunKey, *, before: SimTime, line: str = "") -> set[str]:
        await self._answer()
        raise AssertionError((stage, key, before, line))

    async def close_run(self, spec: RunSpec) -> None:
        await self._answer()
        raise AssertionError(spec)


@pytest.mark.parametrize("hangs", [True, False])
async def test_a_service_that_has_gone_costs_the_ledger_and_not_the_report(
    specs: Sequence[RunSpec], *, hangs: bool
) -> None:
    services = Away(hangs=hangs)
    ledgers, why = await read_ledgers(services, specs, within_s=0.02)
    assert ledgers == []
    assert "ledger could not be read" in why
    left = await close_runs(services, specs, within_s=0.02)
    assert "left open" in left
    assert hangs == ("within 0.02 s" in why) == ("within 0.02 s" in left)


class Here(Away):
    """Services that answer."""

    def __init__(self) -> None:
        super().__init__(hangs=False)
        self.closed: list[str] = []

    async def count(self, stage: str, key: RunKey, *, before: SimTime) -> StageCount:
        known = 3 if stage == "portal" else 0
        return StageCount(stage=stage, watermark=before, known=known, fingerprint=0, lines={})

    async def close_run(self, spec: RunSpec) -> None:
        self.closed.append(spec.municipality)


async def test_every_run_is_accounted_for_and_closed(specs: Sequence[RunSpec]) -> None:
    services = Here()
    ledgers, why = await read_ledgers(services, specs)
    assert ([one.ledger.accepted for one in ledgers], why) == ([3, 3], "")
    assert await close_runs(services, specs) == ""
    assert services.closed == [spec.municipality for spec in specs]


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"run_id": 1}'])
def test_a_file_that_is_no_plan_is_one_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "plan.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInputError, match="no plan of a load test"):
        plan_in(file)


class Nowhere:
    """A portal that never answers, as a season's gateway asks one again and again."""

    async def list_runs(self) -> list[OpenRun]:
        await asyncio.Event().wait()
        return []


async def test_a_portal_that_is_not_there_is_told_before_a_test_begins_and_not_waited_for() -> None:
    with pytest.raises(UnavailableError, match=r"^the portal is not there: no answer within 0\.02 s$"):
        await list_runs(Nowhere(), within_s=0.02)
