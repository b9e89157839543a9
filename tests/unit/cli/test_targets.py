"""A command talks to the services that the environment names, else to those of the local stack."""

from pathlib import Path

import pytest

from shinsei.cli.targets import VARIABLE, named_elsewhere, targets
from shinsei.domain.errors import InvalidInputError, UnavailableError

CLUSTER = "portal_sim=portal-sim.internet:50051, linkage_server=l:1,app_mgmt=a:2,core_systems=10.0.0.7:50054"


def test_named_services_are_used_without_a_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, CLUSTER)
    found = targets(tmp_path)
    assert found["portal_sim"] == "portal-sim.internet:50051"
    assert found["core_systems"] == "10.0.0.7:50054"


@pytest.mark.parametrize("blank", ["", "  "])
def test_without_names_there_has_to_be_a_stack(blank: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, blank)
    with pytest.raises(UnavailableError, match="shinsei up"):
        targets(tmp_path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("portal_sim=p:1", "names no linkage_server"),
        (CLUSTER.replace("app_mgmt=a:2", "app_mgmt=a"), "'app_mgmt=a' is no SERVICE=HOST:PORT"),
        (CLUSTER.replace("app_mgmt", "app"), "'app=a:2' is no"),
        (CLUSTER.replace(",", ";"), "is no SERVICE=HOST:PORT"),
    ],
)
def test_a_wrong_name_is_told_and_nothing_is_guessed(text: str, told: str) -> None:
    with pytest.raises(InvalidInputError, match=told):
        named_elsewhere({VARIABLE: text})
