"""The manifests build in every combination, are valid, and agree with the code, with compose and among themselves."""

import importlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from shinsei.contracts.zones import GRPC, METRICS
from shinsei.runtime.settings import ServiceSettings

REPO = Path(__file__).resolve().parents[2]
K8S = REPO / "deploy" / "k8s"
OVERLAYS = ("minimal", "full", "prod-like")
COMPONENTS = ("network-policies", "secrets", "season", "monitoring", "strimzi", "cnpg", "keda")
KUBERNETES = "1.35"
CUSTOM = {
    "monitoring.coreos.com/v1": {"PodMonitor", "PrometheusRule"},
    "kafka.strimzi.io/v1": {"Kafka", "KafkaNodePool", "KafkaTopic"},
    "postgresql.cnpg.io/v1": {"Cluster"},
    "keda.sh/v1alpha1": {"ScaledObject"},
}
"""What no schema here knows: these kinds were only compared with their documentation."""

Resource = dict[str, Any]


def build(folder: Path) -> list[Resource]:
    """What kustomize makes of a folder."""
    own = Path(sys.executable).parent / "kustomize"
    command = [str(own), "build"] if own.exists() else ["kustomize", "build"]
    if not own.exists() and shutil.which("kubectl"):
        command = ["kubectl", "kustomize"]
    done = subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "deprecated" not in done.stderr
    return [one for one in yaml.safe_load_all(done.stdout) if one]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manifests with secrets, as a user has them after ``make k8s-secrets``."""
    copy = tmp_path_factory.mktemp("k8s") / "k8s"
    shutil.copytree(K8S, copy, ignore=shutil.ignore_patterns("*.env", "*.secret", "portal-clients.toml"))
    subprocess.run([copy / "components" / "secrets" / "make"], check=True, capture_output=True, timeout=30)
    return copy


@pytest.fixture(scope="module")
def built(tree: Path) -> Mapping[str, list[Resource]]:
    return {name: build(tree / "overlays" / name) for name in OVERLAYS}


@pytest.fixture(params=OVERLAYS)
def resources(request: pytest.FixtureRequest, built: Mapping[str, list[Resource]]) -> list[Resource]:
    return built[request.param]


def workloads(resources: list[Resource]) -> Iterator[tuple[Resource, Resource]]:
    """(workload, its pod's specification)."""
    for one in resources:
        if one["kind"] in {"Deployment", "StatefulSet", "Job"}:
            yield one, one["spec"]["template"]["spec"]


def containers(resources: list[Resource]) -> Iterator[Resource]:
    for _, pod in workloads(resources):
        yield from pod["containers"]


def key(one: Resource) -> tuple[str, str, str]:
    return one["kind"], one["metadata"].get("namespace", ""), one["metadata"]["name"]


def test_every_native_resource_is_valid_to_the_letter(resources: list[Resource]) -> None:
    """Strict: a key that Kubernetes does not know is an error, as when it is misspelt."""
    for one in resources:
        if one["kind"] not in CUSTOM.get(one["apiVersion"], ()):
            kubernetes_validate.validate(one, KUBERNETES, strict=True)


def test_a_misspelt_key_is_noticed(built: Mapping[str, list[Resource]]) -> None:
    pod = next(pod for _, pod in workloads(built["minimal"]))
    one = next(one for one, its in workloads(built["minimal"]) if its is pod)
    spoilt = {**one, "spec": {**one["spec"], "replica": 2}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(spoilt, KUBERNETES, strict=True)


def test_the_minimal_overlay_needs_no_operator(built: Mapping[str, list[Resource]]) -> None:
    assert not [key(one) for one in built["minimal"] if one["apiVersion"] in CUSTOM]
    assert {one["apiVersion"] for one in built["full"]} & CUSTOM.keys() == {"monitoring.coreos.com/v1"}


PAIRS = [(), *((one,) for one in COMPONENTS), *combinations(COMPONENTS, 2), COMPONENTS]
"""Two components can be at odds; more than two find nothing that pairs and the whole do not."""


@pytest.mark.parametrize("chosen", PAIRS, ids="+".join)
def test_every_combination_of_components_builds(chosen: tuple[str, ...], tree: Path) -> None:
    folder = tree / "overlays" / f"combination-{'-'.join(chosen)}"
    folder.mkdir()
    head = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": ["../../base"]}
    text = yaml.safe_dump({**head, "components": [f"../../components/{name}" for name in chosen]})
    (folder / "kustomization.yaml").write_text(text, encoding="utf-8")
    keys = [key(one) for one in build(folder)]
    assert len(keys) == len(set(keys)) >= 27


def test_selectors_match_pods_and_ports_have_names(resources: list[Resource]) -> None:
    pods = [
        (one["metadata"]["namespace"], one["spec"]["template"]["metadata"]["labels"], pod)
        for one, pod in workloads(resources)
    ]
    for one in resources:
        if one["kind"] == "Service" and one["spec"].get("type") != "ExternalName":
            found = [
                pod
                for namespace, labels, pod in pods
                if namespace == one["metadata"]["namespace"] and one["spec"]["selector"].items() <= labels.items()
            ]
            assert len(found) == 1, key(one)
            named = {port["name"]: port["containerPort"] for each in found[0]["containers"] for port in each["ports"]}
            for port in one["spec"]["ports"]:
                assert named[port["targetPort"]] == port["port"]


def test_what_is_named_is_there(resources: list[Resource]) -> None:
    """ConfigMaps, Secrets and claims, in the same namespace, with the keys that are asked for."""
    there = {
        key(one): {*one.get("data", {}), *one.get("stringData", {})}
        for one in resources
        if one["kind"] in {"ConfigMap", "Secret", "PersistentVolumeClaim"}
    }
    for one, pod in workloads(resources):
        namespace = one["metadata"]["namespace"]
        claims = {claim["metadata"]["name"] for claim in one["spec"].get("volumeClaimTemplates", ())}
        volumes = {volume["name"] for volume in pod.get("volumes", ())} | claims
        for volume in pod.get("volumes", ()):
            for kind, field, name in (
                ("ConfigMap", "configMap", "name"),
                ("Secret", "secret", "secretName"),
                ("PersistentVolumeClaim", "persistentVolumeClaim", "claimName"),
            ):
                if field in volume:
                    assert (kind, namespace, volume[field][name]) in there
        for container in pod["containers"]:
            assert {mount["name"] for mount in container.get("volumeMounts", ())} <= volumes
            for variable in container.get("env", ()):
                source = variable.get("valueFrom", {})
                for kind, field in (("Secret", "secretKeyRef"), ("ConfigMap", "configMapKeyRef")):
                    if field in source:
                        assert source[field]["key"] in there[kind, namespace, source[field]["name"]]


def settings_of(container: Resource) -> type[ServiceSettings] | None:
    service = container["image"].partition(":")[0].removeprefix("shinsei/")
    if service not in GRPC:
        return None
    found: type[ServiceSettings] = importlib.import_module(f"{service}.settings").Settings
    return found


def test_variables_are_settings_and_ports_are_the_codes(resources: list[Resource]) -> None:
    for container in containers(resources):
        settings = settings_of(container)
        if settings is None:
            continue
        service = container["image"].partition(":")[0].removeprefix("shinsei/")
        known = {f"{service}_{field}".upper() for field in settings.model_fields} | {"POSTGRES_PASSWORD"}
        given = {variable["name"]: variable.get("value") for variable in container["env"]}
        assert given.keys() <= known
        part = container["name"].replace("-", "_")
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        assert ports["metrics"] == METRICS[part]
        assert ports.get("grpc") == GRPC.get(part)
        for name, port in ports.items():
            prefix = f"{service}_STREAMS" if part == "app_mgmt_streams" else service
            assert given[f"{prefix}_{name}_PORT".upper()] == str(port)


def test_no_setting_that_names_another_part_is_left_to_its_default(built: Mapping[str, list[Resource]]) -> None:
    """A default address is that of the local stack, and would fail only when somebody runs it."""
    for container in containers(built["minimal"]):
        settings = settings_of(container)
        if settings is None or container["name"] == "app-mgmt-streams":
            continue
        service = container["image"].removeprefix("shinsei/")
        addresses = {
            f"{service}_{name}".upper()
            for name, field in settings.model_fields.items()
            if re.search(r"127\.0\.0\.1:|^var/", str(field.default))
        }
        assert addresses <= {variable["name"] for variable in container["env"]}


def test_addresses_lead_to_services(built: Mapping[str, list[Resource]]) -> None:
    there = {
        (one["metadata"]["name"], one["metadata"]["namespace"], port["port"])
        for one in built["minimal"]
        if one["kind"] == "Service"
        for port in one["spec"]["ports"]
    }
    texts = [
        (one["metadata"]["namespace"], variable["value"])
        for one, pod in workloads(built["minimal"])
        for container in pod["containers"]
        for variable in container.get("env", ())
        if "TARGET" in variable["name"] or "BOOTSTRAP" in variable["name"] or "DSN" in variable["name"]
        if "value" in variable
    ]
    texts += [("", one["data"]["SHINSEI_TARGETS"]) for one in built["minimal"] if key(one)[2] == "targets"]
    found = [
        (host, namespace or own, int(port))
        for own, text in texts
        for host, namespace, port in re.findall(r"(?:^|[@=])([a-z-]+)(?:\.([a-z-]+))?:(\d+)", text)
    ]
    assert len(found) == 4 + 4 + 3 + 4  # databases, Kafka, neighbours, the experiment
    assert set(found) <= there


def test_pods_are_restricted_as_their_namespaces_demand(resources: list[Resource]) -> None:
    for one in resources:
        if one["kind"] == "Namespace":
            assert one["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    for one, pod in workloads(resources):
        assert pod["automountServiceAccountToken"] is False, key(one)
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in pod["containers"]:
            context = container["securityContext"]
            assert context["allowPrivilegeEscalation"] is False
            assert context["capabilities"] == {"drop": ["ALL"]}
            assert context.get("readOnlyRootFilesystem") or not container["image"].startswith("shinsei/")
            assert container["resources"]["limits"]["memory"]
            assert "cpu" not in container["resources"]["limits"]


def test_probes_check_different_things(built: Mapping[str, list[Resource]]) -> None:
    """A database that is away is no reason to kill a service, and one that drains is alive."""
    for container in containers(built["minimal"]):
        part = container["name"].replace("-", "_")
        if part in GRPC:
            assert container["livenessProbe"]["grpc"] == {"port": GRPC[part], "service": "live"}
            assert container["readinessProbe"]["grpc"] == {"port": GRPC[part]}
            assert container["startupProbe"]["grpc"] == {"port": GRPC[part]}


def test_images_are_those_of_compose(built: Mapping[str, list[Resource]]) -> None:
    compose = yaml.safe_load((REPO / "deploy" / "docker" / "compose.yaml").read_text(encoding="utf-8"))
    assert {one["image"] for one in containers(built["minimal"])} == {
        part["image"] for part in compose["services"].values()
    }


def test_topics_are_those_of_the_code() -> None:
    done = subprocess.run(
        [sys.executable, K8S / "generate.py", "--check"], check=False, timeout=60, capture_output=True
    )
    assert done.returncode == 0, "deploy/k8s/generate.py writes the topics anew"


def test_secrets_are_random_kept_and_never_committed(tree: Path) -> None:
    folder = tree / "components" / "secrets"
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    made = [file for file in folder.iterdir() if file.suffix in {".env", ".secret", ".toml"}]
    assert len(made) == 5
    assert all(file.stat().st_mode & 0o077 == 0 for file in made)
    assert len({line for file in made for line in file.read_text().splitlines() if "password" in line}) == 3
    subprocess.run([folder / "make"], check=True, capture_output=True, timeout=30)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    ignored = subprocess.run(
        ["git", "check-ignore", *(str(K8S / "components" / "secrets" / file.name) for file in made)],
        cwd=REPO,
        check=False,
        timeout=30,
        capture_output=True,
        text=True,
    )
    assert len(ignored.stdout.splitlines()) == len(made)
