"""What watches in compose is what watches the local stack: the same parts, rules, alerts and dashboards."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from shinsei.contracts.zones import METRICS
from shinsei.stack import kafka
from shinsei.stack.prometheus import JOB, PrometheusServer, program

REPO = Path(__file__).resolve().parents[2]
DOCKER = REPO / "deploy" / "docker"


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def parts() -> dict[str, Any]:
    found: dict[str, Any] = read(DOCKER / "compose.yaml")["services"]
    return found


def mounts(part: dict[str, Any]) -> dict[str, Path]:
    """File or folder of the repository by its place in the container."""
    split = [mount.split(":") for mount in part["volumes"] if mount.startswith(".")]
    assert all(mode == "ro" for _, _, mode in split)
    return {place: (DOCKER / source).resolve() for source, place, _ in split}


def test_prometheus_asks_every_part_at_its_port() -> None:
    (job,) = read(DOCKER / "prometheus.yml")["scrape_configs"]
    asked = {entry["labels"]["part"]: entry["targets"] for entry in job["static_configs"]}
    assert job["job_name"] == JOB
    assert asked == {part: [f"{part}:{port}"] for part, port in METRICS.items()}


def test_prometheus_takes_its_configuration_and_finds_the_rules(parts: dict[str, Any]) -> None:
    there = mounts(parts["prometheus"])
    command = [program("promtool") or "promtool", "check", "config", "--syntax-only", str(DOCKER / "prometheus.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (pattern,) = read(DOCKER / "prometheus.yml")["rule_files"]
    folder, _, names = pattern.rpartition("/")
    assert sorted(there[folder].glob(names)) == sorted((REPO / "deploy" / "prometheus").glob("*.rules.yml")) != []
    assert f"--config.file={next(place for place in there if place.endswith('.yml'))}" in parts["prometheus"]["command"]


def test_history_and_exemplars_are_kept_as_in_the_local_stack(parts: dict[str, Any], tmp_path: Path) -> None:
    """A season is kept at its simulated times, which are years ago."""
    server = PrometheusServer(directory=tmp_path, port=0, log=tmp_path / "log", targets={})
    kept = {word for word in server.launch().command if word.startswith(("--storage.tsdb.retention", "--enable"))}
    assert len(kept) == 3
    assert kept <= set(parts["prometheus"]["command"])


def test_alerts_reach_alertmanager_and_its_routes(parts: dict[str, Any]) -> None:
    ((entry,),) = (one["static_configs"] for one in read(DOCKER / "prometheus.yml")["alerting"]["alertmanagers"])
    assert entry["targets"] == ["alertmanager:9093"]
    (place, file), *_ = mounts(parts["alertmanager"]).items()
    assert file == REPO / "deploy" / "prometheus" / "alertmanager.yml"
    assert f"--config.file={place}" in parts["alertmanager"]["command"]


def test_grafana_has_the_dashboards_where_it_looks_for_them(parts: dict[str, Any]) -> None:
    there = mounts(parts["grafana"])
    (provider,) = read(REPO / "deploy" / "grafana" / "provisioning" / "dashboards.yaml")["providers"]
    assert there[provider["options"]["path"]] == REPO / "deploy" / "grafana" / "dashboards"
    provided = {place.split("/")[4]: file.name for place, file in there.items() if "/provisioning/" in place}
    assert provided == {"dashboards": "dashboards.yaml", "datasources": "datasources.yaml"}
    (source,) = read(REPO / "deploy" / "grafana" / "provisioning" / "datasources.yaml")["datasources"]
    assert re.findall(r"\$\{(\w+)\}", source["url"]) == ["PROMETHEUS_URL"]
    assert parts["grafana"]["environment"]["PROMETHEUS_URL"] == "http://prometheus:9090"


def test_nobody_but_this_machine_reaches_a_port(parts: dict[str, Any]) -> None:
    published = [port for part in parts.values() for port in part.get("ports", ())]
    assert len(published) == len(set(published))
    assert all(re.fullmatch(r"127\.0\.0\.1:(\d+):\1", port) for port in published)


def test_kafka_has_the_heap_of_the_local_stack(parts: dict[str, Any]) -> None:
    assert parts["kafka"]["environment"]["KAFKA_HEAP_OPTS"].split() == list(kafka._HEAP)
