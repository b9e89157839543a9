"""Every overlay, built once."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.integration.kubernetes.manifests import K8S, OVERLAYS, Resource, build


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manifests with secrets, as a user has them after ``make k8s-secrets``."""
    copy = tmp_path_factory.mktemp("k8s") / "k8s"
    shutil.copytree(K8S, copy, ignore=shutil.ignore_patterns("*.env", "*.secret", "portal-clients.toml"))
    subprocess.run([copy / "components" / "secrets" / "make"], check=True, capture_output=True, timeout=30)
    return copy


@pytest.fixture(scope="session")
def built(tree: Path) -> Mapping[str, list[Resource]]:
    """The resources of each overlay."""
    return {name: build(tree / "overlays" / name) for name in OVERLAYS}


@pytest.fixture(params=OVERLAYS)
def resources(request: pytest.FixtureRequest, built: Mapping[str, list[Resource]]) -> list[Resource]:
    """The resources of one overlay after the other."""
    return built[request.param]
