"""Images, ports, variables, addresses and files are those of the code, of compose and of each other."""

import importlib
import math
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.integration.kubernetes.manifests import K8S, REPO, Resource, containers, key, kind, mib, workloads

from shinsei.cli.targets import VARIABLE, named_elsewhere
from shinsei.contracts.zones import GRPC, LOADTEST, METRICS
from shinsei.runtime.settings import ServiceSettings

LAPTOP = ("minimal", "loadtest")
"""Overlays that hold every workload of our own between them."""


def compose() -> dict[str, Any]:
    text = (REPO / "deploy" / "docker" / "compose.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)["services"]
    return found


def service_of(container: Resource) -> str:
    return str(container["image"].partition(":")[0].rpartition("/")[2])


def settings_of(container: Resource) -> type[ServiceSettings] | None:
    service = service_of(container)
    if service not in GRPC:
        return None
    found: type[ServiceSettings] = importlib.import_module(f"{service}.settings").Settings
    return found


def test_variables_are_settings_and_ports_are_the_codes(resources: list[Resource]) -> None:
    for container in containers(resources):
        settings = settings_of(container)
        if settings is None:
            continue
        service = service_of(container)
        known = {f"{service}_{field}".upper() for field in settings.model_fields}
        given = {variable["name"]: variable.get("value") for variable in container["env"]}
        assert given.keys() <= known
        part = container["name"].replace("-", "_")
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        assert ports["metrics"] == METRICS[part]
        assert ports.get("grpc") == GRPC.get(part)
        for name, port in ports.items():
            prefix = f"{service}_STREAMS" if part == "app_mgmt_streams" else service
            assert given[f"{prefix}_{name}_PORT".upper()] == str(port)


def test_the_services_own_settings_accept_the_values(resources: list[Resource]) -> None:
    """And what they are given is what they run by; only the cluster knows the name of a pod."""
    loaded = set()
    for container in containers(resources):
        if (settings := settings_of(container)) is None:
            continue
        given = {one["name"]: one.get("value", f"{container['name']}-0") for one in container["env"]}
        fields = {one["name"]: one["valueFrom"] for one in container["env"] if "value" not in one}
        assert all(source == {"fieldRef": {"fieldPath": "metadata.name"}} for source in fields.values())
        assert all(name.endswith("_INSTANCE") for name in fields)
        with pytest.MonkeyPatch.context() as patch:
            for name, value in given.items():
                patch.setenv(name, value)
            found = settings.load()
        for name, value in given.items():
            assert str(getattr(found, name.removeprefix(f"{service_of(container).upper()}_").lower())) == value, name
        loaded.add(container["name"])
    assert loaded == {part.replace("_", "-") for part in (*GRPC, "app_mgmt_streams")}


def test_no_setting_that_names_another_part_is_left_to_its_default(built: Mapping[str, list[Resource]]) -> None:
    """A default address is that of the local stack, and would fail only when somebody runs it."""
    for container in containers(built["minimal"]):
        settings = settings_of(container)
        if settings is None:
            continue
        addresses = {
            f"{service_of(container)}_{name}".upper()
            for name, field in settings.model_fields.items()
            if re.search(r"127\.0\.0\.1|^var/", str(field.default))
        }
        if container["name"] == "app-mgmt-streams":
            addresses &= {f"APP_MGMT_{name}" for name in ("METRICS_HOST", "KAFKA_BOOTSTRAP")}  # the rest it never reads
        given = {variable["name"]: variable.get("value", "") for variable in container["env"]}
        assert addresses <= given.keys(), container["name"]
        for name, value in given.items():
            assert not re.search(r"127\.0\.0\.1|localhost", value), name
            assert not name.endswith("_HOST") or value == "0.0.0.0", name  # noqa: S104 - it is probed and watched


def test_the_load_test_is_composes(built: Mapping[str, list[Resource]]) -> None:
    """Same options, same variables; its name stands for a pod where compose has a container."""
    parts = compose()
    found = {one["name"].replace("-", "_"): one for one in containers(built["loadtest"])}
    for part in ("loadtest_master", "loadtest_worker"):
        container, wanted = found[part], parts[part]
        options = [word for word in wanted["command"] if word.startswith("--")]
        assert [word for word in container["args"] if word.startswith("--")] == options
        variables = {variable["name"] for variable in container.get("env", ())} - {"PRESET", "RATE"}
        assert variables == wanted.get("environment", {}).keys()
    ports = {port["name"]: port["containerPort"] for port in found["loadtest_master"]["ports"]}
    assert ports == {"workers": LOADTEST, "page": 8089}
    (service,) = (one for one in kind(built["loadtest"], "Service") if key(one)[2] == "loadtest-master")
    assert found["loadtest_worker"]["args"][-1] == f"loadtest-master.{service['metadata']['namespace']}"


def test_addresses_lead_to_services(built: Mapping[str, list[Resource]]) -> None:
    both = [one for name in LAPTOP for one in built[name]]
    there = {
        (one["metadata"]["name"], one["metadata"]["namespace"], port["port"])
        for one in kind(both, "Service")
        for port in one["spec"]["ports"]
    }
    texts = {
        (one["metadata"]["namespace"], variable["value"])
        for one, pod in workloads(both)
        for container in pod["containers"]
        for variable in container.get("env", ())
        if re.search("TARGET|BOOTSTRAP|DSN", variable["name"])
        if "value" in variable
    }
    texts |= {("", one["data"]["SHINSEI_TARGETS"]) for one in both if key(one)[2] == "targets"}
    found = [
        (host, namespace or own, int(port))
        for own, text in texts
        for host, namespace, port in re.findall(r"(?:^|[@=])([a-z-]+)(?:\.([a-z-]+))?:(\d+)", text)
    ]
    # Databases; Kafka, as three zones name it; neighbours; the experiment.
    assert len(found) == 4 + 3 + 3 + 4
    assert set(found) <= there


def test_the_season_is_told_where_the_services_are_by_the_variable_that_it_reads(
    built: Mapping[str, list[Resource]],
) -> None:
    (season,) = (one for one in containers(built["minimal"]) if one["name"] == "season")
    (told,) = (one["data"] for one in kind(built["minimal"], "ConfigMap") if key(one)[2] == "targets")
    given = {one["name"]: told[one["valueFrom"]["configMapKeyRef"]["key"]] for one in season["env"]}
    assert given.keys() == {VARIABLE}
    assert set(named_elsewhere(given) or ()) == set(GRPC)


def test_memory_is_asked_for_as_it_was_measured_and_limited_as_in_compose(
    built: Mapping[str, list[Resource]],
) -> None:
    """A node that is full puts out first whoever takes more than it asked for."""
    needs = {one["name"].replace("-", "_"): one["resources"] for name in LAPTOP for one in containers(built[name])}
    text = (REPO / "deploy" / "docker" / "compose.yaml").read_text(encoding="utf-8")
    told = {
        part: (math.ceil(int(most) / 16) * 16, int(limit))
        for part, limit, most in re.findall(
            r"^  (\w+):\n(?:    .*\n)*?    mem_limit: (\d+)m # (?:measured|reckoned): (\d+)", text, re.MULTILINE
        )
        if part in needs
    }
    assert needs.keys() - told.keys() == {"results", "services_are_there"}
    assert told == {
        part: (mib(needs[part]["requests"]["memory"]), mib(needs[part]["limits"]["memory"])) for part in told
    }


def test_images_are_those_of_compose_and_make_builds_each_of_ours(built: Mapping[str, list[Resource]]) -> None:
    images = {one["image"] for name in LAPTOP for one in containers(built[name])}
    # What watches in compose is a matter of operators here.
    assert images == {part["image"] for part in compose().values() if part.get("profiles") != ["full"]}
    made = re.findall(r"^IMAGES = (.+)$", (REPO / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)[0].split()
    own = {name for name in images if name.startswith("shinsei/")}
    assert {f"shinsei/{name}" for name in made} == {name.partition(":")[0] for name in own}
    pulled = {one["image"] for one in containers(built["prod-like"])}
    assert pulled <= {f"registry.example/{name}" for name in own}, "no node of such a cluster has built them"


def test_postgresql_of_an_operator_has_the_version_of_compose(built: Mapping[str, list[Resource]]) -> None:
    version = re.findall(r"^postgres:([\d.]+)-", compose()["postgres"]["image"])
    images = [one["spec"]["imageName"] for one in kind(built["prod-like"], "Cluster")]
    assert images == [f"ghcr.io/cloudnative-pg/postgresql:{each}" for each in version] * 3


def test_secrets_are_random_kept_and_never_committed(tree: Path) -> None:
    folder = tree / "components" / "secrets"
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    made = [file for file in folder.iterdir() if file.suffix in {".env", ".secret", ".toml"}]
    assert len(made) == 9
    assert all(file.stat().st_mode & 0o077 == 0 for file in made)
    assert len({line for file in made for line in file.read_text().splitlines() if "password" in line}) == 7
    subprocess.run([folder / "make"], check=True, capture_output=True, timeout=30)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    names = [str(K8S / "components" / "secrets" / file.name) for file in made]
    ignored = subprocess.run(
        ["git", "check-ignore", *names], cwd=REPO, check=False, timeout=30, capture_output=True, text=True
    )
    assert len(ignored.stdout.splitlines()) == len(made)
