"""The stack's own certificate authority: a short-lived certificate for each role, renewed with every start of it.

Everything is for one machine and one user: the authority's key never leaves the stack's home.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from shinsei.runtime.identity import ANYBODY, OWN_FILE, TRUSTED_FILE
from shinsei.runtime.private_file import is_kept, keep
from shinsei.stack.errors import StackError
from shinsei.stack.ports import LOOPBACK

LIFETIME: Final = timedelta(days=14)
"""Of a role's certificate [A]: a stack that is up for longer wants a `shinsei restart` of its parts."""
_AUTHORITY_LIFETIME: Final = timedelta(days=3650)
_SKEW: Final = timedelta(minutes=5)
"""A clock that was set back a little must not refuse a new certificate."""
_KEY_FILE: Final = "ca.key"
_ORGANISATION: Final = "Shinsei"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Authority:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def issue(
    folder: Path, roles: Collection[str], hosts: Collection[str] = (LOOPBACK,), *, lifetime: timedelta = LIFETIME
) -> None:
    """Make a new identity for each role below the folder, and the authority before that if there is none.

    Args:
        folder: gets ``ROLE/identity.pem`` and ``ROLE/ca.pem``, and holds the authority itself.
        roles: what the certificates name.
        hosts: names and addresses at which they stand beside that.
        lifetime: real time for which they are good.

    Raises:
        StackError: the authority there cannot be read; or nothing can be written, and what is there is not good.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        authority = _authority(folder)
        for role in roles:
            (folder / role).mkdir(mode=0o700, exist_ok=True)
            key, certificate = _certificate(authority, role, hosts, lifetime)
            keep(folder / role / TRUSTED_FILE, _pem(authority.certificate))
            keep(folder / role / OWN_FILE, _key_pem(key) + _pem(certificate))
    except OSError as error:
        now = datetime.now(UTC)
        if any((ends := valid_until(folder / role)) is None or ends < now for role in roles):
            raise StackError(f"certificates cannot be kept in {folder}: {error.strerror}") from error
        # A full disk must not keep a part from coming back: the old ones are good.


def valid_until(identity: Path) -> datetime | None:
    """When the certificate of an identity ends (UTC); None where there is none."""
    try:
        return x509.load_pem_x509_certificate((identity / OWN_FILE).read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        return None


def _authority(folder: Path) -> _Authority:
    key_file, certificate_file = folder / _KEY_FILE, folder / TRUSTED_FILE
    if not is_kept(key_file):
        made = _new_authority()
        keep(certificate_file, _pem(made.certificate))
        keep(key_file, _key_pem(made.key))
        return made
    try:
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
    except (OSError, ValueError) as error:
        raise StackError(f"the certificate authority in {folder} cannot be read: remove that folder") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise StackError(f"the certificate authority in {folder} has a key of another kind: remove that folder")
    return _Authority(key=key, certificate=certificate)


def _new_authority() -> _Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"{_ORGANISATION} local authority")
    certificate = (
        _builder(name, name, key.public_key(), _AUTHORITY_LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return _Authority(key=key, certificate=certificate)


def _certificate(
    authority: _Authority, role: str, hosts: Collection[str], lifetime: timedelta
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    issuer = authority.key.public_key()
    certificate = (
        _builder(_name(role), authority.certificate.subject, key.public_key(), lifetime)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer), critical=False)
        .add_extension(x509.SubjectAlternativeName(_places(role, hosts)), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    return key, certificate


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, lifetime: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + lifetime)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _places(role: str, hosts: Collection[str]) -> list[x509.GeneralName]:
    """The role first; by it a caller knows whom it has reached, and a server who calls."""
    names: list[x509.GeneralName] = [x509.DNSName(role), x509.DNSName(ANYBODY)]
    for host in hosts:
        try:
            names.append(x509.IPAddress(ip_address(host)))
        except ValueError:
            names.append(x509.DNSName(host))
    return names


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """PKCS 8 without a password, as gRPC and Kafka read it; the file's rights keep it."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
