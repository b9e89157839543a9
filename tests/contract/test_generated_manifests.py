"""Topics, rules and dashboards on Kubernetes are those of the code and of the local stack."""

import importlib.util
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from shinsei.contracts.topics import STATUS_CHANGED

REPO = Path(__file__).resolve().parents[2]


def check(deploy: Path) -> int:
    command = [sys.executable, str(deploy / "k8s" / "generate.py"), "--check"]
    return subprocess.run(command, check=False, timeout=60, capture_output=True).returncode


def test_what_is_generated_is_fresh() -> None:
    """If this fails: make k8s-generate."""
    assert check(REPO / "deploy") == 0


def test_a_rule_that_only_one_side_has_is_noticed(tmp_path: Path) -> None:
    for folder in ("k8s", "prometheus", "grafana"):
        shutil.copytree(REPO / "deploy" / folder, tmp_path / folder)
    with (tmp_path / "prometheus" / "alerts.rules.yml").open("a", encoding="utf-8") as rules:
        rules.write("# one more\n")
    assert check(tmp_path) == 1


def test_a_topic_that_is_kept_for_a_time_is_not_bound_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = importlib.util.spec_from_file_location("generate", REPO / "deploy" / "k8s" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    monkeypatch.setattr(generate, "TOPICS", {"a": replace(STATUS_CHANGED, retention_ms=604_800_000)})
    kept = [one["spec"]["config"] for one in yaml.safe_load_all(generate.topics())]
    assert [(each["retention.ms"], each["retention.bytes"]) for each in kept] == [(604_800_000, -1)] * 2
