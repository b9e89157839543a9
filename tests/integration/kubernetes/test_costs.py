"""What an overlay asks of a cluster is what docs/scaling.md says."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tests.integration.kubernetes.manifests import REPO, Resource, kind, mib, workloads
from tests.integration.kubernetes.test_running import replicas


class Asked(NamedTuple):
    """By so many pods of one kind."""

    pods: int
    cpu: float
    requested_mib: int
    limit_mib: int
    disk_mib: int


def cores(text: str) -> float:
    return int(text[:-1]) / 1000 if text.endswith("m") else float(text)


def asked(count: int, needs: list[Resource], volumes: list[str]) -> Asked:
    return Asked(
        pods=count,
        cpu=count * sum(cores(each["requests"]["cpu"]) for each in needs),
        requested_mib=count * sum(mib(each["requests"]["memory"]) for each in needs),
        limit_mib=count * sum(mib(each["limits"]["memory"]) for each in needs),
        disk_mib=count * sum(map(mib, volumes)),
    )


def needs_of(resources: list[Resource]) -> Iterator[Asked]:
    running = replicas(resources)
    for one, pod in workloads(resources):
        meta, spec = one["metadata"], one["spec"]
        claims = [each["spec"]["resources"]["requests"]["storage"] for each in spec.get("volumeClaimTemplates", ())]
        count = running.get((meta["namespace"], meta["name"]), 1)
        yield asked(count, [each["resources"] for each in pod["containers"]], claims)
    for one in kind(resources, "PersistentVolumeClaim"):
        yield asked(1, [], [one["spec"]["resources"]["requests"]["storage"]])._replace(pods=0)
    for one in kind(resources, "KafkaNodePool"):
        spec = one["spec"]
        yield asked(spec["replicas"], [spec["resources"]], [each["size"] for each in spec["storage"]["volumes"]])
    for one in kind(resources, "Cluster"):
        spec = one["spec"]
        yield asked(spec["instances"], [spec["resources"]], [spec["storage"]["size"]])


def line(name: str, resources: list[Resource]) -> str:
    """The line of the table about an overlay."""
    total = Asked(*(sum(column) for column in zip(*needs_of(resources), strict=True)))
    memory = [f"{amount / 1024:.1f}" for amount in (total.requested_mib, total.limit_mib, total.disk_mib)]
    return f"| {' | '.join([f'`{name}`', str(total.pods), f'{total.cpu:.1f}', *memory])} |"


def test_the_page_says_what_each_overlay_asks(built: Mapping[str, list[Resource]]) -> None:
    page = (REPO / "docs" / "scaling.md").read_text(encoding="utf-8").splitlines()
    assert not [line(name, resources) for name, resources in built.items() if line(name, resources) not in page]
