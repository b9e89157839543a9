"""Citizens' cards (マイナンバーカード): whoever files plays the citizen who signs with one.

To make an RSA key takes a tenth of a second, so cards share a small pool of keys, made once for a home. A certificate
is issued when somebody signs for the first time; twins have the same citizens, who are known by it in all of them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from shinsei.api.application.v1 import application_pb2 as pb
from shinsei.domain.certificates import Certificate, KeyKind
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.simtime import SimTime
from shinsei.runtime.citizens.authority import Authority, number_of
from shinsei.runtime.private_file import is_kept, keep

CERTIFICATE = "authority.pem"
"""Certificate of the authority: what the portal trusts."""
_KEY = "authority.key"
_CARDS = "cards.pem"
_POOL: Mapping[KeyKind, int] = MappingProxyType({KeyKind.P_256: 8, KeyKind.RSA_2048: 2})
_REMEMBERED = 10_000
_CONTEXT: Final = pb.Application.DESCRIPTOR.full_name.encode() + b"\0"
_BETWEEN = b"\n-----BEGIN "

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class Cards:
    """Every citizen's card."""

    def __init__(self, authority: Authority, keys: Mapping[KeyKind, Sequence[PrivateKey]]) -> None:
        self._authority = authority
        self._keys = keys
        self.certificate = lru_cache(maxsize=_REMEMBERED)(self._issue)
        """A citizen's certificate, in DER."""

    @classmethod
    def new(cls, pool: Mapping[KeyKind, int] = _POOL) -> "Cards":
        """Cards of an authority that nobody has trusted before, with so many keys of each kind."""
        make: Mapping[KeyKind, Callable[[], PrivateKey]] = {
            KeyKind.P_256: lambda: ec.generate_private_key(ec.SECP256R1()),
            KeyKind.RSA_2048: lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
        }
        return cls(Authority.new(), {kind: [make[kind]() for _ in range(count)] for kind, count in pool.items()})

    @property
    def authority(self) -> x509.Certificate:
        """Who certifies them."""
        return self._authority.certificate

    def sign(self, certificate: Certificate, application: pb.Application) -> pb.SignedApplication:
        """An application, signed by the holder of a certificate."""
        content = application.SerializeToString()
        certified, signature = self.seal(certificate, content)
        return pb.SignedApplication(application=content, certificate=certified, signature=signature)

    def seal(self, certificate: Certificate, content: bytes) -> tuple[bytes, bytes]:
        """Certificate, in DER, and signature of a serialised application."""
        key, text = self._key_of(certificate), signed_text(content)
        if isinstance(key, rsa.RSAPrivateKey):
            signature = key.sign(text, padding.PKCS1v15(), hashes.SHA256())
        else:
            signature = key.sign(text, ec.ECDSA(hashes.SHA256()))
        return self.certificate(certificate), signature

    def revoke(self, revoked: Iterable[tuple[str, SimTime]], at: SimTime) -> bytes:
        """A revocation list of the authority, in DER."""
        return self._authority.revoke(revoked, at)

    def save(self, folder: Path) -> None:
        """Keeps them in a folder; only its owner can read the keys."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        keys = [key for kind in KeyKind for key in self._keys[kind]]
        for name, text in (
            (_CARDS, b"".join(map(_pem, keys))),
            (_KEY, _pem(self._authority.key)),
            (CERTIFICATE, self.authority.public_bytes(Encoding.PEM)),
        ):
            keep(folder / name, text)

    def _issue(self, certificate: Certificate) -> bytes:
        return self._authority.issue(certificate, self._key_of(certificate).public_key())

    def _key_of(self, certificate: Certificate) -> PrivateKey:
        pool = self._keys[certificate.key]
        return pool[number_of(certificate.serial) % len(pool)]


def make_cards(folder: Path) -> None:
    """Makes the cards of a home, once."""
    if not is_kept(folder / CERTIFICATE):  # the last that is written
        Cards.new().save(folder)


def open_cards(folder: Path | None) -> Cards | None:
    """The cards in a folder; None without one: then nobody signs.

    Raises:
        InvalidInputError: there are none.
    """
    if folder is None:
        return None
    try:
        certificate = x509.load_pem_x509_certificate((folder / CERTIFICATE).read_bytes())
        authority = _private_key((folder / _KEY).read_bytes())
        first, *rest = (folder / _CARDS).read_bytes().split(_BETWEEN)
        found = [_private_key(text) for text in (first, *(_BETWEEN + one for one in rest))]
    except (OSError, ValueError, TypeError) as error:
        raise InvalidInputError("", f"no citizens' cards can be read in {folder}: {error}") from None
    assert isinstance(authority, ec.EllipticCurvePrivateKey), "as they are made"
    keys: dict[KeyKind, list[PrivateKey]] = {kind: [] for kind in KeyKind}
    for key in found:
        keys[KeyKind.RSA_2048 if isinstance(key, rsa.RSAPrivateKey) else KeyKind.P_256].append(key)
    return Cards(Authority(authority, certificate), keys)


def sealed(cards: Cards | None, certificate: Certificate | None, application: pb.Application) -> pb.SignedApplication:
    """An application as it is submitted: signed, if there is a card, and somebody to sign."""
    if cards is None or certificate is None:
        return pb.SignedApplication(application=application.SerializeToString())
    return cards.sign(certificate, application)


def signed_text(application: bytes) -> bytes:
    """What is signed of a serialised application: nothing else that is ever signed begins like it."""
    return _CONTEXT + application


def _pem(key: PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _private_key(pem: bytes) -> PrivateKey:
    # Of our own making: to prove its primes anew would take longer than to make an elliptic one.
    key = load_pem_private_key(pem, password=None, unsafe_skip_rsa_key_validation=True)
    assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey), "as they are made"
    return key
