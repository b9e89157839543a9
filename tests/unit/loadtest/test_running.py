"""A search whose portal goes in the middle of it: what it has found until then is told, and soon."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.unit.loadtest.test_books import a_tick
from tests.unit.loadtest.test_summary import a_context

from shinsei.domain.errors import ConflictError, NotFoundError, ShinseiError, UnavailableError
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import SimTime
from shinsei.loadtest import running
from shinsei.loadtest.books import Books
from shinsei.loadtest.order import Order
from shinsei.loadtest.outcome import Outcome
from shinsei.loadtest.plan import Plan
from shinsei.loadtest.preset import Preset, load_preset
from shinsei.loadtest.report.page import report_html
from shinsei.loadtest.running import LoadTest, Wanted
from shinsei.loadtest.summary import summarise
from shinsei.loadtest.target import run_specs, scenario_of
from shinsei.loadtest.under_test import Target
from shinsei.runtime.clock import RealClock
from shinsei.season.ledger import RunKey, StageCount
from shinsei.testing.waiting import eventually

NOBODY = "127.0.0.1:1"
STEP_OF = 5
"""Offices that a step opens: one for each method."""


class Services:
    """A portal that goes when the second step begins, and is back when the test ends, or is not."""

    def __init__(self, goes: str = "", error: ShinseiError | None = None, *, comes_back: bool = True) -> None:
        self._goes = goes
        self._error = error
        self._comes_back = comes_back
        self.is_away = False
        self.opened: list[str] = []
        self.closed: list[str] = []

    async def list_runs(self) -> list[Any]:
        return []

    async def start(self, spec: RunSpec, *, speed: float = 0.0) -> None:
        assert speed
        if len(self.opened) == STEP_OF:
            await self._away("start")
        self.opened.append(spec.municipality)

    async def close_run(self, spec: RunSpec) -> None:
        await self._away("close")
        if spec.municipality not in self.opened:
            raise NotFoundError("run", spec.run_id)
        self.closed.append(spec.municipality)

    async def count(self, stage: str, key: RunKey, *, before: SimTime) -> StageCount:
        return StageCount(stage=stage, watermark=before, known=0, fingerprint=0, lines={})

    async def ids(self, *_: Any, **__: Any) -> set[str]:
        return set()

    async def _away(self, call: str) -> None:
        if call != self._goes or (self.is_away and self._comes_back):
            return
        self.is_away = True
        if self._error is not None:
            raise self._error
        await asyncio.Event().wait()


class Generating:
    """A generator that offers what it is ordered, and a feed that tells nothing."""

    def __init__(self, *_: Any) -> None:
        self.exit_code: int | None = None
        self.unreadable = 0
        self.towns: Any = {}
        self._start_s: float | None = None

    async def start(self, plan: Plan | None = None) -> None:
        """Of both."""

    async def stop(self) -> None:
        """Of both."""

    async def follow(self, _: Books) -> None:
        await asyncio.Event().wait()

    def order(self, order: Order) -> None:
        self.exit_code = 0 if order.is_over else None
        if order.points and self._start_s is None:
            self._start_s = order.start_s

    def ticks(self) -> Iterator[dict[str, Any]]:
        tick = a_tick(RealClock().now_ms() / 1e3, offered=1, accepted=1)
        yield {**tick, "is_ready": True, "start_s": self._start_s, "planned_per_s": 1.0}

    def last_words(self) -> str:
        return ""


def a_quick_search(name: str) -> Preset:
    shipped = load_preset(name)
    assert shipped.file.search is not None
    spans = {"settle": 1, "hold": 200, "recover": 1}
    search = shipped.file.search.model_copy(update=spans)
    changed = {"search": search, "gone_after": 300, "drain": 30_000}
    return Preset(shipped.path, shipped.text, shipped.file.model_copy(update=changed))


Search = Callable[..., Coroutine[Any, Any, Outcome]]


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Search]:
    """Runs a search of offices on these services."""

    async def run(services: Services, interrupted: asyncio.Event | None = None, **changed: Any) -> Outcome:
        preset = a_quick_search("find-max-office")
        preset = Preset(preset.path, preset.text, preset.file.model_copy(update=changed))
        specs = run_specs(preset, scenario_of(preset), "load-1")
        folder = tmp_path_factory.mktemp("search")
        wanted = Wanted(preset=preset, specs=specs, profile=preset.profile(), processes=1, folder=folder)
        addresses = dict.fromkeys(("portal_sim", "linkage_server", "app_mgmt", "core_systems"), NOBODY)
        target = Target(addresses=addresses, kafka=NOBODY, secret_file="")
        test = LoadTest(wanted, target, services, lambda *_: None)  # type: ignore[arg-type]
        return await asyncio.wait_for(test.run(interrupted or asyncio.Event()), 10)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "Generator", Generating)
        patch.setattr(running, "StatusFeed", Generating)
        yield run


NOT_BEGUN = {
    f"{how}-{goes}": partial(Services, goes, error)
    for how, error in (("hangs", None), ("fails", UnavailableError("portal_sim does not answer")))
    for goes in ("start", "close")
}


STAYS_AWAY, TAKEN = "stays away", "taken"
SERVICES = {
    **NOT_BEGUN,
    STAYS_AWAY: partial(Services, "close", comes_back=False),
    TAKEN: partial(Services, "start", ConflictError("run load-2 has it")),
}
OTHERWISE: Mapping[str, Mapping[str, int]] = {TAKEN: {"drain": 1}}
"""In the preset."""


@pytest.fixture(scope="module")
def searched(search: Search) -> Mapping[str, tuple[Services, Outcome]]:
    """All of these beside each other, as each takes seconds to be given up."""

    async def one(name: str) -> tuple[Services, Outcome]:
        services = SERVICES[name]()
        return services, await search(services, **OTHERWISE.get(name, {}))

    async def all_of_them() -> list[tuple[Services, Outcome]]:
        return await asyncio.gather(*map(one, SERVICES))

    return dict(zip(SERVICES, asyncio.run(all_of_them()), strict=True))


@pytest.mark.parametrize("how", NOT_BEGUN)
def test_a_step_that_cannot_be_begun_ends_the_search_with_what_it_has_found(
    how: str, searched: Mapping[str, tuple[Services, Outcome]]
) -> None:
    services, outcome = searched[how]
    assert outcome.partial.startswith("the next step of the search could not be begun (")
    assert {len(found.tried) for found in outcome.offices.values()} == {1}
    # It is waited for no longer than it takes for a portal to count as gone, and nothing stays open.
    assert outcome.drained_s < 1
    assert sorted(services.closed) == sorted(services.opened)
    assert len(services.opened) == STEP_OF
    context = replace(a_context(), preset=a_quick_search("find-max-office"))
    summary = summarise(outcome, context)
    assert summary["search_is_whole"] is False
    assert outcome.partial in report_html(outcome, context, summary, {})


def test_a_clock_that_is_set_in_the_middle_makes_nobody_silent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    preset, set_by_ms = load_preset("smoke"), [0]
    wall = SimpleNamespace(now_ms=lambda: RealClock().now_ms() + set_by_ms[0], monotonic_s=RealClock().monotonic_s)
    monkeypatch.setattr(running, "RealClock", lambda: wall)
    monkeypatch.setattr(running, "StatusFeed", Generating)
    specs = run_specs(preset, scenario_of(preset), "load-1")
    wanted = Wanted(preset=preset, specs=specs, profile=preset.profile(), processes=1, folder=tmp_path)
    nobody = Target(addresses={}, kafka=NOBODY, secret_file="")
    test = LoadTest(wanted, nobody, Services("start"), lambda *_: None)  # type: ignore[arg-type]
    before_s = test._now_s()
    assert before_s == pytest.approx(RealClock().now_ms() / 1e3, abs=5)
    for set_by_ms[0] in (3_600_000, -3_600_000):
        assert test._now_s() == pytest.approx(before_s, abs=5)


def test_a_portal_that_stays_away_leaves_its_runs_open_and_the_first_reason_stands(
    searched: Mapping[str, tuple[Services, Outcome]],
) -> None:
    services, outcome = searched[STAYS_AWAY]
    assert outcome.partial == (
        "the next step of the search could not be begun "
        "(the portal went away and its runs were left open (no answer within 0.3 s))"
    )
    assert services.closed == []


def test_a_municipality_that_is_taken_meanwhile_ends_the_search_too(
    searched: Mapping[str, tuple[Services, Outcome]],
) -> None:
    _, outcome = searched[TAKEN]
    assert outcome.partial == "the next step of the search could not be begun (run load-2 has it)"


async def test_ctrl_c_is_heeded_while_a_step_is_being_begun(search: Search) -> None:
    services, interrupted = Services("start"), asyncio.Event()
    searching = asyncio.create_task(search(services, interrupted, gone_after=60_000))
    await eventually(lambda: services.is_away)
    interrupted.set()
    outcome = await searching
    assert outcome.partial == "interrupted"
    assert sorted(services.closed) == sorted(services.opened)
