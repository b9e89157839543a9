"""Who reaches whom, by the NetworkPolicies as a cluster would enforce them: exactly the calls of the one table."""

import copy
from pathlib import Path

import pytest
import yaml
from tests.contract.policies import NAME, PORTS, Pod, Policy, pods, ports, reachable, wanted

from shinsei.contracts.zones import CALLS, ZONE_OF, Zone

REPO = Path(__file__).resolve().parents[2]
DNS = 53
POLICIES = REPO / "deploy" / "k8s" / "components" / "network-policies"


@pytest.fixture(scope="module")
def policies() -> list[Policy]:
    files = sorted(POLICIES.glob("*.yaml"))
    texts = [file.read_text(encoding="utf-8") for file in files if file.name != "kustomization.yaml"]
    return [policy for text in texts for policy in yaml.safe_load_all(text)]


def test_exactly_the_calls_of_the_table_pass(policies: list[Policy]) -> None:
    assert set(reachable(policies)) == wanted()


def test_names_and_nothing_else_can_be_asked_for_outside_the_zones(policies: list[Policy]) -> None:
    """Without its names no zone finds another."""
    resolver = Pod("kube-system", "coredns", (("k8s-app", "kube-dns"),))
    other = Pod("kube-system", "other")
    for pod in pods():
        if pod.namespace == "default":
            continue
        assert ports(policies, "Egress", pod, resolver, [*PORTS, DNS]) == {DNS}, pod
        assert not ports(policies, "Egress", pod, other, [*PORTS, DNS]), pod
    (rules,) = {str(policy["spec"]["egress"]) for policy in policies if policy["metadata"]["name"] == "allow-names"}
    assert rules.count("'UDP'") == rules.count("'TCP'") == 1


def test_nothing_within_is_opened_from_outside() -> None:
    """Whatever crosses a zone on the way of an application is opened from the inside."""
    depth = {Zone.INTERNET: 0, Zone.LGWAN: 1, Zone.BOUNDARY: 2, Zone.BUSINESS: 3}
    for call in CALLS:
        caller, callee = ZONE_OF[call.caller], ZONE_OF[call.callee]
        if Zone.MANAGEMENT in {caller, callee} or callee is Zone.BOUNDARY:
            continue
        assert depth[caller] >= depth[callee], call
    assert not [call for call in CALLS if ZONE_OF[call.caller] is Zone.BOUNDARY]
    into_management = {
        (call.caller, call.callee)
        for call in CALLS
        if ZONE_OF[call.callee] is Zone.MANAGEMENT is not ZONE_OF[call.caller]
    }
    assert into_management == {("applicant", "loadtest_master")}, "it carries a plan and counts, no application"


@pytest.mark.parametrize("broken", ["default-deny", "kafka", "linkage-server", "loadtest-master"])
def test_a_policy_that_is_missing_is_noticed(policies: list[Policy], broken: str) -> None:
    rest = [policy for policy in policies if policy["metadata"]["name"] != broken]
    assert len(rest) < len(policies)
    assert set(reachable(rest)) != wanted()


def test_a_port_that_only_a_policy_knows_is_noticed(policies: list[Policy]) -> None:
    """The page of the load test is for whoever forwards its port, not for a stranger beside it."""
    spoilt = copy.deepcopy(policies)
    master = next(policy for policy in spoilt if policy["metadata"]["name"] == "loadtest-master")
    master["spec"]["ingress"].append(
        {"from": [{"namespaceSelector": {}}], "ports": [{"protocol": "TCP", "port": 8089}]}
    )
    spoilt.append(
        {
            "metadata": {"namespace": "shinsei-internet", "name": "stranger"},
            "spec": {
                "podSelector": {"matchLabels": {NAME: "stranger"}},
                "policyTypes": ["Egress"],
                "egress": [{"ports": [{"protocol": "TCP", "port": 8089}]}],
            },
        }
    )
    assert set(reachable(spoilt)) - wanted() == {("stranger", "shinsei-management/loadtest-master", 8089)}


def test_another_protocol_opens_nothing_to_a_call(policies: list[Policy]) -> None:
    spoilt = copy.deepcopy(policies)
    kafka = next(policy for policy in spoilt if policy["metadata"]["name"] == "kafka")
    for rule in kafka["spec"]["ingress"]:
        for port in rule["ports"]:
            port["protocol"] = "UDP"
    assert {callee for _, callee, _ in wanted() - set(reachable(spoilt))} == {"shinsei-boundary/kafka"}


def test_compose_puts_callers_and_callees_on_a_common_network() -> None:
    parts = yaml.safe_load((REPO / "deploy" / "docker" / "compose.yaml").read_text(encoding="utf-8"))["services"]
    parts["applicant"] = parts["loadtest_worker"]
    for call in CALLS:
        if call.caller in parts and call.callee in parts:
            assert set(parts[call.caller]["networks"]) & set(parts[call.callee]["networks"]), call
