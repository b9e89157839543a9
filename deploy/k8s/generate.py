"""Writes what the manifests have in common with the code and with the local stack.

usage: python deploy/k8s/generate.py [--check]     --check: exit 1 if a file is not what its source says

- ``components/strimzi/topics.yaml``: a KafkaTopic for each entry of the one table of topics.
- ``components/monitoring/rules.yaml``: a PrometheusRule for each file of rules of ``deploy/prometheus``, and one for
  parts of which there is no pod.
- ``components/monitoring/dashboards.yaml``: a ConfigMap for each dashboard of ``deploy/grafana``.
"""

import json
import sys
from copy import deepcopy
from pathlib import Path
from textwrap import indent

import yaml

from shinsei.contracts.topics import TOPICS, UNLIMITED
from shinsei.contracts.zones import METRICS

HERE = Path(__file__).parent
RULES = HERE.parent / "prometheus"
DASHBOARDS = HERE.parent / "grafana" / "dashboards"


def topics() -> str:
    """One KafkaTopic for each topic and each dead-letter topic, as YAML."""
    title = "# Written by deploy/k8s/generate.py from shinsei.contracts.topics, never edited by hand.\n"
    return title + "---\n".join(
        f"""apiVersion: kafka.strimzi.io/v1
kind: KafkaTopic
metadata:
  name: {name}
  namespace: shinsei-boundary
  labels: {{strimzi.io/cluster: shinsei}}
spec:
  partitions: {topic.partitions}
  replicas: 3
  config: {{retention.ms: {topic.retention_ms}, retention.bytes: {UNLIMITED}, cleanup.policy: delete}}
"""
        for topic in TOPICS.values()
        for name in (topic.name, topic.dead)
    )


def absent() -> str:
    """PartMissing of the local stack, for parts of which there is not even a pod.

    There, whoever does not answer is asked all the same. Here, nobody asks a pod that has been deleted; and one that is
    put in another place is away for a while.
    """
    groups = yaml.safe_load((RULES / "alerts.rules.yml").read_text(encoding="utf-8"))["groups"]
    (missing,) = (rule for one in groups for rule in one["rules"] if rule.get("alert") == "PartMissing")
    alerts = [
        {**deepcopy(missing), "expr": f'absent(up{{job="shinsei",part="{part}"}})', "for": "2m"} for part in METRICS
    ]
    found = {"groups": [{"name": "pods", "rules": alerts}]}
    return yaml.safe_dump(found, allow_unicode=True, sort_keys=False, width=1_000)


def rules() -> str:
    """The files of rules to the letter, each as the specification of a PrometheusRule, and the absence of pods."""
    title = "# Written by deploy/k8s/generate.py from deploy/prometheus, never edited by hand.\n"
    texts = {
        file.name.partition(".")[0]: file.read_text(encoding="utf-8") for file in sorted(RULES.glob("*.rules.yml"))
    }
    texts["absent"] = absent()
    return title + "---\n".join(
        f"""apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: shinsei-{name}
  namespace: shinsei-management
  labels: {{app.kubernetes.io/part-of: shinsei}}
spec:
{indent(text, "  ")}"""
        for name, text in texts.items()
    )


def dashboards() -> str:
    """Each dashboard on a line of its own, with the label by which Grafana's sidecar finds it."""
    title = "# Written by deploy/k8s/generate.py from deploy/grafana, never edited by hand.\n"
    return title + "---\n".join(
        f"""apiVersion: v1
kind: ConfigMap
metadata:
  name: {file.stem}
  namespace: shinsei-management
  labels: {{app.kubernetes.io/part-of: shinsei, grafana_dashboard: "1"}}
data:
  {file.name}: '{quoted(file)}'
"""
        for file in sorted(DASHBOARDS.glob("*.json"))
    )


def quoted(file: Path) -> str:
    """A JSON file on one line, as it stands between single quotes in YAML."""
    text = json.dumps(json.loads(file.read_text(encoding="utf-8")), ensure_ascii=False, separators=(",", ":"))
    return text.replace("'", "''")


def main() -> int:
    """Write, or compare."""
    wanted = {
        "strimzi/topics.yaml": topics(),
        "monitoring/rules.yaml": rules(),
        "monitoring/dashboards.yaml": dashboards(),
    }
    files = {HERE / "components" / name: text for name, text in wanted.items()}
    if "--check" in sys.argv[1:]:
        return int(any(not file.exists() or file.read_text(encoding="utf-8") != text for file, text in files.items()))
    for file, text in files.items():
        file.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
