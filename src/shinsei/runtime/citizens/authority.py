"""The authority behind citizens' certificates (公的個人認証サービス, JPKI), played by a root made for one home.

Whoever drives a season, submits by hand or offers load holds its key, as they play the citizens and their cards too.
The portal knows its certificate and nothing more. Dates are simulated time, to the second.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from shinsei.domain.certificates import Validity
from shinsei.domain.identification import SERIAL_PREFIX
from shinsei.domain.simtime import SECOND_MS, SimTime

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey

_NAME: Final = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "SAMPLE authority of synthetic citizens")])
_SINCE, _UNTIL = datetime(1990, 1, 1, tzinfo=UTC), datetime(2150, 1, 1, tzinfo=UTC)
"""Long enough for every season."""


def _usage(*, certifies: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certifies,
        content_commitment=not certifies,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certifies,
        crl_sign=certifies,
        encipher_only=False,
        decipher_only=False,
    )


_CITIZENS_USAGE: Final = _usage(certifies=False)


class Authority:
    """Issues certificates and revocation lists."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
        self.key = key
        self.certificate = certificate

    @classmethod
    def new(cls) -> Self:
        """One that nobody has trusted before."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            x509.CertificateBuilder(_NAME, _NAME, key.public_key(), x509.random_serial_number(), _SINCE, _UNTIL)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(certifies=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        return cls(key, certificate)

    def issue(self, certificate: Validity, key: PublicKey) -> bytes:
        """A citizen's certificate, in DER. Its name is its serial number: it tells nothing of who holds it."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, certificate.serial)])
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(_NAME)
            .public_key(key)
            .serial_number(number_of(certificate.serial))
            .not_valid_before(moment_of(certificate.issued_at))
            .not_valid_after(moment_of(SimTime(certificate.expires_at - SECOND_MS)))
            .add_extension(_CITIZENS_USAGE, critical=True)
            .sign(self.key, hashes.SHA256())
            .public_bytes(Encoding.DER)
        )

    def revoke(self, revoked: Iterable[tuple[str, SimTime]], at: SimTime) -> bytes:
        """A revocation list, in DER: serial numbers, each from the first full second at its moment on."""
        builder = x509.CertificateRevocationListBuilder().issuer_name(_NAME)
        builder = builder.last_update(moment_of(at)).next_update(_UNTIL)
        for serial, since in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(number_of(serial))
            entry = entry.revocation_date(moment_of(SimTime(since + SECOND_MS - 1)))
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER)


def number_of(serial: str) -> int:
    """The number in a certificate that stands for a serial number of ours."""
    return int(serial.removeprefix(SERIAL_PREFIX), 16)


def serial_of(number: int) -> str:
    """The same the other way."""
    return f"{SERIAL_PREFIX}{number:016X}"


def moment_of(at: SimTime) -> datetime:
    """A simulated moment as certificates have it, to the second."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=at // SECOND_MS)


def simtime_of(moment: datetime) -> SimTime:
    """The same the other way."""
    return SimTime((moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1))
