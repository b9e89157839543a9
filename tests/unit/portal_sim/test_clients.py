"""The file of clients."""

from pathlib import Path

import pytest

from portal_sim.handlers.sessions import Scope
from portal_sim.outbound.clients import load_clients
from shinsei.runtime.errors import StartError


def test_clients_are_read_by_their_id(tmp_path: Path) -> None:
    file = tmp_path / "clients.toml"
    file.write_text('[linkage_server]\nsecret = "s"\nmunicipalities = ["482013"]\n')
    client = load_clients(file)["linkage_server"]
    assert (client.secret, client.municipalities) == ("s", frozenset({"482013"}))


def test_a_client_may_have_fewer_scopes_and_a_rate_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "clients.toml"
    file.write_text('[a]\nsecret = "s"\nmunicipalities = ["*"]\nscopes = ["statuses"]\ncalls_per_s = 20\n')
    client = load_clients(file)["a"]
    assert (client.scopes, client.calls_per_s) == (frozenset({Scope.STATUSES}), 20.0)


_WRONG_SCOPE = '[a]\nsecret = "s"\nmunicipalities = ["*"]\nscopes = ["everything"]\n'


@pytest.mark.parametrize("text", ["", "x", "[a]\n", '[a]\nsecret = "s"\n', "a = 1\n", _WRONG_SCOPE])
def test_a_file_that_gives_no_client_is_one_clear_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "clients.toml"
    file.write_text(text)
    with pytest.raises(StartError, match=r"clients\.toml"):
        load_clients(file)


def test_a_missing_file_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="cannot be read"):
        load_clients(tmp_path / "none.toml")
