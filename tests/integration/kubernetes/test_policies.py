"""Operators bring pods, labels and policies of their own: the table of zones holds in every overlay all the same."""

from collections.abc import Mapping
from pathlib import Path

from tests.contract.policies import PORTS, Pod, pods, ports, reachable, wanted
from tests.integration.kubernetes.manifests import Resource, build, kind
from tests.integration.kubernetes.test_builds import combined

from shinsei.contracts.zones import METRICS, PROMETHEUS

BY_OPERATORS = {"kafka": (("strimzi.io/cluster", "shinsei"),), "postgres": (("cnpg.io/cluster", "postgres-ha"),)}
EXPORTED = {("prometheus", f"shinsei-{zone}/postgres", 9187) for zone in ("internet", "lgwan", "business")}
"""Metrics of the operator's databases."""


def test_exactly_the_calls_of_the_table_pass_in_every_overlay(built: Mapping[str, list[Resource]]) -> None:
    for name, resources in built.items():
        there = pods(BY_OPERATORS if name == "prod-like" else None)
        more = EXPORTED if name == "prod-like" else set()
        assert set(reachable(kind(resources, "NetworkPolicy"), there)) == wanted() | more, name


def test_kafkas_operator_lets_in_whom_the_table_lets_in(built: Mapping[str, list[Resource]]) -> None:
    (kafka,) = kind(built["prod-like"], "Kafka")
    (listener,) = kafka["spec"]["kafka"]["listeners"]
    (policy,) = (one for one in kind(built["prod-like"], "NetworkPolicy") if one["metadata"]["name"] == "kafka")
    (rule,) = policy["spec"]["ingress"]
    assert listener["networkPolicyPeers"] == rule["from"]
    assert rule["ports"] == [{"protocol": "TCP", "port": listener["port"]}]


def test_monitoring_and_scaling_reach_what_they_read(built: Mapping[str, list[Resource]]) -> None:
    there = [*pods(BY_OPERATORS), Pod("keda", "keda-operator"), Pod("monitoring", "grafana")]
    policies = kind(built["prod-like"], "NetworkPolicy")
    exporters = {port for _, _, port in EXPORTED}
    calls = reachable(policies, there, [PROMETHEUS, *exporters])
    found = {call for call in calls if call[1].startswith("shinsei-")}
    readers = {(name, "shinsei-management/prometheus", PROMETHEUS) for name in ("room", "grafana", "keda-operator")}
    assert found == EXPORTED | readers


def test_kafkas_operator_asks_the_api_server_and_its_brokers_ask_nobody(built: Mapping[str, list[Resource]]) -> None:
    policies = kind(built["prod-like"], "NetworkPolicy")
    operator = Pod("shinsei-boundary", "entity-operator", BY_OPERATORS["kafka"])
    broker = Pod("shinsei-boundary", "kafka", BY_OPERATORS["kafka"])
    api = Pod("kube-system", "api-server")
    assert ports(policies, "Egress", operator, api, [443, 6443]) == {443, 6443}
    assert not ports(policies, "Egress", broker, api, {443, 6443, *PORTS})


def among(policies: list[Resource], *there: Pod) -> set[tuple[str, str, int]]:
    """(caller, callee, port) of all calls between some pods that pass; none leads into an operator's own namespace."""
    return {call for call in reachable(policies, list(there)) if call[1].startswith("shinsei-")}


def test_replicas_and_operators_reach_each_other(built: Mapping[str, list[Resource]]) -> None:
    """Else there is one of each, and the others never come up: by the documented ports of Strimzi and CloudNativePG."""
    policies = kind(built["prod-like"], "NetworkPolicy")
    for zone in ("internet", "lgwan", "business"):
        one, other = (
            Pod(f"shinsei-{zone}", "postgres", (*BY_OPERATORS["postgres"], ("cnpg.io/instanceName", name)))
            for name in ("postgres-ha-1", "postgres-ha-2")
        )
        there = f"shinsei-{zone}/postgres"
        assert among(policies, one, other) == {("postgres", there, port) for port in (5432, 8000)}
        assert among(policies, one, Pod("cnpg-system", "cloudnative-pg")) == {("cloudnative-pg", there, 8000)}
    one, other = (
        Pod("shinsei-boundary", "kafka", (*BY_OPERATORS["kafka"], ("strimzi.io/pod-name", name)))
        for name in ("shinsei-node-0", "shinsei-node-1")
    )
    there, inner = "shinsei-boundary/kafka", (9090, 9091)
    assert among(policies, one, other) == {("kafka", there, port) for port in inner}
    topics = Pod("shinsei-boundary", "entity-operator", BY_OPERATORS["kafka"])
    assert ("entity-operator", there, 9091) in among(policies, one, topics)
    operator = Pod("strimzi", "strimzi-cluster-operator")
    assert among(policies, one, operator) == {("strimzi-cluster-operator", there, port) for port in (*inner, 8443)}


def test_databases_of_an_operator_can_be_reached_without_the_other_policies_too(tree: Path) -> None:
    """A pod that one policy selects is closed to everybody whom no policy names."""
    policies = kind(build(combined(tree, ("cnpg",))), "NetworkPolicy")
    found = set(reachable(policies, pods(BY_OPERATORS)))
    assert {call for call in wanted() if call[1].endswith("/postgres")} <= found
    assert not [call for call in found if call[1].endswith("/postgres") and call[0] == "stranger"]


def test_every_port_of_metrics_is_open_to_monitoring_alone(built: Mapping[str, list[Resource]]) -> None:
    found = set(reachable(kind(built["full"], "NetworkPolicy"), None, sorted(METRICS.values())))
    assert {caller for caller, _, _ in found} == {"prometheus", "room"}
