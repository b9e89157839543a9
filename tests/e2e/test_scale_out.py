"""More processes of a service than one: they come and go in the middle of a season, as pods do."""

import asyncio
import json
import signal
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.e2e.test_season import assert_whole

from shinsei.season.gateway import Gateway
from shinsei.stack import Stack
from shinsei.stack.home import Home
from shinsei.stack.parts import PARTS
from shinsei.stack.ports import free_ports
from shinsei.stack.readiness import read_metrics
from shinsei.stack.site import Site
from shinsei.testing.command_line import CommandLine, interrupt, reached
from shinsei.testing.waiting import eventually

SCALED = ("linkage_server", "app_mgmt", "core_systems")
"""The portal is one process a database (ADR 11)."""
SLOWLY = ("--speed", "20000")
"""A season that is still under way when the second processes have gone: 108 s, of which the test sees a part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """A second process of a service, under a name of its own."""

    process: "subprocess.Popen[bytes]"
    metrics: str

    def handled(self) -> float:
        """Records that it has handled."""
        families = text_string_to_metric_families(read_metrics(self.metrics) or "")
        return sum(
            sample.value
            for family in families
            for sample in family.samples
            if sample.name == "shinsei_kafka_messages_total" and sample.labels["outcome"] == "handled"
        )


@pytest.fixture
def second(stack: Stack) -> Iterator[Mapping[str, Second]]:
    """One more of each, with the environment of the first."""
    ports = {purpose: port for part in stack.status().parts for purpose, port in part.ports.items()}
    started: dict[str, Second] = {}
    for part in PARTS:
        if part.name not in SCALED:
            continue
        grpc, metrics = free_ports(2)
        own = {f"{part.name}.grpc": grpc, f"{part.name}.metrics": metrics}
        launch = part.launch(Site(home=Home(path=stack.home), ports={**ports, **own}))
        environment = {**launch.environment, f"{part.name.upper()}_INSTANCE": f"{part.name}-1"}
        with (stack.home / "log" / f"{part.name}-1.log").open("ab") as log:
            process = subprocess.Popen(launch.command, env=environment, cwd=stack.home, stdout=log, stderr=log)
        started[part.name] = Second(process=process, metrics=f"http://127.0.0.1:{metrics}/metrics")
    yield started
    for one in started.values():
        one.process.kill()
        one.process.wait()


@pytest.mark.timeout(400)
async def test_processes_that_come_and_go_in_the_middle_leave_the_plans_trace(
    shinsei: CommandLine, gateway: Gateway, second: Mapping[str, Second]
) -> None:
    season = shinsei.start("season", "smoke", *SLOWLY, *shinsei.season_options)
    await reached(gateway, 0.5, season)
    for name, one in second.items():
        await eventually(one.handled, within_s=120, every_s=0.3, what=f"the second {name} has work")
    for one in second.values():
        one.process.send_signal(signal.SIGTERM)
    codes = {name: await asyncio.to_thread(one.process.wait, 60) for name, one in second.items()}
    assert codes == dict.fromkeys(SCALED, 0), "each has drained"
    interrupt(season)
    assert json.loads(await shinsei.end(season, code=130))["ledger"]["unaccounted"] == 0
    assert_whole(await shinsei.season("--resume"))
