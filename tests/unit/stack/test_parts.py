"""The table of parts is consistent, and agrees with what the services read."""

import importlib.util
import re
import signal
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from app_mgmt.settings import Settings as AppMgmt
from core_systems.settings import Settings as CoreSystems
from linkage_server.settings import Settings as LinkageServer
from portal_sim.settings import Settings as PortalSim
from shinsei.domain.errors import InvalidInputError
from shinsei.room.settings import Settings as Room
from shinsei.stack.home import Home
from shinsei.stack.keeper import restart_delay_s
from shinsei.stack.launching import inherited
from shinsei.stack.parts import PARTS, USUAL_PORTS, select
from shinsei.stack.ports import LOOPBACK
from shinsei.stack.postgres import ROLE
from shinsei.stack.postgres_roles import READER
from shinsei.stack.site import ROOM_CONTROL, SERVICES, Site
from shinsei.stack.status import StackStatus

SETTINGS: dict[str, type[BaseSettings]] = {
    "portal_sim": PortalSim,
    "linkage_server": LinkageServer,
    "app_mgmt": AppMgmt,
    "core_systems": CoreSystems,
    "app_mgmt_streams": AppMgmt,
    "room": Room,
}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(home=Home(path=tmp_path), ports=USUAL_PORTS)


def test_no_port_is_used_twice() -> None:
    assert len(set(USUAL_PORTS.values())) == len(USUAL_PORTS)
    assert set(USUAL_PORTS) == {purpose for part in PARTS for purpose in part.ports}


def test_a_part_stands_on_parts_that_start_before_it() -> None:
    before: set[str] = set()
    for part in PARTS:
        assert set(part.stands_on) <= before
        before.add(part.name)


def test_what_stands_on_others_is_a_program_of_ours_which_can_be_held(site: Site) -> None:
    for part in PARTS:
        if part.stands_on:
            _, option, module = part.launch(site).command
            main = importlib.util.find_spec(f"{module}.__main__")
            assert main is not None
            assert main.origin is not None
            assert option == "-m"
            assert "lifespan import run" in Path(main.origin).read_text(encoding="utf-8"), part.name


def test_a_part_is_selected_with_what_it_stands_on() -> None:
    assert [part.name for part in select(("linkage_server",))] == ["kafka", "postgres", "linkage_server"]
    assert [part.name for part in select(None)] == [part.name for part in PARTS if part.is_there()]


def test_only_what_watches_is_optional() -> None:
    """A stack without it is whole, so nothing stands on it."""
    optional = {part.name for part in PARTS if part.optional}
    assert optional == {"app_mgmt_streams", "prometheus", "room"}
    assert not any(optional & set(part.stands_on) for part in PARTS)


@pytest.mark.parametrize("name", SETTINGS)
def test_a_service_knows_every_setting_that_it_is_given(name: str, site: Site) -> None:
    part = next(part for part in PARTS if part.name == name)
    settings = SETTINGS[name]
    prefix = str(settings.model_config["env_prefix"]).upper()
    given = {key.removeprefix(prefix) for key in part.launch(site).environment if key.startswith(prefix)}
    assert given
    assert given <= {field.upper() for field in settings.model_fields}


def test_the_usual_ports_are_the_defaults_of_the_services(site: Site) -> None:
    for name, settings in SETTINGS.items():
        if name == "room":
            assert settings.model_fields["web_port"].default == site.ports["room.web"]
        elif name != "app_mgmt_streams":
            assert settings.model_fields["grpc_port"].default == site.ports[f"{name}.grpc"]
            assert settings.model_fields["metrics_port"].default == site.ports[f"{name}.metrics"]


def test_everything_listens_on_loopback_only(site: Site) -> None:
    where = site.addresses
    for address in (where.portal, where.linkage, where.app_mgmt, where.core, where.kafka_bootstrap, where.postgres):
        assert address.startswith(f"{LOOPBACK}:")


def words(folder: Path) -> dict[str, str]:
    """Every word of a credential file that may be a secret, with the file's name."""
    texts = {file.name: file.read_text(encoding="utf-8") for file in folder.rglob("*") if file.is_file()}
    return {word: name for name, text in texts.items() for word in re.split(r"[\s:=\"]+", text) if len(word) > 15}


def test_no_secret_is_in_a_command_line_or_environment(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ROOM_CONTROL, "chosen-by-somebody")
    site.home.make()
    site.make_credentials()
    for role in (ROLE, READER, *SERVICES):
        site.postgres.password_of(role)
    secret = words(site.home.credentials)
    assert secret["chosen-by-somebody"] == "room.token"
    made = {"portal_clients.toml", "pgpass", "pgpass.reader", "cards.pem", "authority.key"}
    assert made <= set(secret.values())
    for part in PARTS:
        launch = part.launch(site)
        told = " ".join([*launch.command, *launch.environment.values(), *inherited().values()])
        assert not [name for word, name in secret.items() if word in told], part.name
    assert all(file.stat().st_mode & 0o077 == 0 for file in site.home.credentials.iterdir())


def test_a_stack_that_is_started_without_a_token_has_a_room_for_reading(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = next(part for part in PARTS if part.name == "room")
    site.home.make()
    for token in ("chosen-by-somebody", ""):
        monkeypatch.setenv(ROOM_CONTROL, token)
        site.make_credentials()
        with monkeypatch.context() as environment:
            for name, value in room.launch(site).environment.items():
                environment.setenv(name, value)
            assert Room.load().control_token == token
        assert ("operations room" in site.credential_files()) is bool(token)


@pytest.mark.parametrize("token", ["合言葉", "two\nlines"])
def test_a_token_that_no_browser_can_send_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    site.home.make()
    monkeypatch.setenv(ROOM_CONTROL, token)
    with pytest.raises(InvalidInputError, match=f"{ROOM_CONTROL}: must be of printable ASCII"):
        site.make_credentials()
    assert not site.control_token_file.exists()


@pytest.mark.parametrize("name", ["linkage_server.secret", "portal_clients.toml", "pgpass", "citizens/authority.pem"])
def test_a_secret_that_was_not_written_to_its_end_is_made_anew(name: str, site: Site) -> None:
    file = site.home.credentials / name
    file.parent.mkdir(parents=True)
    file.touch()
    site.make_credentials()
    password = site.postgres.password_of()
    assert file.read_text(encoding="utf-8").strip()
    assert password
    secret = (site.home.credentials / "linkage_server.secret").read_text(encoding="utf-8").strip()
    assert f'secret = "{secret}"' in (site.home.credentials / "portal_clients.toml").read_text(encoding="utf-8")


def test_a_database_server_is_stopped_without_waiting_for_its_clients(site: Site) -> None:
    assert site.postgres.launch().stop_signal is signal.SIGINT


def test_a_part_that_keeps_ending_is_started_ever_more_seldom() -> None:
    delays = [restart_delay_s(failures) for failures in range(1, 9)]
    assert delays[:4] == [0.2, 0.4, 0.8, 1.6]
    assert delays[-1] == 10.0


def test_a_status_comes_back_from_its_json_form(site: Site) -> None:
    values = {
        "home": "h",
        "state": "up",
        "pid": 1,
        "started_at": "2026-01-01T00:00:00+00:00",
        "problem": "",
        "isolation": "",
        "memory_mib": 1.0,
        "memory_peak_mib": 2.0,
        "parts": (
            {
                "name": "kafka",
                "about": "a",
                "state": "ready",
                "pid": 2,
                "restarts": 0,
                "problem": "",
                "ports": {"kafka": 1},
                "log": "l",
                "memory_mib": 1.0,
                "ready_after_s": 0.5,
            },
        ),
        "addresses": site.addresses.values(),
        "credentials": {},
        "settings": {"LINKAGE_SERVER_FETCH_MODE": "batch"},
        "signatures": False,
    }
    assert StackStatus.of(values).values() == values
