"""One local stack for all journeys, as a user would start it, and the command line as a user would type it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from shinsei.domain.run import Pacing
from shinsei.runtime.citizens import open_cards
from shinsei.season.gateway import Gateway
from shinsei.stack import Stack, ensure, stop
from shinsei.stack.local import home_of
from shinsei.testing.collector import Collector, running_collector
from shinsei.testing.command_line import CommandLine

SERVICES = ("portal_sim", "linkage_server", "app_mgmt", "core_systems")
ROOM_TOKEN = "known-to-the-tests"  # noqa: S105 - of a stack that ends with them


@pytest.fixture(scope="session")
def crash_plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a file by a service's name tells where the service is to die; read when it starts."""
    return tmp_path_factory.mktemp("crashes")


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    """Where the services send the traces of one case in ten."""
    with running_collector() as running:
        yield running


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, crash_plans: Path, collector: Collector) -> Iterator[Stack]:
    """The whole stack on free ports, in a home of its own."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as environment:
        for service in SERVICES:
            environment.setenv(f"{service.upper()}_CRASH_POINTS", str(crash_plans / service))
            environment.setenv(f"{service.upper()}_TRACES_TO", collector.address)
            environment.setenv(f"{service.upper()}_TRACES_SHARE", "0.1")
        environment.setenv("SHINSEI_ROOM_CONTROL_TOKEN", ROOM_TOKEN)
        started, _ = ensure(home, ports="free")
    yield started
    stop(home)


def targets(stack: Stack) -> dict[str, str]:
    """gRPC address by service."""
    where = stack.addresses
    return {
        "portal_sim": where.portal,
        "linkage_server": where.linkage,
        "app_mgmt": where.app_mgmt,
        "core_systems": where.core,
    }


@pytest.fixture
async def gateway(stack: Stack) -> AsyncIterator[Gateway]:
    """The four services as a season calls them."""
    async with Gateway(targets(stack), open_cards(home_of(stack.home).citizens)) as opened:
        yield opened


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where seasons leave what they have found."""
    return tmp_path_factory.mktemp("results")


@pytest.fixture
async def shinsei(stack: Stack, gateway: Gateway, results: Path) -> AsyncIterator[CommandLine]:
    """The command line; a test that fails does not leave its season to the next one."""
    command_line = CommandLine(home=stack.home, out=results)
    yield command_line
    if command_line.kill_what_runs():
        for run in await gateway.list_runs():
            if run.spec.pacing is Pacing.DRIVER and not run.closed:
                await gateway.close_run(run.spec)


@pytest.fixture
async def no_standing_run_left(gateway: Gateway) -> AsyncIterator[None]:
    """Closes what ``shinsei submit`` has opened, so that the next test may open a standing run of its own."""
    yield
    for run in await gateway.list_runs():
        if run.spec.pacing is Pacing.CLOCK:
            await gateway.close_run(run.spec)
