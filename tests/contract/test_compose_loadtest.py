"""The load test in containers: its options are Locust's and ours, and its workers stand where applicants do."""

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from shinsei.cli.loadtest_target import target_of, within_reach
from shinsei.contracts.zones import LOADTEST
from shinsei.loadtest.preset import load_preset, shipped_presets

REPO = Path(__file__).resolve().parents[2]
DOCKER = REPO / "deploy" / "docker"
MASTER, WORKER = "loadtest_master", "loadtest_worker"


@pytest.fixture(scope="module")
def parts() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))["services"]
    return found


@pytest.fixture(scope="module")
def stage() -> str:
    text = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
    return text.split("FROM cli AS loadtest\n")[1].split("\nFROM ", maxsplit=1)[0]


def known_options() -> set[str]:
    """The options of Locust, read without importing it (it would patch this process), and those of the locustfile."""
    spec = find_spec("locust")
    assert spec is not None
    assert spec.submodule_search_locations
    parser = Path(next(iter(spec.submodule_search_locations))) / "argument_parser.py"
    texts = [file.read_text(encoding="utf-8") for file in (parser, REPO / "loadtest" / "locustfile.py")]
    return {option for text in texts for option in re.findall(r'"(--[a-z-]+)"', text)}


@pytest.mark.parametrize("part", [MASTER, WORKER])
def test_every_option_is_one_of_locust_or_of_the_locustfile(part: str, parts: dict[str, Any]) -> None:
    options = {word for word in parts[part]["command"] if word.startswith("--")}
    assert options
    assert options <= known_options()


def test_the_image_runs_the_locustfile_of_the_repository(parts: dict[str, Any], stage: str) -> None:
    entry = re.findall(r'ENTRYPOINT .*"-f", "/opt/shinsei/([^"]+)"', stage)
    assert entry == ["loadtest/locustfile.py"]
    assert (REPO / entry[0]).is_file()
    assert parts[MASTER]["build"]["target"] == "loadtest"
    assert {parts[part]["image"].partition(":")[0] for part in (MASTER, WORKER)} == {"shinsei/loadtest"}
    kept = (DOCKER / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert {"!loadtest", "!deploy/docker/loadtest.lock"} <= set(kept)


def test_without_a_word_about_it_the_load_is_a_shipped_preset(parts: dict[str, Any]) -> None:
    command = parts[MASTER]["command"]
    preset = command[command.index("--preset") + 1]
    default = re.fullmatch(r"\$\{PRESET:-([a-z-]+)\}", preset)
    assert default
    assert default[1] in shipped_presets()
    assert command[command.index("--rate") + 1] == "${RATE:-}"


def test_the_master_is_told_of_a_stack_elsewhere_and_of_a_zone(
    parts: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in parts[MASTER]["environment"].items():
        monkeypatch.setenv(name, value)
    target = target_of(None)
    for service, address in target.addresses.items():
        host, _, port = address.partition(":")
        assert parts[host]["environment"][f"{service.upper()}_GRPC_PORT"] == port
        assert set(parts[host]["networks"]) & set(parts[MASTER]["networks"])
    assert not target.secret_file
    asked = within_reach(load_preset("smoke")).file
    assert not asked.clerks.per_s
    assert not asked.linkage.per_s


def test_workers_know_the_portal_and_their_master_alone(parts: dict[str, Any], stage: str) -> None:
    worker = parts[WORKER]
    assert worker["networks"] == ["internet"]
    assert not {"environment", "secrets", "volumes", "ports"} & worker.keys()
    assert worker["command"][worker["command"].index("--master-host") + 1] == MASTER
    assert f"('{MASTER}', {LOADTEST})" in worker["healthcheck"]["test"][-1]
    assert f"EXPOSE 8089 {LOADTEST}" in stage


def test_a_master_that_has_ended_is_not_started_again(parts: dict[str, Any]) -> None:
    """It would find its municipalities taken by the runs of the first start."""
    assert parts[MASTER]["restart"] == "no"
    assert parts[MASTER]["ports"] == ["127.0.0.1:8089:8089"]
    assert WORKER not in parts[MASTER]["depends_on"]
