"""Alertmanager itself, with the configuration of operation: it keeps quiet what the page does, and tells the rest."""

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import pytest
import yaml
from tests.integration.room.alertmanager import Alertmanager, Labels, alerting

from shinsei.room.alerts import QUIET, is_kept_quiet
from shinsei.stack.paths import prometheus_files
from shinsei.testing.waiting import eventually

GROUPS = yaml.safe_load((prometheus_files() / "alerts.rules.yml").read_text(encoding="utf-8"))["groups"]
SEVERITIES = {rule["alert"]: rule["labels"]["severity"] for group in GROUPS for rule in group["rules"]}
EXPLAINING = sorted({row.by for row in QUIET})
HERE: Mapping[str, str] = {"part": "app_mgmt", "topic": "work.completed"}
PLACES: Sequence[Mapping[str, str]] = (
    HERE,
    {"part": "app_mgmt", "topic": "application.fetched"},
    {"part": "core_systems", "topic": "work.completed"},
    {"part": "app_mgmt"},
    {"topic": "work.completed"},
    {},
)
"""The place of what explains, others, and what is said of no place."""


@pytest.fixture
async def alertmanager(tmp_path: Path) -> AsyncIterator[Alertmanager]:
    async with alerting(tmp_path) as running:
        yield running


def an_alert(name: str, place: Mapping[str, str]) -> dict[str, str]:
    return {"alertname": name, "severity": SEVERITIES[name], **place}


def by_labels(told: Sequence[tuple[Labels, bool]]) -> list[tuple[list[tuple[str, str]], bool]]:
    return sorted((sorted(labels.items()), is_quiet) for labels, is_quiet in told)


async def assert_as_on_the_page(alertmanager: Alertmanager, alerts: Sequence[Labels]) -> None:
    """Both keep the same alerts quiet, which are some of these."""
    firing = [{"name": one["alertname"], "labels": one} for one in alerts]
    expected = by_labels([(labels, is_kept_quiet(one, firing)) for one, labels in zip(firing, alerts, strict=True)])
    assert {is_quiet for _, is_quiet in expected} == {True, False}
    await alertmanager.fire(alerts)
    found: list[tuple[list[tuple[str, str]], bool]] = []

    async def agrees() -> bool:
        found[:] = by_labels(await alertmanager.quiet())
        return found == expected

    with contextlib.suppress(AssertionError):
        await eventually(agrees, within_s=10, every_s=0.1)
    assert found == expected


@pytest.mark.parametrize("place", [HERE, {}], ids=["here", "nowhere"])
@pytest.mark.parametrize("by", EXPLAINING)
async def test_an_alert_keeps_those_quiet_that_it_explains_on_the_page(
    alertmanager: Alertmanager, by: str, place: Mapping[str, str]
) -> None:
    """Whatever else fires, here, elsewhere and nowhere, beside one that explains."""
    others = [an_alert(name, place) for name in SEVERITIES.keys() - EXPLAINING for place in PLACES]
    await assert_as_on_the_page(alertmanager, [an_alert(by, place), *others])


async def test_what_is_explained_itself_explains_all_the_same(alertmanager: Alertmanager) -> None:
    """A part that is away and the partition at which it had stopped, and all that either explains."""
    those = [an_alert(name, HERE) for name in ("PartMissing", "PartitionStopped")]
    others = [an_alert(name, place) for name in ("ConsumerStalled", "NothingComesBack") for place in PLACES]
    await assert_as_on_the_page(alertmanager, [*those, *others])


async def test_one_fault_is_told_once_however_many_alerts_it_raises_and_to_whom_its_severity_says(
    alertmanager: Alertmanager,
) -> None:
    stalled = [{**an_alert("ConsumerStalled", HERE), "partition": f"{n}"} for n in range(16)]
    elsewhere = [an_alert("OutboxStuck", {"part": "core_systems"}), an_alert("FaultSet", {"part": "app_mgmt"})]
    await alertmanager.fire([*stalled, *elsewhere])
    expected = [
        ("on_call", {"alertname": "ConsumerStalled", "part": "app_mgmt"}, 16),
        ("on_call", {"alertname": "OutboxStuck", "part": "core_systems"}, 1),
        ("operators", {"alertname": "FaultSet", "part": "app_mgmt"}, 1),
    ]
    found: list[tuple[str, Labels, int]] = []

    async def grouped() -> bool:
        found[:] = sorted(await alertmanager.groups(), key=lambda one: (one[0], one[1]["alertname"]))
        return found == expected

    with contextlib.suppress(AssertionError):
        await eventually(grouped, within_s=10, every_s=0.1)
    assert found == expected
