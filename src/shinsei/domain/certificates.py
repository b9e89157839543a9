"""Signing certificates of citizens (署名用電子証明書): issue, expiry, revocation, and whether one may sign.

A certificate is valid until its holder's fifth birthday after the issue, and is revoked when name or address change
(F: town.ikeda.fukui, city.higashimurayama); the next one has another serial number. All times here are simulated: a
season of 2021 is signed with certificates of 2021. Which serial number a filing carries is decided in
``identification``; here stands what the certificate around it says, so that both agree. Keys are no matter of the
model, and nothing here decides about a case: the portal refuses what is not signed as it should be.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from shinsei.domain.draws import draw
from shinsei.domain.errors import Flaw, ImpersonationError, SignatureError
from shinsei.domain.identification import (
    person,
    renewal_of,
    serial_number,
    signer,
    signing_certificate,
    standing_since,
)
from shinsei.domain.moves import moves_out
from shinsei.domain.renewal import renewed
from shinsei.domain.run import Filing, RunSpec
from shinsei.domain.simtime import SimTime, date_of, day_number, day_of, day_start, isoformat

_BIRTHDAYS = 5
_REMEMBERED = 10_000
"""Twins have the same citizens, and file at about the same time."""


class KeyKind(StrEnum):
    """What kind of key is on a card."""

    RSA_2048 = "rsa-2048"
    """As on the citizens' cards of today (M)."""
    P_256 = "p-256"
    """Elliptic curve: to sign takes a tenth of the processor's time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """What a certificate says of itself, its key apart."""

    serial: str
    issued_at: SimTime
    expires_at: SimTime
    """The first moment at which it is not valid any more: the end of the fifth birthday."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate(Validity):
    """The certificate on a citizen's card."""

    key: KeyKind


def expiry(issued_at: SimTime, birth_date: date) -> SimTime:
    """End of the holder's fifth birthday after the issue; who is born on 29 February has it on the 28th (A)."""
    issued = date_of(day_number(issued_at))
    first = issued.year + (_birthday(birth_date, issued.year) <= issued)
    return day_start(day_of(_birthday(birth_date, first + _BIRTHDAYS - 1)) + 1)


def certificate_of(spec: RunSpec, filing: Filing) -> Certificate | None:
    """The certificate that signs a filing at its moment; None where nobody signs."""
    if not filing.signed:
        return None
    holder, issued_at = signing_certificate(spec, filing)
    return _certificate(spec.seed, spec.registry.p_rsa_key, holder, signer(spec, filing), issued_at)


def standing_certificate(spec: RunSpec, resident: str, at: SimTime) -> Certificate:
    """The certificate of a standing resident at a moment of a run.

    The registry of a run knows one serial number for each, so a certificate that ends while a run goes on for years is
    renewed on that day under the same number (A).
    """
    share, since = spec.registry.p_rsa_key, standing_since(spec)
    found = _certificate(spec.seed, share, resident, resident, since)
    while found.expires_at <= at:
        found = _certificate(spec.seed, share, resident, resident, found.expires_at)
    return found


def revocations(spec: RunSpec, filings: Iterable[Filing]) -> Iterator[tuple[str, SimTime]]:
    """Serial number and moment of every certificate that is revoked while a season goes on.

    The old one of who renews is revoked by the renewal. That of who moves out is revoked by the notification of the
    move, which may follow the move by days (M: within 14): never before the last filing that it signs.

    Args:
        spec: the season.
        filings: its online filings, by their time.
    """
    if spec.moves_out is None and not spec.identification.p_two_serials:
        return
    last = {filing.subject: filing for filing in filings if filing.signed and signer(spec, filing) == filing.subject}
    for subject, filing in last.items():
        renewal, moved = renewal_of(spec, filing), moves_out(spec, filing)
        if renewal is not None:
            yield serial_number(spec.seed, subject), renewal
        if moved is not None:
            holder = subject if renewal is None else renewed(subject)
            yield serial_number(spec.seed, holder), SimTime(max(moved, filing.at + 1))


def check_signer(certificate: Validity, claimed: str, at: SimTime, revoked_at: SimTime | None) -> None:
    """Refuse what this certificate may not sign at ``at``.

    Raises:
        SignatureError: it is not valid yet, or not any more, or revoked.
        ImpersonationError: the application claims another serial number than the certificate's.
    """
    if at < certificate.issued_at:
        raise SignatureError(Flaw.NOT_YET_VALID, f"the certificate is valid from {isoformat(certificate.issued_at)} on")
    if at >= certificate.expires_at:
        raise SignatureError(Flaw.EXPIRED, f"the certificate has expired at {isoformat(certificate.expires_at)}")
    if revoked_at is not None and at >= revoked_at:
        raise SignatureError(Flaw.REVOKED, f"the certificate has been revoked at {isoformat(revoked_at)}")
    if claimed != certificate.serial:
        raise ImpersonationError(Flaw.OTHER_SERIAL, "the serial number of the application is not the certificate's")


@lru_cache(maxsize=_REMEMBERED)
def _certificate(seed: int, p_rsa_key: float, holder: str, who: str, issued_at: SimTime) -> Certificate:
    is_rsa = draw(seed, holder, "card-key") < p_rsa_key
    return Certificate(
        serial=serial_number(seed, holder),
        key=KeyKind.RSA_2048 if is_rsa else KeyKind.P_256,
        issued_at=issued_at,
        expires_at=expiry(issued_at, person(seed, who).birth_date),
    )


def _birthday(born: date, year: int) -> date:
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 2, 28)
