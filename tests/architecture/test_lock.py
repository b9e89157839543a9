"""requirements.lock installs the same files everywhere, from whichever index the user has."""

import importlib.metadata
import itertools
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

PLATFORMS = [("linux", "Linux", "x86_64"), ("linux", "Linux", "aarch64"), ("darwin", "Darwin", "arm64")]
FRAMES = {"pandas", "polars"}
"""Extras for whoever wants data frames of a plan: nothing of ours runs on them."""
PYTHONS = ["3.11.0", "3.11.9", "3.12.0", "3.13.0"]


@pytest.fixture(scope="module")
def pinned(repo: Path) -> dict[str, Version]:
    text = (repo / "requirements.lock").read_text(encoding="utf-8")
    return {
        canonicalize_name(name): Version(v) for name, v in re.findall(r"^([\w.-]+)==([^\s;\\]+)", text, re.MULTILINE)
    }


@pytest.fixture(scope="module")
def project(repo: Path) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((repo / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found


LOCKS = [
    "requirements.lock",
    "deploy/docker/requirements.lock",
    "deploy/docker/loadtest.lock",
    "deploy/k8s/requirements.lock",
]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes_and_no_line_names_a_place(lock: str, repo: Path) -> None:
    text = (repo / lock).read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert blocks
    assert all("--hash=sha256:" in block for block in blocks)
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    assert not [line for line in lines if re.search(r"://|--index|--extra|--find|--trusted|file:|/", line)]


def test_every_dependency_that_we_name_is_pinned_within_its_range(
    pinned: dict[str, Version], project: dict[str, Any]
) -> None:
    extras = [texts for name, texts in project["optional-dependencies"].items() if name not in FRAMES]
    for text in itertools.chain(project["dependencies"], *extras):
        requirement = Requirement(text)
        assert pinned[canonicalize_name(requirement.name)] in requirement.specifier


@cache
def required_by(name: str) -> list[Requirement]:
    """What an installed package asks for."""
    return [Requirement(text) for text in importlib.metadata.requires(name) or []]


@pytest.mark.parametrize(("python", "platform"), list(itertools.product(PYTHONS, PLATFORMS)), ids=str)
def test_no_platform_needs_more_than_is_pinned(
    python: str, platform: tuple[str, str, str], pinned: dict[str, Version]
) -> None:
    """It is compiled on one Python and one machine, so a dependency of another could be left out unseen."""
    sys_platform, system, machine = platform
    environment = {
        "python_version": ".".join(python.split(".")[:2]),
        "python_full_version": python,
        "implementation_version": python,
        "sys_platform": sys_platform,
        "platform_system": system,
        "platform_machine": machine,
        "extra": "",
    }
    missing = []
    for name in pinned:
        for needed in required_by(name):
            applies = needed.marker is None or needed.marker.evaluate(environment)
            if applies and canonicalize_name(needed.name) not in pinned:
                missing.append(f"{name} needs {needed}")
    assert not missing
