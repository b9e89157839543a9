"""What the doctor of load tests finds wrong with machine, clock, topics, methods and municipalities, each in a line."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from shinsei.contracts.topics import TOPICS
from shinsei.domain.errors import UnavailableError
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import RunSpec
from shinsei.loadtest import checking
from shinsei.loadtest.preset import Preset, load_preset
from shinsei.loadtest.target import run_specs, scenario_of
from shinsei.loadtest.under_test import Target

NOBODY = "127.0.0.1:1"
ADDRESSES = dict.fromkeys(("portal_sim", "linkage_server", "app_mgmt", "core_systems"), NOBODY)


class Kafka:
    """One that has these topics; None: it does not answer."""

    def __init__(self, topics: set[str] | None) -> None:
        self._topics = topics
        self.is_stopped = False

    async def start(self) -> None:
        if self._topics is None:
            raise ConnectionError("nobody there")

    async def topics(self) -> set[str]:
        assert self._topics is not None
        return self._topics

    async def stop(self) -> None:
        self.is_stopped = True


@pytest.fixture
def preset() -> Preset:
    return load_preset("smoke")


@pytest.fixture
def specs(preset: Preset) -> Sequence[RunSpec]:
    return run_specs(preset, scenario_of(preset), "load-1")


@pytest.mark.parametrize(
    ("topics", "told"),
    [
        (set(TOPICS), ""),
        (set(TOPICS) - {"work.requested"}, "missing: work.requested"),
        (None, f"Kafka does not answer at {NOBODY} (nobody there)"),
    ],
)
async def test_a_topic_that_is_missing_is_named(
    topics: set[str] | None, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kafka = Kafka(topics)
    monkeypatch.setattr(checking, "AIOKafkaConsumer", lambda **_: kafka)
    check = await checking._topics(Target(addresses=ADDRESSES, kafka=NOBODY, secret_file=""))
    assert (check.is_ok, kafka.is_stopped) == (not told, True)
    assert check.detail == (told or f"{len(TOPICS)} there")


def test_a_procedure_that_does_not_take_the_method_of_its_city_is_named(
    preset: Preset, specs: Sequence[RunSpec]
) -> None:
    assert checking._policy(preset, specs).is_ok
    number, city = next(iter(preset.file.mix)), specs[-1]
    other = next(method for method in LinkageMethod if method is not city.twin_method)
    wrong = replace(city, policy=replace(city.policy, by_procedure=((number, other),)))
    check = checking._policy(preset, [*specs[:-1], wrong])
    assert (check.is_ok, check.detail) == (False, f"{city.municipality}: procedure {number} by {other}")


@pytest.mark.parametrize(("speed", "is_ok"), [(3_000.0, True), (3_001.0, False)])
def test_a_clock_by_which_offices_would_be_polled_all_the_time_is_too_fast(
    preset: Preset, specs: Sequence[RunSpec], speed: float, *, is_ok: bool
) -> None:
    """They ask every simulated minute: at 3,000 of them in 50 real seconds that is one every 20 ms."""
    faster = Preset(preset.path, preset.text, preset.file.model_copy(update={"clock_speed": speed}))
    assert checking._clock(faster, specs).is_ok is is_ok


def test_cards_that_cannot_be_read_are_told_before_workers_wait_for_them(tmp_path: Path) -> None:
    target = Target(addresses=ADDRESSES, kafka=NOBODY, secret_file="")
    assert checking._cards(target).is_ok
    check = checking._cards(replace(target, cards=str(tmp_path)))
    assert not check.is_ok
    assert f"no citizens' cards can be read in {tmp_path}" in check.detail


@pytest.mark.parametrize(("free_mib", "is_ok"), [(512, True), (511, False)])
def test_a_disk_that_is_nearly_full_has_no_room_for_results(
    free_mib: int, monkeypatch: pytest.MonkeyPatch, *, is_ok: bool
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free_mib << 20))
    assert checking._disk().is_ok is is_ok


def test_a_generator_that_is_not_installed_is_told_with_what_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checking._generator().is_ok
    monkeypatch.setattr(checking, "find_spec", lambda name: None if name == "gevent" else name)
    check = checking._generator()
    assert (check.is_ok, check.detail) == (False, "missing: gevent; run make setup")


class Runs:
    """A portal that has these runs open; None: it does not answer."""

    def __init__(self, open_runs: Sequence[RunSpec] | None) -> None:
        self._open = open_runs

    async def list_runs(self) -> list[Any]:
        if self._open is None:
            raise UnavailableError("portal_sim does not answer")
        return [SimpleNamespace(spec=spec) for spec in self._open]


async def test_a_municipality_that_somebody_has_is_named_with_its_run(specs: Sequence[RunSpec]) -> None:
    taken = replace(specs[1], run_id="load-0")
    found = [await checking._municipalities(specs, Runs(one)) for one in ([], [taken], None)]
    assert [(one.is_ok, one.detail) for one in found] == [
        (True, f"answers; {len(specs)} municipalities free"),
        (False, f"taken: {taken.municipality} by load-0"),
        (False, "portal_sim does not answer"),
    ]
