"""Users are shared out among workers as what arrives is; Locust changes the process that imports it, so in another."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[3]
KINDS = {"Applicants": 100, "BulkFilers": 10, "Clerks": 15, "LinkageServers": 15}
SPREAD = """
import json, sys
from locust import User
from locust.runners import WorkerNode
from loadtest.spreading import EvenDispatcher

asked, kinds = json.loads(sys.argv[1])
users = [type(name, (User,), {"fixed_count": count, "weight": 0}) for name, count in kinds.items()]
for workers, wished in asked:
    nodes = [WorkerNode(str(n)) for n in range(workers)]
    dispatcher = EvenDispatcher(worker_nodes=nodes, user_classes=users)
    dispatcher.new_dispatch(target_user_count=wished, spawn_rate=wished)
    *_, last = dispatcher
    print(json.dumps([last[node.id] for node in nodes]))
"""
ALL, FEWER = sum(KINDS.values()), 70
ASKED = [*((workers, ALL) for workers in (1, 2, 3, 4)), (2, FEWER)]

Spread = list[dict[str, int]]
"""Users by kind, of each worker."""


@pytest.fixture(scope="module")
def spread() -> dict[tuple[int, int], Spread]:
    """By workers and users, asked in one go: to import Locust takes a second."""
    command = [sys.executable, "-c", SPREAD, json.dumps([ASKED, KINDS])]
    told = subprocess.run(command, cwd=REPO, capture_output=True, check=True).stdout.splitlines()
    return dict(zip(ASKED, map(json.loads, told), strict=True))


@pytest.mark.parametrize("workers", [1, 2, 3, 4])
def test_every_worker_has_its_share_of_each_kind(workers: int, spread: dict[tuple[int, int], Spread]) -> None:
    found = spread[workers, ALL]
    for kind, count in KINDS.items():
        shares = [worker[kind] for worker in found]
        assert sum(shares) == count
        assert max(shares) - min(shares) <= 1


def test_of_fewer_users_there_are_some_of_each_kind(spread: dict[tuple[int, int], Spread]) -> None:
    found = spread[2, FEWER]
    assert sum(sum(worker.values()) for worker in found) == FEWER
    assert all(worker[kind] >= count // 2 // 2 - 1 > 0 for worker in found for kind, count in KINDS.items())
