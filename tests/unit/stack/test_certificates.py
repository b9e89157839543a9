"""The stack's own authority: what its certificates say, who can read them, and how they are renewed."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import NameOID

from shinsei.runtime.identity import Identity, identity_towards, introduce, own_identity
from shinsei.stack import StackError
from shinsei.stack.certificates import LIFETIME, issue, valid_until
from shinsei.stack.home import Home
from shinsei.stack.parts import USUAL_PORTS
from shinsei.stack.site import SECURITY, Site


def certificate_of(folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / "identity.pem").read_bytes())


def test_a_certificate_names_its_role_and_ends_within_days(tmp_path: Path) -> None:
    issue(tmp_path, ["portal_sim"])
    made = certificate_of(tmp_path / "portal_sim")
    assert made.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "portal_sim"
    places = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert places.get_values_for_type(x509.DNSName) == ["portal_sim", "localhost"]
    assert made.not_valid_after_utc - made.not_valid_before_utc <= LIFETIME + timedelta(hours=1)
    assert valid_until(tmp_path / "portal_sim") == made.not_valid_after_utc
    authority = x509.load_pem_x509_certificate((tmp_path / "portal_sim" / "ca.pem").read_bytes())
    made.verify_directly_issued_by(authority)
    key = load_pem_private_key((tmp_path / "portal_sim" / "identity.pem").read_bytes(), None)
    assert key.public_key() == made.public_key()


def test_only_the_owner_reads_what_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "certificates"
    issue(folder, ["season", "kafka"])
    made = [folder, *folder.rglob("*")]
    assert len(made) == 9
    assert [path.name for path in made if path.stat().st_mode & 0o077] == []


def test_a_renewed_certificate_is_another_of_the_same_authority(tmp_path: Path) -> None:
    issue(tmp_path, ["portal_sim", "season"])
    first, other = (certificate_of(tmp_path / role) for role in ("portal_sim", "season"))
    trusted = (tmp_path / "season" / "ca.pem").read_bytes()
    issue(tmp_path, ["portal_sim"])
    assert certificate_of(tmp_path / "portal_sim").serial_number != first.serial_number
    assert certificate_of(tmp_path / "season") == other
    assert (tmp_path / "portal_sim" / "ca.pem").read_bytes() == trusted


def test_an_authority_that_cannot_be_read_is_one_clear_line(tmp_path: Path) -> None:
    issue(tmp_path, ["season"])
    (tmp_path / "ca.key").write_text("rubbish", encoding="ascii")
    with pytest.raises(StackError, match="remove that folder"):
        issue(tmp_path, ["season"])


def test_where_nothing_can_be_written_the_old_certificate_stays_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk must not keep a part from coming back."""

    def is_full(file: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    issue(tmp_path, ["season"])
    before = certificate_of(tmp_path / "season")
    monkeypatch.setattr("shinsei.stack.certificates.keep", is_full)
    issue(tmp_path, ["season"])
    assert certificate_of(tmp_path / "season") == before
    with pytest.raises(StackError, match="No space left"):
        issue(tmp_path, ["applicant"])


def test_a_stack_that_is_switched_open_has_no_certificates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECURITY, "off")
    site = Site(home=Home(path=tmp_path), ports=USUAL_PORTS)
    site.certify("portal_sim")
    assert not site.certificates.exists()
    assert site.identity("portal_sim") == {}
    assert site.addresses.certificates == ""


def test_a_part_without_a_role_gets_no_certificate(tmp_path: Path) -> None:
    site = Site(home=Home(path=tmp_path), ports=USUAL_PORTS)
    site.certify("postgres")
    assert not site.certificates.exists()


def test_who_a_process_is_depends_on_whom_it_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHINSEI_IDENTITY_DIR", str(tmp_path / "own"))
    introduce(["here:1"], tmp_path)
    assert identity_towards("here:1", "applicant") == Identity(tmp_path / "applicant")
    assert identity_towards("elsewhere:1") == own_identity() == Identity(tmp_path / "own")
    introduce(["here:1"], None)
    assert identity_towards("here:1") == own_identity()
