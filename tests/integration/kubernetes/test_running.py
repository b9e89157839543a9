"""How pods run: without rights, asked the right questions, and never all away at once."""

from collections.abc import Mapping

from tests.integration.kubernetes.manifests import REPO, Resource, containers, key, kind, mib, workloads

from shinsei.contracts.zones import GRPC


def test_pods_are_restricted_as_their_namespaces_demand(resources: list[Resource]) -> None:
    for one in kind(resources, "Namespace"):
        assert one["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    for one, pod in workloads(resources):
        assert pod["automountServiceAccountToken"] is False, key(one)
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in (*pod.get("initContainers", ()), *pod["containers"]):
            context = container["securityContext"]
            assert context["allowPrivilegeEscalation"] is False
            assert context["capabilities"] == {"drop": ["ALL"]}
            assert context.get("readOnlyRootFilesystem") or "shinsei/" not in container["image"]
            needs = container["resources"]
            assert mib(needs["requests"]["memory"]) <= mib(needs["limits"]["memory"]), container["name"]
            assert "cpu" not in needs["limits"]


def test_pods_of_kafkas_operator_are_restricted_too(built: Mapping[str, list[Resource]]) -> None:
    """Their namespace admits no others, and the operator asks for less by itself."""
    pools, (kafka,) = kind(built["prod-like"], "KafkaNodePool"), kind(built["prod-like"], "Kafka")
    entity = kafka["spec"]["entityOperator"]
    assert entity.keys() == {"topicOperator", "template"}, "one container"
    templates = [(one["spec"]["template"], "kafkaContainer") for one in pools]
    for template, container in (*templates, (entity["template"], "topicOperatorContainer")):
        assert template["pod"]["securityContext"]["runAsNonRoot"] is True
        assert template["pod"]["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        restricted = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
        assert template[container]["securityContext"] == restricted
    groups = {template["pod"]["securityContext"]["fsGroup"] for template, _ in templates}
    assert groups == {0}, "of the images, else no volume is theirs"


def test_probes_check_different_things(built: Mapping[str, list[Resource]]) -> None:
    """A database that is away is no reason to kill a service, and one that drains is alive."""
    for container in containers(built["minimal"]):
        part = container["name"].replace("-", "_")
        if part in GRPC:
            assert container["livenessProbe"]["grpc"] == {"port": GRPC[part], "service": "live"}
            assert container["readinessProbe"]["grpc"] == {"port": GRPC[part]}
            started = container["startupProbe"]
            assert started["grpc"] == {"port": GRPC[part], "service": "started"}
            assert started["periodSeconds"] * started["failureThreshold"] == 3 * 60
    page = (REPO / "deploy" / "README.md").read_text(encoding="utf-8")
    assert "Start-up (`started`) gives a service three minutes" in page


def test_whatever_of_ours_listens_is_asked_whether_it_has_started_and_whether_it_lives(
    resources: list[Resource],
) -> None:
    for container in containers(resources):
        if "shinsei/" in container["image"] and "ports" in container:
            assert {"startupProbe", "livenessProbe"} <= container.keys(), container["name"]


def replicas(resources: list[Resource]) -> dict[tuple[str, str], int]:
    """The least number of pods of each workload that keeps running: what is set, or what an autoscaler leaves."""
    found = {key(one)[1:]: one["spec"].get("replicas", 1) for one in kind(resources, "Deployment", "StatefulSet")}
    for one in kind(resources, "ScaledObject"):
        found[one["metadata"]["namespace"], one["spec"]["scaleTargetRef"]["name"]] = one["spec"]["minReplicaCount"]
    return found


def test_a_disruption_budget_lets_one_pod_go_at_a_time(built: Mapping[str, list[Resource]]) -> None:
    """One that is never kept is none, and one that lets nobody go holds up every drain of a node."""
    running, budgets = replicas(built["prod-like"]), kind(built["prod-like"], "PodDisruptionBudget")
    for one in budgets:
        namespace, name = key(one)[1:]
        assert one["spec"]["selector"]["matchLabels"] == {"app.kubernetes.io/name": name}
        assert one["spec"]["minAvailable"] == running[namespace, name] - 1
    several = {place for place, count in running.items() if count > 1}
    assert {key(one)[1:] for one in budgets} == several


def test_several_of_one_service_are_spread_over_zones_and_nodes(built: Mapping[str, list[Resource]]) -> None:
    running = replicas(built["prod-like"])
    for one, pod in workloads(built["prod-like"]):
        if running[key(one)[1:]] == 1:
            continue
        labels = one["spec"]["template"]["metadata"]["labels"]
        keys = []
        for constraint in pod["topologySpreadConstraints"]:
            assert constraint["labelSelector"]["matchLabels"].items() <= labels.items()
            assert set(constraint["matchLabelKeys"]) <= labels.keys()
            keys.append(constraint["topologyKey"])
        assert keys == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"], key(one)


def test_servers_of_operators_are_spread_over_zones(built: Mapping[str, list[Resource]]) -> None:
    (kafka,), (pool,) = kind(built["prod-like"], "Kafka"), kind(built["prod-like"], "KafkaNodePool")
    (constraint,) = pool["spec"]["template"]["pod"]["topologySpreadConstraints"]
    assert constraint["topologyKey"] == "topology.kubernetes.io/zone"
    brokers = {"strimzi.io/cluster": kafka["metadata"]["name"]}
    assert constraint["labelSelector"] == {"matchLabels": brokers}, "which the operator gives them"
    clusters = kind(built["prod-like"], "Cluster")
    assert [one["spec"]["affinity"]["topologyKey"] for one in clusters] == ["topology.kubernetes.io/zone"] * 3
    assert {pool["spec"]["replicas"], *(one["spec"]["instances"] for one in clusters)} == {3}
