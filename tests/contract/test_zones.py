"""Who reaches whom, by the NetworkPolicies as a cluster would enforce them: exactly the calls of the one table."""

from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from shinsei.contracts.zones import CALLS, GRPC, KAFKA, LOADTEST, METRICS, POSTGRES, ZONE_OF, Zone

REPO = Path(__file__).resolve().parents[2]
POLICIES = REPO / "deploy" / "k8s" / "components" / "network-policies"
NAME = "app.kubernetes.io/name"
NAMESPACE = "kubernetes.io/metadata.name"
PORTS = sorted({*GRPC.values(), *METRICS.values(), KAFKA, LOADTEST, POSTGRES})

Policy = dict[str, Any]
Pod = tuple[str, str]
"""(namespace, name)."""


def pods() -> list[Pod]:
    """Every part, a database in each zone with services, and a stranger in each zone."""
    parts = [(f"shinsei-{zone}", name.replace("_", "-")) for name, zone in ZONE_OF.items()]
    databases = [(f"shinsei-{zone}", "postgres") for zone in ("internet", "lgwan", "business")]
    return [*parts, *databases, *((f"shinsei-{zone}", "stranger") for zone in Zone)]


@pytest.fixture(scope="module")
def policies() -> list[Policy]:
    files = sorted(POLICIES.glob("*.yaml"))
    texts = [file.read_text(encoding="utf-8") for file in files if file.name != "kustomization.yaml"]
    return [policy for text in texts for policy in yaml.safe_load_all(text)]


def matches(selector: Mapping[str, Any] | None, labels: Mapping[str, str]) -> bool:
    """A label selector with ``matchLabels`` alone, the only kind that is used here."""
    assert set(selector or {}) <= {"matchLabels"}
    return bool((selector or {}).get("matchLabels", {}).items() <= labels.items())


def ports(policies: list[Policy], direction: str, pod: Pod, other: Pod) -> set[int]:
    """The ports that the policies which select a pod let pass in this direction; without any, all."""
    namespace, name = pod
    chosen = [
        policy["spec"]
        for policy in policies
        if policy["metadata"]["namespace"] == namespace
        and direction in policy["spec"]["policyTypes"]
        and matches(policy["spec"]["podSelector"], {NAME: name})
    ]
    if not chosen:
        return set(PORTS)
    return {
        allowed["port"]
        for spec in chosen
        for rule in spec.get(direction.lower(), ())
        if any(peer_is(peer, namespace, other) for peer in rule["from" if direction == "Ingress" else "to"])
        for allowed in rule["ports"]
    }


def peer_is(peer: Mapping[str, Any], own: str, other: Pod) -> bool:
    """Without a namespace selector, a peer is of the policy's own namespace."""
    namespace, name = other
    near = namespace == own if "namespaceSelector" not in peer else True
    return (
        near
        and matches(peer.get("namespaceSelector"), {NAMESPACE: namespace})
        and matches(peer.get("podSelector"), {NAME: name})
    )


def reachable(policies: list[Policy]) -> Iterator[tuple[str, str, int]]:
    for caller, callee in product([*pods(), ("default", "stranger")], pods()):
        if caller != callee:
            out, into = ports(policies, "Egress", caller, callee), ports(policies, "Ingress", callee, caller)
            yield from ((caller[1], "/".join(callee), port) for port in PORTS if port in out & into)


def test_exactly_the_calls_of_the_table_pass(policies: list[Policy]) -> None:
    wanted = {
        (call.caller.replace("_", "-"), f"shinsei-{ZONE_OF[call.callee]}/{call.callee.replace('_', '-')}", call.port)
        for call in CALLS
    } | {(service.replace("_", "-"), f"shinsei-{ZONE_OF[service]}/postgres", POSTGRES) for service in GRPC}
    assert set(reachable(policies)) == wanted


def test_nothing_within_is_opened_from_outside() -> None:
    """Whatever crosses a zone on the way of an application is opened from the inside."""
    depth = {Zone.INTERNET: 0, Zone.LGWAN: 1, Zone.BOUNDARY: 2, Zone.BUSINESS: 3}
    for call in CALLS:
        caller, callee = ZONE_OF[call.caller], ZONE_OF[call.callee]
        if Zone.MANAGEMENT in {caller, callee} or callee is Zone.BOUNDARY:
            continue
        assert depth[caller] >= depth[callee], call
    assert not [call for call in CALLS if ZONE_OF[call.caller] is Zone.BOUNDARY]
    into_management = {(call.caller, call.callee) for call in CALLS if ZONE_OF[call.callee] is Zone.MANAGEMENT}
    assert into_management == {("applicant", "loadtest_master")}, "it carries a plan and counts, no application"


@pytest.mark.parametrize("broken", ["default-deny", "kafka", "linkage-server"])
def test_a_policy_that_is_missing_is_noticed(policies: list[Policy], broken: str) -> None:
    rest = [policy for policy in policies if policy["metadata"]["name"] != broken]
    assert len(rest) < len(policies)
    assert set(reachable(rest)) != set(reachable(policies))


def test_compose_puts_callers_and_callees_on_a_common_network() -> None:
    parts = yaml.safe_load((REPO / "deploy" / "docker" / "compose.yaml").read_text(encoding="utf-8"))["services"]
    parts["applicant"] = parts["loadtest_worker"]
    for call in CALLS:
        if call.caller in parts and call.callee in parts:
            assert set(parts[call.caller]["networks"]) & set(parts[call.callee]["networks"]), call
