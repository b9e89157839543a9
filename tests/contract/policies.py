"""Who reaches whom, by NetworkPolicies as a cluster would enforce them."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

from shinsei.contracts.zones import CALLS, GRPC, KAFKA, LOADTEST, METRICS, POSTGRES, PROMETHEUS, ZONE_OF, Zone

NAME = "app.kubernetes.io/name"
NAMESPACE = "kubernetes.io/metadata.name"
PORTS = sorted({*GRPC.values(), *METRICS.values(), KAFKA, LOADTEST, POSTGRES, PROMETHEUS})

Policy = dict[str, Any]
Labels = Mapping[str, str]


class Pod(NamedTuple):
    """A pod as policies see it."""

    namespace: str
    name: str
    more: tuple[tuple[str, str], ...] = ()
    """Labels beside its name."""

    @property
    def labels(self) -> Labels:
        """All of its labels."""
        return {NAME: self.name, **dict(self.more)}


def pods(labels: Mapping[str, tuple[tuple[str, str], ...]] | None = None) -> list[Pod]:
    """Every part, a database in each zone with services, and a stranger in each zone and in none.

    Args:
        labels: of parts that an operator runs, by name.
    """
    parts = [(f"shinsei-{zone}", name.replace("_", "-")) for name, zone in ZONE_OF.items()]
    databases = [(f"shinsei-{zone}", "postgres") for zone in ("internet", "lgwan", "business")]
    strangers = [*((f"shinsei-{zone}", "stranger") for zone in Zone), ("default", "stranger")]
    return [Pod(*place, (labels or {}).get(place[1], ())) for place in (*parts, *databases, *strangers)]


def wanted() -> set[tuple[str, str, int]]:
    """The one table, as (caller, namespace/callee, port): its calls, and each service's own database."""
    calls = {
        (call.caller.replace("_", "-"), f"shinsei-{ZONE_OF[call.callee]}/{call.callee.replace('_', '-')}", call.port)
        for call in CALLS
    }
    return calls | {(service.replace("_", "-"), f"shinsei-{ZONE_OF[service]}/postgres", POSTGRES) for service in GRPC}


def matches(selector: Mapping[str, Any] | None, labels: Labels) -> bool:
    """A label selector with ``matchLabels`` alone, the only kind that is used here."""
    assert set(selector or {}) <= {"matchLabels"}, "another kind would pass unseen"
    return bool((selector or {}).get("matchLabels", {}).items() <= labels.items())


def ports(policies: Iterable[Policy], direction: str, pod: Pod, other: Pod, asked: Iterable[int]) -> set[int]:
    """Of the ports that are asked about, those that the policies which select a pod let pass; without any, all."""
    chosen = [
        policy["spec"]
        for policy in policies
        if policy["metadata"]["namespace"] == pod.namespace
        and direction in policy["spec"]["policyTypes"]
        and matches(policy["spec"]["podSelector"], pod.labels)
    ]
    if not chosen:
        return set(asked)
    side = "from" if direction == "Ingress" else "to"
    for rule in (rule for spec in chosen for rule in spec.get(direction.lower(), ())):
        assert_plain(rule, side)
    return set(asked) & {
        allowed["port"]
        for spec in chosen
        for rule in spec.get(direction.lower(), ())
        # A rule without peers is about everybody.
        if side not in rule or any(peer_is(peer, pod.namespace, other) for peer in rule[side])
        for allowed in rule["ports"]
        if allowed["protocol"] == "TCP"  # whatever is asked for here speaks it
    }


def named(policies: Iterable[Policy]) -> set[int]:
    """Every port that a policy opens to anybody: what only one of them knows would pass unseen."""
    rules = [rule for one in policies for side in ("ingress", "egress") for rule in one["spec"].get(side, ())]
    return {port["port"] for rule in rules for port in rule["ports"]}


def assert_plain(rule: Mapping[str, Any], side: str) -> None:
    """Addresses, ranges of ports and names of ports would pass unseen: none is used here."""
    assert set(rule) <= {side, "ports"}
    assert all(set(peer) <= {"namespaceSelector", "podSelector"} for peer in rule.get(side, ()))
    for port in rule["ports"]:
        assert set(port) == {"protocol", "port"}
        assert isinstance(port["port"], int)


def peer_is(peer: Mapping[str, Any], own: str, other: Pod) -> bool:
    """Without a namespace selector, a peer is of the policy's own namespace."""
    near = other.namespace == own if "namespaceSelector" not in peer else True
    return (
        near
        and matches(peer.get("namespaceSelector"), {NAMESPACE: other.namespace})
        and matches(peer.get("podSelector"), other.labels)
    )


def reachable(
    policies: list[Policy], there: list[Pod] | None = None, asked: Iterable[int] | None = None
) -> Iterator[tuple[str, str, int]]:
    """Every (caller, namespace/callee, port) that passes both sides; nobody is in the default namespace but callers.

    Args:
        policies: those of a cluster.
        there: the pods; without a word, those of ``pods``.
        asked: the ports; without a word, all of the table and all that a policy names.
    """
    all_pods = pods() if there is None else there
    asked = {*PORTS, *named(policies)} if asked is None else asked
    for caller, callee in product(all_pods, [pod for pod in all_pods if pod.namespace != "default"]):
        if caller != callee:
            out = ports(policies, "Egress", caller, callee, asked)
            into = ports(policies, "Ingress", callee, caller, asked)
            yield from ((caller.name, f"{callee.namespace}/{callee.name}", port) for port in sorted(out & into))
