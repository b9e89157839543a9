"""Kafka of compose and of the base has the settings of the local stack's, which a real broker takes every day.

A variable that is misspelt is one that Kafka's image makes a setting of all the same, and nobody heeds.
"""

import re
from pathlib import Path
from typing import Any

import yaml

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
VOTERS = "controller.quorum.voters"
"""The one setting that the local stack has not: it names the controller by ``controller.quorum.bootstrap.servers``."""
PLACES = ("KAFKA_ADVERTISED_LISTENERS", "KAFKA_LOG_DIRS")


def in_compose() -> dict[str, str]:
    found: dict[str, str] = yaml.safe_load((DEPLOY / "docker" / "compose.yaml").read_text(encoding="utf-8"))[
        "services"
    ]["kafka"]["environment"]
    return found


def in_kubernetes() -> dict[str, str]:
    text = (DEPLOY / "k8s" / "base" / "boundary" / "kafka.yaml").read_text(encoding="utf-8")
    resources: list[dict[str, Any]] = list(yaml.safe_load_all(text))
    (container,) = resources[1]["spec"]["template"]["spec"]["containers"]
    return {one["name"]: one["value"] for one in container["env"]}


def test_every_variable_is_a_setting_of_the_local_stacks_broker() -> None:
    text = (DEPLOY / "local" / "kafka" / "server.properties").read_text(encoding="utf-8")
    known = {VOTERS, *re.findall(r"^([a-z.]+)=", text, re.MULTILINE)}
    for given in (in_compose(), in_kubernetes()):
        settings = {
            name.removeprefix("KAFKA_").lower().replace("_", ".") for name in given if name != "KAFKA_HEAP_OPTS"
        }
        assert settings <= known


def test_compose_and_the_base_differ_in_places_alone() -> None:
    compose, base = (
        {name: value for name, value in one.items() if name not in PLACES} for one in (in_compose(), in_kubernetes())
    )
    assert compose == base


def test_its_health_is_asked_for_alike_and_has_the_time_that_a_java_takes_to_start() -> None:
    text = (DEPLOY / "docker" / "compose.yaml").read_text(encoding="utf-8")
    asked = yaml.safe_load(text)["services"]["kafka"]["healthcheck"]
    manifests = list(yaml.safe_load_all((DEPLOY / "k8s" / "base" / "boundary" / "kafka.yaml").read_text("utf-8")))
    probe = manifests[1]["spec"]["template"]["spec"]["containers"][0]["readinessProbe"]
    assert asked["test"] == ["CMD", *probe["exec"]["command"]]
    assert asked["timeout"] == f"{probe['timeoutSeconds']}s" == "15s"


def test_kafka_tells_its_callers_the_name_by_which_they_reach_it() -> None:
    assert in_compose()["KAFKA_ADVERTISED_LISTENERS"] == "PLAINTEXT://kafka:9092"
    assert in_kubernetes()["KAFKA_ADVERTISED_LISTENERS"] == "PLAINTEXT://kafka.shinsei-boundary:9092"
