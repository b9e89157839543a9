"""Writes what the manifests have in common with the code and with the local stack.

usage: python deploy/k8s/generate.py [--check]     --check: exit 1 if a file is not what its source says

- ``components/strimzi/topics.yaml``: a KafkaTopic for each entry of the one table of topics.
- ``components/monitoring/rules.yaml``: a PrometheusRule for each file of rules of ``deploy/prometheus``.
- ``components/monitoring/dashboards.yaml``: a ConfigMap for each dashboard of ``deploy/grafana``.
"""

import json
import sys
from pathlib import Path
from textwrap import indent

from shinsei.contracts.topics import TOPICS, UNLIMITED

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


def rules() -> str:
    """The files of rules to the letter, each as the specification of a PrometheusRule."""
    title = "# Written by deploy/k8s/generate.py from deploy/prometheus, never edited by hand.\n"
    return title + "---\n".join(
        f"""apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: shinsei-{file.name.partition(".")[0]}
  namespace: shinsei-management
  labels: {{app.kubernetes.io/part-of: shinsei}}
spec:
{indent(file.read_text(encoding="utf-8"), "  ")}"""
        for file in sorted(RULES.glob("*.rules.yml"))
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
