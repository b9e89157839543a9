"""What the page has its reader type is there in what the reader has applied."""

import re
from collections.abc import Mapping

from tests.integration.kubernetes.manifests import REPO, Resource, key

KINDS = {"deploy": "Deployment", "statefulset": "StatefulSet", "job": "Job", "svc": "Service"}
NAMED = re.compile(rf"\b({'|'.join(KINDS)})[/ ]([a-z][a-z-]*)(?: (\d+))?")
PAGE = (REPO / "deploy" / "README.md").read_text(encoding="utf-8")
COMMAND = re.compile(r"kubectl -n ([a-z-]+) ([^`&\n]+)")
"""(namespace, the rest) of each that is about one, in a block or in the middle of a sentence."""


def test_every_workload_of_a_command_on_the_page_is_there_and_listens_where_it_is_forwarded(
    built: Mapping[str, list[Resource]],
) -> None:
    there = {key(one): one for resources in built.values() for one in resources}
    commands = COMMAND.findall(PAGE)
    assert [rest for _, rest in commands if not NAMED.search(rest)] == ["cp"]
    for namespace, sort, name, port in ((space, *found) for space, rest in commands for found in NAMED.findall(rest)):
        one = there[KINDS[sort], namespace, name]
        assert not port or re.search(rf"\b{port}\b", str(one["spec"])), (name, port)
