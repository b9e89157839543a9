"""Identities for processes elsewhere."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from shinsei.cli.__main__ import run
from shinsei.cli.certificates import ROLES
from shinsei.contracts.roles import MAY_CALL, SERVED_BY
from shinsei.contracts.topic_rights import grants


def test_every_role_that_may_do_something_gets_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["certificates", str(tmp_path / "made"), "--host", "kafka", "--days", "3"]) == 0
    assert "good for 3 days" in capsys.readouterr().out
    callers = {role for roles in MAY_CALL.values() for role in roles}
    servers = {part for parts in SERVED_BY.values() for part in parts}
    assert callers | servers | {grant.role for grant in grants()} | {"kafka"} == set(ROLES)
    for role in ROLES:
        made = x509.load_pem_x509_certificate((tmp_path / "made" / role / "identity.pem").read_bytes())
        places = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert places.get_values_for_type(x509.DNSName) == [role, "localhost", "kafka"]
        assert timedelta(days=3) <= made.not_valid_after_utc - made.not_valid_before_utc < timedelta(days=4)


def test_a_host_that_is_called_like_a_role_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever had one of these certificates could stand in for that role."""
    for host in ("season", "Portal_Sim"):
        assert run(["certificates", str(tmp_path / "made"), "--host", "kafka", "--host", host]) == 2
        assert f"--host: {host} is a role" in capsys.readouterr().err
    assert not (tmp_path / "made").exists()


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    assert run(["certificates", str(tmp_path / "file")]) == 1
    assert "certificates cannot be kept" in capsys.readouterr().err
