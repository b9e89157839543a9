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

workers, wished, kinds = json.loads(sys.argv[1])
nodes = [WorkerNode(str(n)) for n in range(workers)]
users = [type(name, (User,), {"fixed_count": count, "weight": 0}) for name, count in kinds.items()]
dispatcher = EvenDispatcher(worker_nodes=nodes, user_classes=users)
dispatcher.new_dispatch(target_user_count=wished, spawn_rate=wished)
*_, last = dispatcher
print(json.dumps([last[node.id] for node in nodes]))
"""


def spread(workers: int, wished: int) -> list[dict[str, int]]:
    """Users by kind, of each worker."""
    asked = json.dumps([workers, wished, KINDS])
    command = [sys.executable, "-c", SPREAD, asked]
    found: list[dict[str, int]] = json.loads(subprocess.run(command, cwd=REPO, capture_output=True, check=True).stdout)
    return found


@pytest.mark.parametrize("workers", [1, 2, 3, 4])
def test_every_worker_has_its_share_of_each_kind(workers: int) -> None:
    found = spread(workers, sum(KINDS.values()))
    for kind, count in KINDS.items():
        shares = [worker[kind] for worker in found]
        assert sum(shares) == count
        assert max(shares) - min(shares) <= 1


def test_of_fewer_users_there_are_some_of_each_kind() -> None:
    found = spread(2, 70)
    assert sum(sum(worker.values()) for worker in found) == 70
    assert all(worker[kind] >= count // 2 // 2 - 1 > 0 for worker in found for kind, count in KINDS.items())
