"""What operators are told to watch is what the code publishes, under the names that rules and dashboards ask for."""

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import yaml
from tests.integration.kubernetes.manifests import REPO, Resource, key, kind

from shinsei.contracts.topic_rights import READERS
from shinsei.contracts.topics import TOPICS
from shinsei.contracts.zones import METRICS
from shinsei.stack.prometheus import JOB, program

ZONES = {f"shinsei-{zone}" for zone in ("internet", "lgwan", "business", "management")}


def known_metrics() -> set[str]:
    """The metrics of the code, as docs/metrics.md lists them (a test of its own compares the two)."""
    text = (REPO / "docs" / "metrics.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `(shinsei_\w+)` \|", text, re.MULTILINE))


def relabelled(labels: dict[str, str], rules: list[Resource]) -> dict[str, str]:
    """Labels after Prometheus' relabelling with the action ``replace``."""
    found = dict(labels)
    for rule in rules:
        value = ";".join(found.get(name, "") for name in rule.get("sourceLabels", ()))
        match = re.fullmatch(rule.get("regex", "(.*)"), value)
        if match:
            found[rule["targetLabel"]] = match.expand(re.sub(r"\$\{?(\d)\}?", r"\\\1", rule.get("replacement", "$1")))
    return found


def test_parts_have_the_names_that_the_rules_ask_for(built: Mapping[str, list[Resource]]) -> None:
    monitors = [one for one in kind(built["full"], "PodMonitor") if key(one)[2] == "shinsei"]
    assert {one["metadata"]["namespace"] for one in monitors} == ZONES
    for monitor in monitors:
        (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
        for part in METRICS:
            pod = {"__meta_kubernetes_pod_label_app_kubernetes_io_name": part.replace("_", "-"), "job": "any"}
            labels = relabelled(pod, endpoint["relabelings"])
            assert (labels["job"], labels["part"]) == (JOB, part)


def test_every_pod_with_metrics_is_watched(built: Mapping[str, list[Resource]]) -> None:
    (wanted,) = {tuple(one["spec"]["selector"]["matchLabels"].items()) for one in kind(built["full"], "PodMonitor")}
    watched = set()
    for one in kind(built["full"], "Deployment", "StatefulSet"):
        template = one["spec"]["template"]
        ports = {port["name"] for each in template["spec"]["containers"] for port in each.get("ports", ())}
        if "metrics" in ports:
            assert set(wanted) <= template["metadata"]["labels"].items()
            assert one["metadata"]["namespace"] in ZONES
            watched.add(key(one)[2].replace("-", "_"))
    assert watched == set(METRICS)


def test_the_rules_are_those_of_the_local_stack(built: Mapping[str, list[Resource]]) -> None:
    found = {key(one)[2]: one["spec"] for one in kind(built["full"], "PrometheusRule")}
    del found["shinsei-absent"]
    files = {
        f"shinsei-{file.name.partition('.')[0]}": file for file in (REPO / "deploy/prometheus").glob("*.rules.yml")
    }
    assert found == {name: yaml.safe_load(file.read_text(encoding="utf-8")) for name, file in files.items()}


def test_a_part_without_a_pod_is_missing_and_one_with_a_pod_is_not(
    built: Mapping[str, list[Resource]], tmp_path: Path
) -> None:
    """A pod that is deleted has no ``up`` that could be 0."""
    (spec,) = (one["spec"] for one in kind(built["full"], "PrometheusRule") if key(one)[2] == "shinsei-absent")
    (tmp_path / "absent.rules.yml").write_text(json.dumps(spec), encoding="utf-8")
    files = REPO / "deploy" / "prometheus"
    (missing,) = (
        rule
        for group in yaml.safe_load((files / "alerts.rules.yml").read_text(encoding="utf-8"))["groups"]
        for rule in group["rules"]
        if rule["alert"] == "PartMissing"
    )

    def told(part: str) -> Resource:
        said = {name: text.replace("{{ $labels.part }}", part) for name, text in missing["annotations"].items()}
        return {"exp_labels": {**missing["labels"], "job": JOB, "part": part}, "exp_annotations": said}

    cases = [
        {
            "name": f"all but {away}",
            "interval": "15s",
            "input_series": [
                {"series": f'up{{job="{JOB}",part="{part}",pod="a"}}', "values": "1x2" if part == away else "1x60"}
                for part in METRICS
            ],
            "alert_rule_test": [
                {"eval_time": "30s", "alertname": "PartMissing", "exp_alerts": []},
                {"eval_time": "10m", "alertname": "PartMissing", "exp_alerts": [told(away)]},
            ],
        }
        for away in METRICS
    ]
    test = {"rule_files": [str(tmp_path / "absent.rules.yml")], "evaluation_interval": "15s", "tests": cases}
    (tmp_path / "absent.test.yml").write_text(json.dumps(test), encoding="utf-8")
    command = [program("promtool") or "promtool", "test", "rules", str(tmp_path / "absent.test.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_dashboards_are_those_of_the_local_stack(built: Mapping[str, list[Resource]]) -> None:
    maps = [one for one in kind(built["full"], "ConfigMap") if "grafana_dashboard" in one["metadata"].get("labels", {})]
    found = {name: json.loads(text) for one in maps for name, text in one["data"].items()}
    files = (REPO / "deploy" / "grafana" / "dashboards").glob("*.json")
    assert found == {file.name: json.loads(file.read_text(encoding="utf-8")) for file in files}


def test_dashboards_find_their_source(built: Mapping[str, list[Resource]]) -> None:
    (one,) = (one for one in kind(built["full"], "ConfigMap") if key(one)[2] == "shinsei-datasource")
    text = (REPO / "deploy" / "grafana" / "provisioning" / "datasources.yaml").read_text(encoding="utf-8")
    (here,), (there,) = (yaml.safe_load(each)["datasources"] for each in (one["data"]["shinsei.yaml"], text))
    assert [here[name] for name in ("name", "uid", "type")] == [there[name] for name in ("name", "uid", "type")]


def test_scaling_asks_about_metrics_and_topics_of_the_code(built: Mapping[str, list[Resource]]) -> None:
    scaled = kind(built["prod-like"], "ScaledObject")
    assert {key(one)[2] for one in scaled} == {"linkage-server", "app-mgmt"}, "an office lives where its partition does"
    workloads = {key(one): one["spec"] for one in kind(built["prod-like"], "StatefulSet")}
    for one in scaled:
        target = one["spec"]["scaleTargetRef"]
        there = workloads[target["kind"], one["metadata"]["namespace"], target["name"]]
        assert "replicas" not in there, "every apply would set it back"
        asked = set()
        for trigger in one["spec"]["triggers"]:
            query = trigger["metadata"]["query"]
            assert "shinsei_kafka_lag_seconds" in query
            assert set(re.findall(r"shinsei_\w+", query)) <= known_metrics()
            (topic,) = re.findall(r'topic="([^"]+)"', query)
            asked.add(topic)
            assert one["spec"]["maxReplicaCount"] <= TOPICS[topic].partitions
            assert trigger["metricType"] == "Value", "an age is no sum that could be shared out over pods"
            assert trigger["metadata"]["serverAddress"] == "http://prometheus-operated.shinsei-management:9090"
        assert asked == {topic.name for topic in READERS[target["name"].replace("-", "_")]}, "what it works off"


def test_kafkas_operator_keeps_topics_as_compose_does_and_loses_nothing_with_a_broker(
    built: Mapping[str, list[Resource]],
) -> None:
    (kafka,), (pool,) = kind(built["prod-like"], "Kafka"), kind(built["prod-like"], "KafkaNodePool")
    spec, brokers = kafka["spec"]["kafka"], pool["spec"]["replicas"]
    text = (REPO / "deploy" / "docker" / "compose.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(text)["services"]["kafka"]["image"] == f"apache/kafka:{spec['version']}"
    assert 1 < spec["config"]["min.insync.replicas"] < spec["config"]["default.replication.factor"] == brokers
    assert spec["config"]["auto.create.topics.enable"] is False
    cluster = {"strimzi.io/cluster": kafka["metadata"]["name"]}
    for one in (pool, *kind(built["prod-like"], "KafkaTopic")):
        assert cluster.items() <= one["metadata"]["labels"].items()
        assert one["spec"]["replicas"] == brokers
