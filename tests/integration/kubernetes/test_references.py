"""Whatever a manifest names is there: pods behind selectors, ports, ConfigMaps, Secrets, claims and their keys."""

from collections.abc import Mapping

from tests.integration.kubernetes.manifests import Resource, key, kind, workloads


def test_selectors_match_pods_and_ports_have_names(resources: list[Resource]) -> None:
    pods = [
        (one["metadata"]["namespace"], one["spec"]["template"]["metadata"]["labels"], pod)
        for one, pod in workloads(resources)
    ]
    for one in kind(resources, "Service"):
        if one["spec"].get("type") == "ExternalName":  # see below
            continue
        found = [
            pod
            for namespace, labels, pod in pods
            if namespace == one["metadata"]["namespace"] and one["spec"]["selector"].items() <= labels.items()
        ]
        assert len(found) == 1, key(one)
        named = {port["name"]: port["containerPort"] for each in found[0]["containers"] for port in each["ports"]}
        for port in one["spec"]["ports"]:
            assert named[port["targetPort"]] == port["port"]


def test_a_workload_selects_its_own_pods_and_nobody_elses(resources: list[Resource]) -> None:
    selected = [
        (one["metadata"]["namespace"], *sorted(one["spec"]["selector"]["matchLabels"].items()))
        for one in kind(resources, "Deployment", "StatefulSet")
    ]
    assert len(set(selected)) == len(selected)
    for one in kind(resources, "Deployment", "StatefulSet"):
        labels = one["spec"]["template"]["metadata"]["labels"]
        assert one["spec"]["selector"]["matchLabels"].items() <= labels.items(), key(one)


def test_what_is_named_is_there(resources: list[Resource]) -> None:
    there = {
        key(one): {*one.get("data", {}), *one.get("stringData", {})}
        for one in kind(resources, "ConfigMap", "Secret", "PersistentVolumeClaim")
    }
    for one, pod in workloads(resources):
        namespace = one["metadata"]["namespace"]
        claims = {claim["metadata"]["name"] for claim in one["spec"].get("volumeClaimTemplates", ())}
        volumes = {volume["name"] for volume in pod.get("volumes", ())} | claims
        for volume in pod.get("volumes", ()):
            for sort, field, name in (
                ("ConfigMap", "configMap", "name"),
                ("Secret", "secret", "secretName"),
                ("PersistentVolumeClaim", "persistentVolumeClaim", "claimName"),
            ):
                if field in volume:
                    assert (sort, namespace, volume[field][name]) in there
            for source in volume.get("projected", {}).get("sources", ()):
                keys = there["Secret", namespace, source["secret"]["name"]]
                assert {item["key"] for item in source["secret"]["items"]} <= keys
        for container in (*pod.get("initContainers", ()), *pod["containers"]):
            assert {mount["name"] for mount in container.get("volumeMounts", ())} <= volumes
            for variable in container.get("env", ()):
                source = variable.get("valueFrom", {})
                for sort, field in (("Secret", "secretKeyRef"), ("ConfigMap", "configMapKeyRef")):
                    if field in source:
                        assert source[field]["key"] in there[sort, namespace, source[field]["name"]]


def test_names_of_an_operators_servers_are_those_that_it_makes(built: Mapping[str, list[Resource]]) -> None:
    """An external name has no port of its own: whoever listens there has that of the Service in the base."""
    wanted = {}
    for sort, service, suffix in (("Cluster", "postgres", "rw"), ("Kafka", "kafka", "kafka-bootstrap")):
        for one in kind(built["prod-like"], sort):
            _, namespace, name = key(one)
            wanted["Service", namespace, service] = f"{name}-{suffix}.{namespace}.svc.cluster.local"
    assert len(wanted) == 4
    found = {
        key(one): one["spec"]["externalName"]
        for one in kind(built["prod-like"], "Service")
        if one["spec"].get("type") == "ExternalName"
    }
    assert found == wanted
    plain = {key(one): one["spec"]["ports"] for one in kind(built["minimal"], "Service") if key(one) in wanted}
    assert plain.keys() == wanted.keys()
    (kafka,) = kind(built["prod-like"], "Kafka")
    (listener,) = kafka["spec"]["kafka"]["listeners"]
    assert [port["port"] for ports in plain.values() for port in ports if port["name"] == "kafka"] == [listener["port"]]
