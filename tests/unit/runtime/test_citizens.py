"""What a citizen signs is told from everything else."""

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from shinsei.api.application.v1 import application_pb2 as pb
from shinsei.domain.certificates import Certificate, KeyKind
from shinsei.domain.errors import Flaw, InvalidInputError, SignatureError
from shinsei.domain.identification import serial_number
from shinsei.domain.simtime import DAY_MS, SimTime
from shinsei.runtime.citizens import Cards, Checker, open_cards, sealed
from shinsei.testing.builders import JUNE_FIRST
from shinsei.testing.citizens import cards_of_somebody_else, some_cards

APPLICATION = pb.Application(submission_id="482013-10-000001", run_id="a-run", fields={"b": "2", "a": "1"})
CHECKER = Checker(some_cards().authority)


def a_certificate(key: KeyKind = KeyKind.P_256, subject: str = "10-000001") -> Certificate:
    return Certificate(
        serial=serial_number(1, subject), key=key, issued_at=JUNE_FIRST, expires_at=SimTime(JUNE_FIRST + 1_500 * DAY_MS)
    )


def signed(key: KeyKind = KeyKind.P_256, cards: Cards | None = None) -> pb.SignedApplication:
    return (cards or some_cards()).sign(a_certificate(key), APPLICATION)


def check(one: pb.SignedApplication) -> str:
    """The serial number of who has signed, or what is wrong."""
    try:
        return CHECKER.signer(one.application, one.certificate, one.signature).serial
    except SignatureError as flaw:
        return flaw.flaw


@pytest.mark.parametrize("key", list(KeyKind))
def test_a_signature_tells_whose_certificate_it_is_and_from_when_until_when_it_is_valid(key: KeyKind) -> None:
    one = signed(key)
    known = CHECKER.signer(one.application, one.certificate, one.signature)
    wanted = a_certificate(key)
    assert (known.serial, known.issued_at, known.expires_at) == (wanted.serial, wanted.issued_at, wanted.expires_at)
    assert pb.Application.FromString(one.application) == APPLICATION


@pytest.mark.parametrize("key", list(KeyKind))
def test_what_was_altered_after_it_was_signed_is_found(key: KeyKind) -> None:
    one, other = signed(key), some_cards().sign(a_certificate(key), pb.Application(submission_id="another"))
    altered = pb.Application.FromString(one.application)
    altered.fields["a"] = "3"
    for changed in (
        pb.SignedApplication(
            application=altered.SerializeToString(), certificate=one.certificate, signature=one.signature
        ),
        pb.SignedApplication(application=one.application, certificate=one.certificate, signature=other.signature),
        pb.SignedApplication(application=one.application, certificate=one.certificate),
    ):
        assert check(changed) == Flaw.ALTERED


def test_a_certificate_of_another_authority_is_forged_though_it_bears_the_same_name() -> None:
    assert check(signed(cards=cards_of_somebody_else())) == Flaw.FORGED


def test_the_authority_signs_certificates_and_no_applications() -> None:
    one = signed()
    authority = some_cards().authority.public_bytes(Encoding.DER)
    one.certificate = authority
    assert check(one) == Flaw.FORGED


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")  # of what is then refused
def test_no_bit_of_a_certificate_can_be_another_one() -> None:
    """Not even in the name of the algorithm, which stands once more outside of what is signed."""
    one = signed()
    certificate = one.certificate
    for place in range(len(certificate) * 8):
        flipped = bytearray(certificate)
        flipped[place // 8] ^= 1 << place % 8
        one.certificate = bytes(flipped)
        assert check(one) in set(Flaw), place


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")  # of what is then refused
@settings(max_examples=25)
@given(junk=st.binary(max_size=5_000), place=st.integers(0, 2_000), bit=st.integers(0, 7))
def test_bytes_that_are_no_certificate_are_a_flaw_and_nothing_else(junk: bytes, place: int, bit: int) -> None:
    one = signed()
    flipped = bytearray(one.certificate)
    flipped[place % len(flipped)] ^= 1 << bit
    for certificate in (junk, bytes(flipped), one.certificate + junk, one.certificate[: place % len(flipped)]):
        one.certificate = certificate
        assert junk == b"" or check(one) in set(Flaw)


def test_a_revocation_list_says_from_which_full_second_on() -> None:
    revoked = {serial_number(1, f"10-{n:06d}"): SimTime(JUNE_FIRST + n) for n in range(50)}
    read = CHECKER.revoked(some_cards().revoke(revoked.items(), JUNE_FIRST))
    assert read.keys() == revoked.keys()
    assert all(0 <= read[serial] - since < 1_000 for serial, since in revoked.items())


def test_a_revocation_list_of_somebody_else_is_refused() -> None:
    for raw in (cards_of_somebody_else().revoke([(serial_number(1, "a"), JUNE_FIRST)], JUNE_FIRST), b"", b"junk"):
        with pytest.raises(SignatureError):
            CHECKER.revoked(raw)


def test_cards_are_kept_for_their_owner_alone_and_sign_as_before(tmp_path: Path) -> None:
    folder = tmp_path / "citizens"
    some_cards().save(folder)
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    opened = open_cards(folder)
    for key in KeyKind:
        assert check(signed(key, opened)) == a_certificate(key).serial
    assert Checker.load(folder / "authority.pem").signer(*_parts(signed())).serial == a_certificate().serial


def test_without_cards_nobody_signs_and_a_folder_without_any_is_one_line(tmp_path: Path) -> None:
    assert open_cards(None) is None
    assert sealed(None, a_certificate(), APPLICATION).signature == b""
    assert sealed(some_cards(), None, APPLICATION).certificate == b""
    with pytest.raises(InvalidInputError, match="no citizens' cards"):
        open_cards(tmp_path)
    with pytest.raises(InvalidInputError, match="no certificate"):
        Checker.load(tmp_path / "authority.pem")


def test_a_certificate_tells_nothing_of_its_holder_but_the_serial_number() -> None:
    found = x509.load_der_x509_certificate(some_cards().certificate(a_certificate()))
    assert found.subject.rfc4514_string() == f"CN={a_certificate().serial}"
    assert [extension.oid for extension in found.extensions] == [x509.KeyUsage.oid]


def test_a_certificate_is_issued_once() -> None:
    assert some_cards().certificate(a_certificate()) is some_cards().certificate(replace(a_certificate()))


def _parts(one: pb.SignedApplication) -> tuple[bytes, bytes, bytes]:
    return one.application, one.certificate, one.signature
