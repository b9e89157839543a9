"""What could not be validated here is written on the page, and nothing is missing from that list."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
NATIVE = re.compile(r"v1|[a-z]+/v1|(networking|rbac)\.k8s\.io/v1|kustomize\.config\.k8s\.io/.*")
"""APIs whose schemas the tests know; whatever else there is, an operator brings."""


@pytest.fixture(scope="module")
def told() -> str:
    """The list on the page."""
    page = (DEPLOY / "README.md").read_text(encoding="utf-8")
    return page.partition("## What could not be validated here\n")[2].partition("\n## ")[0]


@pytest.fixture(scope="module")
def resources() -> list[dict[str, Any]]:
    files = sorted((DEPLOY / "k8s").rglob("*.yaml"))
    return [one for file in files for one in yaml.safe_load_all(file.read_text(encoding="utf-8")) if one]


def test_kinds_of_operators_are_told_one_by_one(told: str, resources: list[dict[str, Any]]) -> None:
    kinds = {one["kind"] for one in resources if not NATIVE.fullmatch(one["apiVersion"])}
    (line,) = (line for line in told.splitlines() if line.startswith("- **Operators.**"))
    assert set(re.findall(r"`(\w+)`", line)) == kinds


def test_images_of_others_are_told_one_by_one(told: str, resources: list[dict[str, Any]]) -> None:
    parts = yaml.safe_load((DEPLOY / "docker" / "compose.yaml").read_text(encoding="utf-8"))["services"]
    public = {part["image"] for part in parts.values()} | set(
        re.findall(r"'image(?:Name)?': '([^']+)'", str(resources))
    )
    (line,) = (line for line in told.splitlines() if line.startswith("- **Images of others.**"))
    assert set(re.findall(r"`([^`]+)`", line)) == {image for image in public if not image.startswith("shinsei/")}


def test_the_kafka_that_an_operator_is_asked_for_is_told(told: str, resources: list[dict[str, Any]]) -> None:
    (kafka,) = (one for one in resources if one["kind"] == "Kafka")
    (line,) = (line for line in told.splitlines() if line.startswith("- **Kafka under Strimzi.**"))
    assert f"`{kafka['spec']['kafka']['version']}`" in line


def test_overlays_and_the_base_are_told(told: str) -> None:
    base = re.findall(r"^ARG BASE=(\S+)$", (DEPLOY / "docker" / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    overlays = [folder.name for folder in (DEPLOY / "k8s" / "overlays").iterdir()]
    assert not [name for name in (*base, *overlays, "docker compose") if f"`{name}`" not in told]
    assert "arm64" in told
