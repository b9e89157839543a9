"""What all tests share: the folder of a test is its tier, and the pure tiers touch no network."""

import gc
import os
import tracemalloc
from collections.abc import Generator, Iterator

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

OFFLINE_TIERS = {"unit", "model"}
ALONE = ("unit", "contract", "architecture", "model", "integration", "e2e")
"""The order of one process: quick tiers come first."""
TOGETHER = ("e2e", "integration", "own parts", "contract", "one process", "architecture", "model", "unit")
"""The order of several: those that wait for their parts half of the time begin, and quick tests fill the rest."""
SHARING = {"e2e", "integration"}
"""Their tests share parts that are started once, so one process runs all of them."""
SHARED = {"stack", "postgres_dsn", "kafka_bootstrap"}
"""The fixtures of those parts."""
PATIENT = {"one process", "architecture", "model", "unit"}
"""Nothing in their tests is a matter of real time."""
APART = {
    "tests/e2e/test_zones.py": "own parts",
    "tests/e2e/test_backup.py": "own parts",
    "tests/e2e/test_full_disk.py": "own parts",
    "tests/e2e/test_stopped_partition.py": "own parts",
    "tests/e2e/test_room_page.py": "own parts",
    "tests/e2e/test_room_all_day.py": "own parts",
    "tests/e2e/test_simulation.py": "one process",
    "tests/e2e/test_simulated_faults.py": "one process",
}
"""Files that share nothing with their tier: what they need they start, or play in virtual time."""
NICE = 3
"""Of the patient ones: two of them take no more of a processor from those beside them than one would."""
TIMEOUT_S = {"architecture": 240, "contract": 60, "model": 60, "integration": 120, "e2e": 400}


def tier_of(item: pytest.Item) -> str:
    """The name of the folder below ``tests/`` in which a test stands."""
    return item.nodeid.split("/")[1]


def group_of(nodeid: str) -> str:
    """The tier of a test, or what its file is instead."""
    file = nodeid.partition("::")[0]
    return APART.get(file, file.split("/")[1])


class ByTier(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out tests that share parts as a whole, and the others file by file.

    The groups of pytest-xdist 3.8 would be the way, but under pytest 9.2 they are silently none, as is known there.
    """

    def _split_scope(self, nodeid: str) -> str:
        group = group_of(nodeid)
        return group if group in SHARING else nodeid.partition("::")[0]


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
    """Marks each test with its tier, gives it its tier's time limit, and brings all of them into their order."""
    for item in items:
        tier = tier_of(item)
        item.add_marker(tier)
        if group_of(item.nodeid) != tier and SHARED & {*getattr(item, "fixturenames", ())}:
            raise pytest.UsageError(f"{item.nodeid} shares a part, so its file is not apart")
        if tier in TIMEOUT_S and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(TIMEOUT_S[tier]))
    if is_one_of_several():
        items.sort(key=lambda item: (TOGETHER.index(group_of(item.nodeid)), item.get_closest_marker("slow") is None))
    else:
        items.sort(key=lambda item: ALONE.index(tier_of(item)))


def is_one_of_several() -> bool:
    """Whether this is a worker of pytest-xdist."""
    return "PYTEST_XDIST_WORKER" in os.environ  # noqa: TID251 - how a worker knows that it is one


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A pure test that opens a socket is not pure; sockets of the event loop itself are local."""
    if is_one_of_several() and group_of(item.nodeid) in PATIENT:
        os.setpriority(os.PRIO_PROCESS, 0, NICE)
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
