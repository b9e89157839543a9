"""Topics, rules and dashboards on Kubernetes are those of the code and of the local stack."""

import shutil
import subprocess
import sys
from pathlib import Path

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
