import re
from pathlib import Path

import pytest

from shinsei.runtime.settings import ServiceSettings, prefixed
from shinsei.stack.site import SERVICES

REPO = Path(__file__).parents[3]


class Settings(ServiceSettings):
    model_config = prefixed("portal_sim")

    grpc_port: int = 50051


def test_a_setting_is_read_from_the_environment_under_the_name_of_its_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_SIM_GRPC_PORT", "6000")
    monkeypatch.setenv("APP_MGMT_METRICS_PORT", "7000")
    settings = Settings.load()
    assert (settings.grpc_port, settings.metrics_port, settings.grpc_host) == (6000, 0, "127.0.0.1")


def test_a_wrong_setting_ends_with_one_clear_line_and_the_exit_code_of_usage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORTAL_SIM_METRICS_PORT", "many")
    with pytest.raises(SystemExit) as raised:
        Settings.load()
    assert raised.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("PORTAL_SIM_METRICS_PORT: ")


@pytest.mark.parametrize("service", SERVICES)
def test_a_setting_of_all_services_is_read_by_each_of_them(service: str) -> None:
    """But for the name in a group, where a service is in none."""
    readers = (REPO / "services" / service / "bootstrap.py", REPO / "src/shinsei/runtime/lifespan.py")
    read = {name for file in readers for name in re.findall(r"\bsettings\.(\w+)", file.read_text(encoding="utf-8"))}
    assert ServiceSettings.model_fields.keys() - read == ({"instance"} if service == "portal_sim" else set())


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().grpc_port = 1  # type: ignore[misc]
