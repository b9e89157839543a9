"""What all tests share: the folder of a test is its tier, and the pure tiers touch no network."""

import gc
import os
import tracemalloc
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
import pytest_socket
import yaml
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

# Tests spoil the kernel on purpose and derive from its classes; so do the processes that they start.
os.environ["SHINSEI_KERNEL"] = "pure"  # noqa: TID251 - before anything imports it

yaml.SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # type: ignore[misc]
"""What ``safe_load`` takes: where it is compiled, it reads the same in a tenth of the time."""

settings.register_profile("few", max_examples=20)
"""Examples of each property by make test-fast."""

TESTS = Path(__file__).parent
OFFLINE_TIERS = {"unit", "model"}
PARTS_TIERS = {"integration", "e2e"}
"""Their tests share parts that are started once, so one process runs all of a tier."""
WITHOUT_PARTS = {"tests/e2e/test_simulation.py", "tests/e2e/test_simulated_faults.py"}
"""Whole seasons in one process."""
TIMEOUT_S = {"architecture": 240, "contract": 60, "model": 60, "integration": 120, "e2e": 400}


def tier_of(item: pytest.Item) -> str:
    """The name of the folder below ``tests/`` in which a test stands."""
    return item.path.relative_to(TESTS).parts[0]


class ByTier(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out tiers of tests that share parts as a whole, and of the others file by file.

    The groups of pytest-xdist 3.8 would be the way, but under pytest 9.2 they are silently none, as is known there.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        tier = file.split("/")[1]
        return tier if tier in PARTS_TIERS and file not in WITHOUT_PARTS else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByTier:
    """Of whatever is run in several processes."""
    return ByTier(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected lives to the end: no search for cycles walks over it, now or later behind every plan."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks each test with its tier, gives it its tier's time limit, and runs the quick tiers first.

    Two processes begin with the slow ones, which wait for their parts half of the time; quick tests fill the rest.
    """
    order = ["unit", "contract", "architecture", "model", "integration", "e2e"]
    if "PYTEST_XDIST_WORKER" in os.environ:  # noqa: TID251 - how a worker of pytest-xdist knows that it is one
        order.reverse()
    for item in items:
        tier = tier_of(item)
        item.add_marker(tier)
        if tier in TIMEOUT_S and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(TIMEOUT_S[tier]))
    items.sort(key=lambda item: order.index(tier_of(item)))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A pure test that opens a socket is not pure; sockets of the event loop itself are local."""
    if tier_of(item) in OFFLINE_TIERS:
        pytest_socket.disable_socket(allow_unix_socket=True)


def pytest_runtest_teardown() -> None:
    """Gives the sockets back to the tiers that need them."""
    pytest_socket.enable_socket()


@pytest.fixture
def traced() -> Iterator[None]:
    """Memory that is taken during the test is counted."""
    tracemalloc.start()
    yield
    tracemalloc.stop()
