"""What must hold of a target before it is asked anything: a load test on a wrong target measures nothing."""

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from aiokafka import AIOKafkaConsumer

from shinsei.contracts.topics import TOPICS
from shinsei.domain.errors import InvalidInputError, ShinseiError
from shinsei.domain.run import RunSpec
from shinsei.loadtest.checking_services import away, refused_secret
from shinsei.loadtest.ending import Listing, list_runs
from shinsei.loadtest.preset import Preset
from shinsei.loadtest.under_test import Target
from shinsei.runtime.citizens import open_cards
from shinsei.runtime.identity import kafka_options
from shinsei.season.gateway import Gateway

_LEAST_POLL_MS = 20.0
"""Real time between two polls below which the linkage server can do nothing else."""
_LEAST_FREE_MIB = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at."""

    name: str
    is_ok: bool
    detail: str


async def examine(preset: Preset, specs: Sequence[RunSpec], target: Target, gateway: Gateway) -> list[Check]:
    """Everything that can be told beforehand."""
    checks = [_generator(), _disk(), _cards(target), _clock(preset, specs), _policy(preset, specs)]
    checks.append(await _services(target))
    if preset.file.linkage.per_s:
        checks.append(await _secret(target))
    checks.append(await _topics(target))
    checks.append(await _municipalities(specs, gateway))
    return checks


def _generator() -> Check:
    missing = [name for name in ("locust", "gevent", "grpc") if find_spec(name) is None]
    detail = (
        f"missing: {', '.join(missing)}; run make setup" if missing else f"Locust on Python {sys.version.split()[0]}"
    )
    return Check(name="generator", is_ok=not missing, detail=detail)


def _disk() -> Check:
    free_mib = shutil.disk_usage(".").free >> 20
    return Check(name="disk", is_ok=free_mib >= _LEAST_FREE_MIB, detail=f"{free_mib:,} MiB free for results")


def _cards(target: Target) -> Check:
    """Workers that cannot sign would never be ready."""
    try:
        cards = open_cards(Path(target.cards) if target.cards else None)
    except InvalidInputError as error:
        return Check(name="cards", is_ok=False, detail=str(error))
    return Check(name="cards", is_ok=True, detail="nobody signs" if cards is None else "applicants sign")


def _clock(preset: Preset, specs: Sequence[RunSpec]) -> Check:
    speed = preset.file.clock_speed
    poll_ms = specs[0].poll.interval_ms / speed
    detail = f"{speed:g} simulated seconds a second; a poll every {poll_ms:.0f} ms of real time"
    return Check(name="clock", is_ok=poll_ms >= _LEAST_POLL_MS, detail=detail)


def _policy(preset: Preset, specs: Sequence[RunSpec]) -> Check:
    """Each procedure of the preset must take the method of its city."""
    wrong = [
        f"{spec.municipality}: procedure {number} by {spec.policy.method_of(number)}"
        for spec in specs
        for number in preset.file.mix
        if spec.policy.method_of(number) is not spec.twin_method
    ]
    detail = wrong[0] if wrong else f"{', '.join(sorted({str(spec.twin_method) for spec in specs}))}"
    return Check(name="methods", is_ok=not wrong, detail=detail)


async def _services(target: Target) -> Check:
    why = await away(target.addresses)
    return Check(name="services", is_ok=not why, detail=why or f"{len(target.addresses)} answer")


async def _secret(target: Target) -> Check:
    why = await refused_secret(target.addresses["portal_sim"], target.secret_file)
    return Check(name="token", is_ok=not why, detail=why or "the portal takes the secret of the pull interface")


async def _topics(target: Target) -> Check:
    consumer = AIOKafkaConsumer(bootstrap_servers=target.kafka, **kafka_options(target.kafka))
    try:
        await consumer.start()
        there = await consumer.topics()
    except Exception as error:  # noqa: BLE001 - whatever keeps Kafka from answering is the finding
        return Check(name="topics", is_ok=False, detail=f"Kafka does not answer at {target.kafka} ({error})")
    finally:
        await consumer.stop()
    missing = [name for name in TOPICS if name not in there]
    detail = f"missing: {', '.join(missing)}" if missing else f"{len(TOPICS)} there"
    return Check(name="topics", is_ok=not missing, detail=detail)


async def _municipalities(specs: Sequence[RunSpec], gateway: Listing) -> Check:
    try:
        open_runs = {run.spec.municipality: run.spec.run_id for run in await list_runs(gateway)}
    except ShinseiError as error:
        return Check(name="portal", is_ok=False, detail=str(error))
    busy = [
        f"{spec.municipality} by {open_runs[spec.municipality]}" for spec in specs if spec.municipality in open_runs
    ]
    detail = f"taken: {busy[0]}" if busy else f"answers; {len(specs)} municipalities free"
    return Check(name="portal", is_ok=not busy, detail=detail)
