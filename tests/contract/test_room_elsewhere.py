"""The operations room in containers and on Kubernetes: its settings are known, its addresses lead to the parts."""

import json
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
import yaml

from shinsei.contracts.zones import GRPC, KAFKA, METRICS, PROMETHEUS, ZONE_OF
from shinsei.room.settings import Settings
from shinsei.stack.site import Addresses

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


class Room(NamedTuple):
    """The room of one deployment."""

    environment: dict[str, str]
    addresses_at: str
    """Where its addresses are mounted."""
    addresses: Addresses
    hosts: dict[str, str]
    """Name by which it knows a part."""


def in_compose() -> Room:
    whole = yaml.safe_load((DEPLOY / "docker" / "compose.yaml").read_text(encoding="utf-8"))
    part = whole["services"]["room"]
    file = DEPLOY / "docker" / whole["configs"][part["configs"][0]["source"]]["file"]
    values = json.loads(file.read_text(encoding="utf-8"))
    hosts = {name: name for name in ZONE_OF}
    return Room(part["environment"], part["configs"][0]["target"], Addresses.of(values), hosts)


def in_kubernetes() -> Room:
    folder = DEPLOY / "k8s" / "base" / "management"
    pod: dict[str, Any] = yaml.safe_load((folder / "room.yaml").read_text(encoding="utf-8"))["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    mount = next(one["mountPath"] for one in container["volumeMounts"] if one["name"] == "addresses")
    hosts = {name: f"{name.replace('_', '-')}.shinsei-{zone}" for name, zone in ZONE_OF.items()}
    hosts["prometheus"] = "prometheus-operated.shinsei-management"  # the operator's name for it
    environment = {one["name"]: one["value"] for one in container["env"]}
    values = json.loads((folder / "addresses.json").read_text(encoding="utf-8"))
    return Room(environment, f"{mount}/addresses.json", Addresses.of(values), hosts)


@pytest.fixture(params=[in_compose, in_kubernetes])
def room(request: pytest.FixtureRequest) -> Room:
    found: Room = request.param()
    return found


def test_its_variables_are_settings_and_its_addresses_are_where_it_looks(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert room.environment.keys() <= {f"SHINSEI_ROOM_{field}".upper() for field in Settings.model_fields}
    for name, value in room.environment.items():
        monkeypatch.setenv(name, value)
    settings = Settings.load()
    assert str(settings.addresses_file) == room.addresses_at
    assert settings.metrics_port == METRICS["room"]
    assert not settings.control_token, "a season elsewhere does not read its wishes"


def test_its_addresses_lead_to_the_parts(room: Room) -> None:
    where, hosts = room.addresses, room.hosts
    asked = {
        "portal_sim": where.portal,
        "linkage_server": where.linkage,
        "app_mgmt": where.app_mgmt,
        "core_systems": where.core,
    }
    assert asked == {name: f"{hosts[name]}:{port}" for name, port in GRPC.items()}
    wanted = {name: f"http://{hosts[name]}:{port}/metrics" for name, port in METRICS.items() if name != "room"}
    assert where.metrics == wanted
    assert where.kafka_bootstrap == f"{hosts['kafka']}:{KAFKA}"
    assert where.prometheus == f"http://{hosts['prometheus']}:{PROMETHEUS}"
    assert urlsplit(where.room).port == int(room.environment["SHINSEI_ROOM_WEB_PORT"])


def test_the_story_of_a_case_knows_whom_to_miss(room: Room) -> None:
    """Without a name for the database it would fail; with one that is out of reach it says what is missing."""
    assert urlsplit(room.addresses.dsns["linkage_server"]).path == "/linkage_server"
