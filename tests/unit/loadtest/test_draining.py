"""The wait for the last cases behind a load test: what ends it before they are through is told."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.unit.loadtest.test_books import a_tick
from tests.unit.loadtest.test_running import NOBODY, Services

from shinsei.loadtest import running
from shinsei.loadtest.books import Books
from shinsei.loadtest.outcome import Outcome
from shinsei.loadtest.preset import load_preset
from shinsei.loadtest.running import LoadTest, Wanted
from shinsei.loadtest.target import run_specs, scenario_of
from shinsei.loadtest.under_test import Target
from shinsei.runtime.clock import RealClock


class Generated:
    """A generator that has offered one application and has ended; or none at all."""

    def __init__(self, offered: int = 1, exit_code: int = 0, last_words: str = "") -> None:
        self.exit_code = exit_code
        self._offered = offered
        self._last_words = last_words

    def order(self, _: Any) -> None:
        """Nobody does."""

    async def start(self, _: Any) -> None:
        """It has been."""

    async def stop(self) -> None:
        """It has."""

    def ticks(self) -> Iterator[dict[str, Any]]:
        at_s = RealClock().now_ms() / 1e3
        tick = a_tick(at_s, offered=self._offered, accepted=self._offered)
        yield {**tick, "is_ready": True, "start_s": at_s, "planned_per_s": 1.0}

    def last_words(self) -> str:
        return self._last_words


class Feed:
    """Tells nothing, and ends when Kafka goes."""

    def __init__(self) -> None:
        self.unreadable = 0
        self.kafka_goes = asyncio.Event()

    async def start(self) -> None:
        """Of no use here."""

    async def stop(self) -> None:
        """Nor this."""

    async def follow(self, _: Books) -> None:
        await self.kafka_goes.wait()
        raise ConnectionError("nobody there")


Waiting = Callable[[Feed, asyncio.Event], None]


def _goes(feed: Feed, _: asyncio.Event) -> None:
    feed.kafka_goes.set()


def _is_interrupted(_: Feed, interrupted: asyncio.Event) -> None:
    interrupted.set()


@pytest.fixture
def outcome_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Any]:
    """Runs a test whose one case never comes through; something happens while it is waited for."""

    async def run(happens: Waiting = _goes, generated: Generated | None = None) -> Outcome:
        feed, interrupted, preset = Feed(), asyncio.Event(), load_preset("smoke")
        monkeypatch.setattr(running, "StatusFeed", lambda *_: feed)
        monkeypatch.setattr(running, "Generator", lambda *_: generated or Generated())
        specs = run_specs(preset, scenario_of(preset), "load-1")
        wanted = Wanted(preset=preset, specs=specs, profile=preset.profile(), processes=1, folder=tmp_path)
        services = ("portal_sim", "linkage_server", "app_mgmt", "core_systems")
        target = Target(addresses=dict.fromkeys(services, NOBODY), kafka=NOBODY, secret_file="")

        def show(_: Books, told: str) -> None:
            assert told == "waiting for the last cases"
            happens(feed, interrupted)

        test = LoadTest(wanted, target, Services(), show)  # type: ignore[arg-type]
        return await asyncio.wait_for(test.run(interrupted), 10)

    return run


@pytest.mark.parametrize(
    ("happens", "told"),
    [(_goes, "the status feed ended (ConnectionError: nobody there)"), (_is_interrupted, "interrupted")],
    ids=["Kafka goes", "Ctrl-C"],
)
async def test_what_ends_the_wait_for_the_last_cases_makes_the_result_partial(
    happens: Waiting, told: str, outcome_of: Callable[..., Any]
) -> None:
    outcome = await outcome_of(happens)
    assert outcome.partial == told
    assert outcome.books.open_cases == 1
    assert outcome.books.planned_per_s == 0, "the generator is gone, whatever it has said"
    assert outcome.drained_s < load_preset("smoke").file.drain / 1e3


async def test_a_generator_that_offers_nothing_says_why(outcome_of: Callable[..., Any]) -> None:
    broken = Generated(offered=0, exit_code=1, last_words="only 0 of 140 users are ready; is the machine busy?")
    outcome = await outcome_of(generated=broken)
    assert outcome.partial == (
        "the generator offered nothing and ended with 1: only 0 of 140 users are ready; is the machine busy?"
    )
