"""``shinsei up | status | logs | restart | down`` as a user types them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shinsei.stack import Stack, stop
from shinsei.testing import eventually


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    stop(tmp_path / "home")


def command(home: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "shinsei.cli", *arguments, "--home", str(home)]


def shinsei(home: Path, *arguments: str, code: int = 0) -> str:
    done = subprocess.run(command(home, *arguments), capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr if code else done.stdout


UP = ("up", "--ports", "free", "--only", "postgres")


def test_a_day_in_the_life_of_a_stack(home: Path) -> None:
    assert "no stack is up" in shinsei(home, "status")
    assert json.loads(shinsei(home, "status", "--json"))["state"] == "down"
    assert "up after" in shinsei(home, *UP)
    assert shinsei(home, *UP, code=1).count("\n") == 1
    listed = shinsei(home, "status")
    state = json.loads(shinsei(home, "status", "--json"))
    for part in state["parts"]:
        assert str(part["pid"]) in listed
        for port in part["ports"].values():
            assert str(port) in listed
    for file in state["credentials"].values():
        assert file in listed
    assert "ready to accept connections" in shinsei(home, "logs", "postgres")
    assert "ready again" in shinsei(home, "restart", "postgres")
    assert shinsei(home, "down").endswith("down\n")
    assert shinsei(home, "down") == "nothing was up\n"
    shinsei(home, "down", "--purge")
    assert not home.exists()


def test_json_of_up_is_alone_on_standard_output(home: Path) -> None:
    assert json.loads(shinsei(home, *UP, "--json"))["state"] == "up"


def test_what_is_not_up_is_one_line_and_exit_code_1(home: Path) -> None:
    assert "no stack is up" in shinsei(home, "restart", "kafka", code=1)
    assert "has no log yet" in shinsei(home, "logs", "kafka", code=1)
    assert "neither usual nor free" in shinsei(home, "up", "--ports", "some", code=2)


async def test_ctrl_c_while_it_starts_leaves_nothing_behind(home: Path) -> None:
    starting = subprocess.Popen(
        command(home, "up", "--ports", "free", "--only", "kafka"), stderr=subprocess.PIPE, text=True
    )
    await eventually(lambda: Stack.find(home), within_s=60, what="the supervisor")
    starting.send_signal(signal.SIGINT)
    _, err = starting.communicate()
    assert starting.returncode == 130, err
    assert "Traceback" not in err
    assert Stack.find(home) is None


async def test_a_followed_log_ends_quietly_with_ctrl_c(home: Path) -> None:
    shinsei(home, *UP)
    following = subprocess.Popen(
        command(home, "logs", "postgres", "-f"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert following.stdout is not None
    assert "starting PostgreSQL" in following.stdout.readline()
    os.kill(following.pid, signal.SIGINT)
    _, err = following.communicate()
    assert following.returncode == 130
    assert err == ""


def test_doctor_checks_what_the_stack_needs(home: Path) -> None:
    done = subprocess.run(command(home, "doctor", "--json"), capture_output=True, text=True, check=False)
    found = {check["name"]: check for check in json.loads(done.stdout)}
    assert {"python", "java", "kafka", "postgres", "memory", "disk", "ports", "maven", "fonts"} <= set(found)
    needed_are_there = all(check["ok"] for check in found.values() if not check["advisory"])
    assert done.returncode == (0 if needed_are_there else 1)
