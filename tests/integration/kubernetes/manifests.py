"""The manifests as kustomize builds them, and what the tests ask of them."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

REPO = Path(__file__).resolve().parents[3]
K8S = REPO / "deploy" / "k8s"
OVERLAYS = tuple(sorted(folder.name for folder in (K8S / "overlays").iterdir()))
COMPONENTS = tuple(sorted(folder.name for folder in (K8S / "components").iterdir()))
CUSTOM = {
    "monitoring.coreos.com/v1": {"PodMonitor", "PrometheusRule"},
    "kafka.strimzi.io/v1": {"Kafka", "KafkaNodePool", "KafkaTopic"},
    "postgresql.cnpg.io/v1": {"Cluster"},
    "keda.sh/v1alpha1": {"ScaledObject"},
}
"""Kinds of operators, by API: checked by ``shapes.yaml``, as no schema of theirs can be had as a package."""

Resource = dict[str, Any]


def kustomize(folder: Path) -> str:
    """What kustomize makes of a folder, as text."""
    own = Path(sys.executable).parent / "kustomize"
    command = [str(own), "build"] if own.exists() else ["kustomize", "build"]
    if not own.exists() and shutil.which("kubectl"):
        command = ["kubectl", "kustomize"]
    done = subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "deprecated" not in done.stderr
    return done.stdout


def build(folder: Path) -> list[Resource]:
    """What kustomize makes of a folder."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return [one for one in yaml.load_all(kustomize(folder), loader) if one]


def workloads(resources: list[Resource]) -> Iterator[tuple[Resource, Resource]]:
    """(workload, its pod's specification)."""
    for one in resources:
        if one["kind"] in {"Deployment", "StatefulSet", "Job"}:
            yield one, one["spec"]["template"]["spec"]


def containers(resources: list[Resource]) -> Iterator[Resource]:
    """The containers of all workloads, with those that come before the others."""
    for _, pod in workloads(resources):
        yield from (*pod.get("initContainers", ()), *pod["containers"])


def key(one: Resource) -> tuple[str, str, str]:
    """(kind, namespace, name)."""
    return one["kind"], one["metadata"].get("namespace", ""), one["metadata"]["name"]


def kind(resources: list[Resource], *kinds: str) -> list[Resource]:
    """The resources of these kinds."""
    return [one for one in resources if one["kind"] in kinds]


def mib(text: str) -> int:
    """An amount of memory or disk, in MiB."""
    return int(text[:-2]) * {"Mi": 1, "Gi": 1024}[text[-2:]]
