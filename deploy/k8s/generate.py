"""Writes the KafkaTopic resources of the Strimzi component from the one table of topics.

usage: python deploy/k8s/generate.py [--check]     --check: exit 1 if the file is not what the table says
"""

import sys
from pathlib import Path

from shinsei.contracts.topics import TOPICS

TOPICS_FILE = Path(__file__).parent / "components" / "strimzi" / "topics.yaml"
_TITLE = "# Written by deploy/k8s/generate.py from shinsei.contracts.topics, never edited by hand.\n"


def topic_resources() -> str:
    """One KafkaTopic for each topic and each dead-letter topic, as YAML."""
    return _TITLE + "---\n".join(
        f"""apiVersion: kafka.strimzi.io/v1
kind: KafkaTopic
metadata:
  name: {name}
  namespace: shinsei-boundary
  labels: {{strimzi.io/cluster: shinsei}}
spec:
  partitions: {topic.partitions}
  replicas: 3
  config: {{retention.ms: {topic.retention_ms}, retention.bytes: {topic.retention_ms}, cleanup.policy: delete}}
"""
        for topic in TOPICS.values()
        for name in (topic.name, topic.dead)
    )


def main() -> int:
    """Write, or compare."""
    wanted = topic_resources()
    if "--check" in sys.argv[1:]:
        return int(TOPICS_FILE.read_text(encoding="utf-8") != wanted)
    TOPICS_FILE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
