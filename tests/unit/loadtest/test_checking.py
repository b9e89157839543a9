"""What the doctor of load tests finds wrong with topics and methods, each in one line."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from shinsei.contracts.topics import TOPICS
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
    number, city = next(iter(preset.file.procedures)), specs[-1]
    other = next(method for method in LinkageMethod if method is not city.twin_method)
    wrong = replace(city, policy=replace(city.policy, by_procedure=((number, other),)))
    check = checking._policy(preset, [*specs[:-1], wrong])
    assert (check.is_ok, check.detail) == (False, f"{city.municipality}: procedure {number} by {other}")
