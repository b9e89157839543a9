"""Checking signatures as the state does for the municipality (国による署名検証機能): who has signed these very bytes?

To check one takes a tenth of a millisecond and no event loop. What the authority has signed does not change, so a
certificate that was found good is remembered by its bytes; whether it may sign at a moment is asked each time anew.
"""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from shinsei.domain.certificates import Validity
from shinsei.domain.errors import Flaw, InvalidInputError, SignatureError
from shinsei.domain.simtime import SECOND_MS, SimTime
from shinsei.runtime.citizens.authority import PublicKey, serial_of, simtime_of
from shinsei.runtime.citizens.cards import signed_text

MAX_CERTIFICATE, MAX_SIGNATURE = 4_096, 1_024
"""Bytes; several times what ours have."""
_REMEMBERED = 20_000
_RSA_BITS = 2_048
_FORGED = "the certificate is none of the citizens' authority"
_MALFORMED = (
    *(ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, x509.InvalidVersion),
    *(x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType),
)
"""What the library raises over bytes that are no certificate, or none of the authority."""


class _Known(NamedTuple):
    """A certificate that the authority has issued."""

    validity: Validity
    key: PublicKey


class Checker:
    """Checks what citizens sign; several threads may share one."""

    def __init__(self, authority: x509.Certificate) -> None:
        key = authority.public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise InvalidInputError("", "the authority's key is not elliptic")
        self._authority, self._authority_key = authority, key
        self._known = lru_cache(maxsize=_REMEMBERED)(self._read)

    @classmethod
    def load(cls, file: Path) -> "Checker":
        """From the authority's certificate, in PEM.

        Raises:
            InvalidInputError: there is none.
        """
        try:
            return cls(x509.load_pem_x509_certificate(file.read_bytes()))
        except (OSError, ValueError) as error:
            raise InvalidInputError("", f"no certificate can be read in {file}: {error}") from None

    def signer(self, content: bytes, certificate: bytes, signature: bytes) -> Validity:
        """The certificate with whose key an application, serialised, was signed.

        Raises:
            SignatureError: it is forged, or the application is not what was signed.
        """
        if len(certificate) > MAX_CERTIFICATE or len(signature) > MAX_SIGNATURE:
            raise SignatureError(Flaw.FORGED, _FORGED)
        known = self._known(certificate)
        try:
            if isinstance(known.key, rsa.RSAPublicKey):
                known.key.verify(signature, signed_text(content), padding.PKCS1v15(), hashes.SHA256())
            else:
                known.key.verify(signature, signed_text(content), ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            raise SignatureError(Flaw.ALTERED, "the application is not what was signed with this certificate") from None
        return known.validity

    def revoked(self, revocation_list: bytes) -> dict[str, SimTime]:
        """From when the certificates of a revocation list (DER) are not good any more, by serial number.

        Raises:
            SignatureError: it is none of the authority.
        """
        try:
            found = x509.load_der_x509_crl(revocation_list)
            is_ours = found.issuer == self._authority.subject and found.is_signature_valid(self._authority_key)
        except _MALFORMED:
            is_ours = False
        if not is_ours:
            raise SignatureError(Flaw.FORGED, "the revocation list is none of the citizens' authority")
        return {serial_of(entry.serial_number): simtime_of(entry.revocation_date_utc) for entry in found}

    def _read(self, certificate: bytes) -> _Known:
        try:
            found = x509.load_der_x509_certificate(certificate)
            # The signature, and that what stands outside of what is signed says the same as what stands in it.
            found.verify_directly_issued_by(self._authority)
            usage = found.extensions.get_extension_for_class(x509.KeyUsage).value
            key = found.public_key()
        except _MALFORMED:
            raise SignatureError(Flaw.FORGED, _FORGED) from None
        is_fit = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
        is_fit = is_fit or (isinstance(key, rsa.RSAPublicKey) and key.key_size == _RSA_BITS)
        # DER: of the signature, a string of bits at the very end, no bit is unused.
        is_fit = is_fit and not certificate[-len(found.signature) - 1]
        if not is_fit or not usage.content_commitment or usage.key_cert_sign:
            raise SignatureError(Flaw.FORGED, "the certificate is not for signing applications")
        assert isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey), "as was just asked"
        validity = Validity(
            serial=serial_of(found.serial_number),
            issued_at=simtime_of(found.not_valid_before_utc),
            expires_at=SimTime(simtime_of(found.not_valid_after_utc) + SECOND_MS),
        )
        return _Known(validity, key)
