"""What the container files say agrees with the services, with each other and with the zones of the design."""

import importlib
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from shinsei.cli.targets import named_elsewhere
from shinsei.contracts.zones import CALLS, ZONE_OF, Call, Zone
from shinsei.runtime.settings import ServiceSettings
from shinsei.stack.postgres import AUTOVACUUM

REPO = Path(__file__).resolve().parents[2]
DOCKER = REPO / "deploy" / "docker"
SERVICES = ("portal_sim", "linkage_server", "app_mgmt", "core_systems")
WATCHING = ("alertmanager", "grafana")
"""Of the management zone, which nothing but themselves and Prometheus calls."""


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def dockerfile() -> str:
    return (DOCKER / "Dockerfile").read_text(encoding="utf-8")


def settings_of(service: str) -> type[ServiceSettings]:
    found: type[ServiceSettings] = importlib.import_module(f"{service}.settings").Settings
    return found


def stage(dockerfile: str, target: str) -> str:
    """The lines of one target of the Dockerfile."""
    return dockerfile.split(f" AS {target}\n")[1].split("\nFROM ", maxsplit=1)[0]


def test_every_database_server_looks_at_its_tables_as_that_of_the_local_stack(compose: dict[str, Any]) -> None:
    wanted = [part for name, value in AUTOVACUUM.items() for part in ("-c", f"{name}={value}")]
    assert compose["services"]["postgres"]["command"] == ["postgres", *wanted]
    base = yaml.safe_load_all((DOCKER.parent / "k8s/base/postgres/postgres.yaml").read_text(encoding="utf-8"))
    (server,) = next(one for one in base if one["kind"] == "StatefulSet")["spec"]["template"]["spec"]["containers"]
    assert server["args"] == ["postgres", *wanted]
    found = yaml.safe_load_all((DOCKER.parent / "k8s/components/cnpg/clusters.yaml").read_text(encoding="utf-8"))
    clusters = [one for one in found if one["kind"] == "Cluster"]
    assert [one["spec"]["postgresql"]["parameters"] for one in clusters] == [AUTOVACUUM] * 3


@pytest.mark.parametrize("service", SERVICES)
def test_every_variable_is_a_setting_of_its_service(service: str, compose: dict[str, Any]) -> None:
    known = {f"{service}_{field}".upper() for field in settings_of(service).model_fields}
    assert compose["services"][service]["environment"].keys() <= known


@pytest.mark.parametrize("service", SERVICES)
def test_the_services_own_settings_accept_the_values(
    service: str, compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in compose["services"][service]["environment"].items():
        monkeypatch.setenv(name, value)
    settings = settings_of(service).load()
    assert settings.grpc_host == settings.metrics_host == "0.0.0.0"  # noqa: S104


@pytest.mark.parametrize("service", SERVICES)
def test_ports_agree_everywhere(service: str, compose: dict[str, Any], dockerfile: str) -> None:
    part = compose["services"][service]
    fields = settings_of(service).model_fields
    ports = [str(fields[name].default) for name in ("grpc_port", "metrics_port")]
    assert [part["environment"][f"{service.upper()}_{name}_PORT"] for name in ("GRPC", "METRICS")] == ports
    assert part["ports"] == [f"127.0.0.1:{port}:{port}" for port in ports]
    assert part["healthcheck"]["test"][-1].endswith(f":{ports[0]}")
    assert f"EXPOSE {' '.join(ports)}" in stage(dockerfile, service)


def test_the_streams_are_app_mgmt_by_another_module(compose: dict[str, Any]) -> None:
    part = compose["services"]["app_mgmt_streams"]
    port = str(settings_of("app_mgmt").model_fields["streams_metrics_port"].default)
    known = {f"app_mgmt_{field}".upper() for field in settings_of("app_mgmt").model_fields}
    assert part["image"] == compose["services"]["app_mgmt"]["image"]
    assert part["command"] == ["python", "-m", "app_mgmt.streams"]
    assert part["environment"].keys() <= known
    assert part["environment"]["APP_MGMT_STREAMS_METRICS_PORT"] == port
    assert part["ports"] == [f"127.0.0.1:{port}:{port}"]


def test_addresses_lead_to_parts_that_share_a_network(compose: dict[str, Any]) -> None:
    """A target in another zone would fail only when somebody runs it."""
    parts = compose["services"]
    for service in SERVICES:
        for value in parts[service]["environment"].values():
            for host, port in re.findall(r"(?:^|@)([a-z_]+):(\d+)", value):
                assert set(parts[host]["networks"]) & set(parts[service]["networks"])
                own = parts[host]["environment"].get(f"{host.upper()}_GRPC_PORT")
                assert port == (own or {"kafka": "9092", "postgres": "5432"}[host])


def network(call: Call) -> str:
    """Where a call is made: in the zone of both, else where a zone meets Kafka or management, else with the caller."""
    caller, callee = ZONE_OF[call.caller], ZONE_OF[call.callee]
    if caller is callee:
        return caller
    if callee is Zone.BOUNDARY:
        return f"{caller}_boundary"
    if caller is Zone.MANAGEMENT:
        return f"{callee}_management"
    return caller


def test_a_part_is_in_the_networks_of_its_calls_and_in_no_other(compose: dict[str, Any]) -> None:
    placed = {name: set(part["networks"]) for name, part in compose["services"].items()}
    placed["applicant"] = placed.pop("loadtest_worker")
    wanted: dict[str, set[str]] = {part: {ZONE_OF[part]} for part in SERVICES}  # where its database is
    for call in CALLS:
        for part in (call.caller, call.callee):
            wanted.setdefault(part, set()).add(network(call))
    wanted |= {part: {"management"} for part in WATCHING}
    wanted["postgres"] = {ZONE_OF[part] for part in SERVICES}
    assert placed == wanted
    assert set().union(*wanted.values()) == compose["networks"].keys()


def test_no_zone_sees_another_but_for_a_call_of_the_table(compose: dict[str, Any]) -> None:
    """The database server apart, which compose has one of for all zones, and management, which sees what it drives."""
    placed = {name: set(part["networks"]) for name, part in compose["services"].items() if name != "postgres"}
    placed["applicant"] = placed.pop("loadtest_worker")
    zones = {**ZONE_OF, **dict.fromkeys(WATCHING, Zone.MANAGEMENT)}
    assert placed.keys() == zones.keys()
    may = {frozenset((call.caller, call.callee)) for call in CALLS}
    meet = {
        frozenset((one, other))
        for one, other in combinations(placed, 2)
        if placed[one] & placed[other] and len({zones[one], zones[other], Zone.MANAGEMENT}) == 3
    }
    assert meet <= may
    drivers = {name for name, zone in zones.items() if zone is Zone.MANAGEMENT and placed[name] & placed["applicant"]}
    assert drivers == {"loadtest_master"}


def test_a_network_of_a_zone_leads_nowhere_else(compose: dict[str, Any]) -> None:
    """What publishes ports cannot be internal; each part with ports has a network of management for it."""
    open_ones = {name for name, network in compose["networks"].items() if not network.get("internal")}
    assert open_ones == {name for name in compose["networks"] if name.endswith("management")}
    for name, part in compose["services"].items():
        assert not part.get("ports") or open_ones & set(part["networks"]), name


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_holds_one_service_and_runs_it_without_rights(
    service: str, compose: dict[str, Any], dockerfile: str
) -> None:
    part = compose["services"][service]
    assert part["build"]["target"] == service
    assert part["image"].partition(":")[0] == f"shinsei/{service}"
    assert part["read_only"]
    assert part["cap_drop"] == ["ALL"]
    lines = stage(dockerfile, service)
    assert f'CMD ["python", "-m", "{service}"]' in lines
    assert re.findall(r"COPY --chmod=755 services/(\w+)", lines) == [service]
    assert "USER 10001:10001" in stage(dockerfile, "runtime")


def test_the_command_line_has_an_image_of_its_own(compose: dict[str, Any], dockerfile: str) -> None:
    """It holds what its commands import and the scenarios, and is told where the services are."""
    part = compose["services"]["season"]
    targets = named_elsewhere(part["environment"])
    assert targets is not None
    for service, target in targets.items():
        host, _, port = target.partition(":")
        assert compose["services"][host]["environment"][f"{service.upper()}_GRPC_PORT"] == port
        assert set(part["networks"]) & set(compose["services"][host]["networks"])
    lines = stage(dockerfile, part["build"]["target"])
    assert 'ENTRYPOINT ["python", "-m", "shinsei.cli"]' in lines
    assert "COPY --chmod=755 scenarios /opt/shinsei/scenarios" in lines
    assert (DOCKER / "Dockerfile.dockerignore").read_text(encoding="utf-8").count("!scenarios") == 1
    assert 'CMD ["--help"]' in lines
    assert "USER 10001:10001" in lines


def test_what_is_named_is_there(compose: dict[str, Any], dockerfile: str) -> None:
    volumes = {"volumes": compose["volumes"], "configs": compose["configs"], "secrets": compose["secrets"]}
    for part in compose["services"].values():
        assert part.get("restart") == "no" or part["healthcheck"]["test"]
        assert set(part.get("networks", [])) <= compose["networks"].keys()
        assert set(part.get("depends_on", {})) <= compose["services"].keys()
        for mount in part.get("volumes", []):
            source = mount.split(":")[0]
            assert (DOCKER / source).exists() if source.startswith(".") else source in volumes["volumes"]
        assert {entry["source"] for entry in part.get("configs", [])} <= volumes["configs"].keys()
        assert set(part.get("secrets", [])) <= volumes["secrets"].keys()
    for source in re.findall(r"^COPY (?:--chmod=755 )?([^-]\S+)", dockerfile, re.MULTILINE):
        assert (REPO / source).exists()


SECRET = re.compile(r"secret(Key)?Ref\b|\b\w*(PASSWORD|SECRET|TOKEN)\b|://\w+:[^/@\s]*@")
"""What an environment is given a secret by: a reference, a variable of its name, a URL with a password in it."""


def test_no_secret_is_in_an_environment() -> None:
    """Whoever may inspect a container, or dumps what it has, reads that; services are told names of files."""
    files = [DOCKER / "compose.yaml", *sorted((REPO / "deploy" / "k8s").rglob("*.yaml"))]
    lines = [(file.name, line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    assert not [(name, line) for name, line in lines if SECRET.search(line)]
    assert set(re.findall(r"\$\{(\w+)", files[0].read_text(encoding="utf-8"))) == {"PRESET", "RATE"}


@pytest.mark.parametrize(
    "line",
    [
        "      POSTGRES_PASSWORD: ${GIVEN}",
        "      X_DATABASE_DSN: postgresql://postgres:${GIVEN}@postgres:5432/x",
        "      X_DATABASE_DSN: postgresql://postgres@postgres:5432/x?password=${POSTGRES_PASSWORD}",
        '            - {name: X_DATABASE_DSN, value: "postgresql://x:f00d@postgres:5432/x"}',
        "              valueFrom: {secretKeyRef: {name: postgres, key: password}}",
        "          envFrom: [{secretRef: {name: postgres}}]",
    ],
)
def test_a_secret_in_an_environment_is_found(line: str) -> None:
    assert SECRET.search(line)


def test_kafka_is_the_same_as_in_the_local_stack(compose: dict[str, Any]) -> None:
    pom = (REPO / "deploy" / "local" / "kafka" / "pom.xml").read_text(encoding="utf-8")
    version = re.findall(r"<kafka.version>([\d.]+)<", pom)[0]
    assert compose["services"]["kafka"]["image"] == f"apache/kafka:{version}"
    local = (REPO / "deploy" / "local" / "kafka" / "server.properties").read_text(encoding="utf-8")
    container = compose["services"]["kafka"]["environment"]
    about_the_data = ("auto.create", "log.retention", "group.initial", "default.replication", "group.min")
    for line in local.splitlines():
        if line.startswith(about_the_data):
            key, _, value = line.partition("=")
            assert container[f"KAFKA_{key.upper().replace('.', '_')}"] == value


def test_a_service_has_a_role_a_database_and_a_password_of_its_own(compose: dict[str, Any]) -> None:
    parts = compose["services"]
    for service in SERVICES:
        told = parts[service]["environment"]
        assert told[f"{service.upper()}_DATABASE_DSN"] == f"postgresql://{service}@postgres:5432/{service}"
        assert told[f"{service.upper()}_DATABASE_PASSWORD_FILE"] == f"/run/secrets/{service}_database"
        holders = {name for name, part in parts.items() if f"{service}_database" in part.get("secrets", ())}
        assert holders == {service, "postgres"}
    assert {name for name, part in parts.items() if "postgres" in part.get("secrets", ())} == {"postgres"}


def test_the_images_get_the_versions_of_the_local_stack() -> None:
    def pins(path: Path) -> set[str]:
        return set(re.findall(r"^([\w.-]+==[^\s\\]+)", path.read_text(encoding="utf-8"), re.MULTILINE))

    images, local = pins(DOCKER / "requirements.lock"), pins(REPO / "requirements.lock")
    assert images < pins(DOCKER / "loadtest.lock") < local
    assert not {name for name in images if name.startswith(("locust", "pytest", "mypy=", "ruff"))}
