"""A key of compose.yaml that no engine knows is an error here: most engines only warn of it, or say nothing."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

COMPOSE = Path(__file__).resolve().parents[2] / "deploy" / "docker" / "compose.yaml"
TOP = {"name", "services", "networks", "volumes", "configs", "secrets"}
SERVICE = {
    *("build", "cap_drop", "command", "configs", "depends_on", "develop", "entrypoint", "environment", "healthcheck"),
    *(
        "image",
        "init",
        "mem_limit",
        "networks",
        "ports",
        "profiles",
        "pull_policy",
        "read_only",
        "restart",
        "secrets",
        "security_opt",
    ),
    *("shm_size", "stop_grace_period", "tmpfs", "user", "volumes"),
}
"""Of the Compose Specification, those that are used here."""
WITHIN = {
    "build": {"context", "dockerfile", "target"},
    "develop": {"watch"},
    "healthcheck": {"test", "interval", "timeout", "retries", "start_period"},
    "networks": {"internal"},
    "volumes": set[str](),
    "configs": {"file", "source", "target"},
    "secrets": {"file"},
}


@pytest.fixture
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    return found


def unknown(compose: dict[str, Any]) -> Iterator[str]:
    """Paths of keys that are none of the specification."""
    yield from (key for key in compose if key not in TOP and not key.startswith("x-"))
    for section in TOP - {"name", "services"}:
        for name, entry in compose.get(section, {}).items():
            yield from (f"{section}.{name}.{key}" for key in (entry or {}) if key not in WITHIN[section])
    for name, part in compose["services"].items():
        yield from (f"{name}.{key}" for key in part if key not in SERVICE)
        for section in ("build", "develop", "healthcheck"):
            yield from (f"{name}.{section}.{key}" for key in part.get(section, {}) if key not in WITHIN[section])
        for entry in part.get("configs", ()):
            yield from (f"{name}.configs.{key}" for key in entry if key not in WITHIN["configs"])
        for other, condition in part.get("depends_on", {}).items():
            if condition != {"condition": "service_healthy"}:
                yield f"{name}.depends_on.{other}"


def test_every_key_is_one_of_the_specification(compose: dict[str, Any]) -> None:
    assert not list(unknown(compose))


@pytest.mark.parametrize(
    ("path", "key"),
    [((), "service"), (("services", "kafka"), "enviroment"), (("services", "kafka", "healthcheck"), "retry")],
)
def test_a_misspelt_key_is_noticed(path: tuple[str, ...], key: str, compose: dict[str, Any]) -> None:
    spoilt = copy.deepcopy(compose)
    place = spoilt
    for step in path:
        place = place[step]
    place[key] = {}
    assert [found.rpartition(".")[2] for found in unknown(spoilt)] == [key]


def test_who_waits_for_a_part_waits_for_one_that_can_be_healthy(compose: dict[str, Any]) -> None:
    parts = compose["services"]
    for name, part in parts.items():
        for other in part.get("depends_on", {}):
            assert "test" in parts[other]["healthcheck"], f"{name} would wait for ever"
