"""Finding the applicant by the serial number of the signing certificate (シリアル番号による申請者特定).

The resident registry maps serial numbers to resident numbers (宛名番号); application management holds a copy
that is refreshed at intervals. A certificate is revoked when its owner moves or marries, and a new one has a
new serial: who applies right after that is not found, because the copy is older than the certificate (who renews
in the middle of the season is in ``renewal``). Such
cases, those without a signature, those that a proxy signs and those of strangers go to a clerk; in long-term
care a proxy's form is matched by insured number. Serials, numbers and persons are invented.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b

from shinsei.domain.applicant_kind import (
    ApplicantKind,
    applicant_kind,
    has_right_insured_number,
    is_care,
    is_written_otherwise,
)
from shinsei.domain.application_form import INSURED_NUMBER, fill
from shinsei.domain.catalogue import procedure
from shinsei.domain.demand import filings
from shinsei.domain.draws import draw, kept_draw
from shinsei.domain.moves import moves_out
from shinsei.domain.renewal import renewed, renewed_at
from shinsei.domain.run import Change, ChangeKind, Filing, Person, RunSpec
from shinsei.domain.simtime import DAY_MS, SimTime, day_number, day_start

_STANDING_AGE_MS = 365 * DAY_MS
"""Mappings that are not fresh have been valid for a year: long before any refresh that matters."""
_RESIDENT_DIGITS = 12
SERIAL_PREFIX = "SAMPLE"
"""Of every serial number: it shows that it is none."""
_FAMILY_NAMES = ("見本", "架空", "仮名", "例示", "試験")
_GIVEN_NAMES = ("一郎", "二郎", "三郎", "花子", "桜子", "月子", "太郎", "次郎")
_VARIANTS = str.maketrans({"本": "夲", "仮": "假", "験": "驗", "桜": "櫻", "郎": "郞", " ": "\u3000"})
"""Old and odd forms of the characters in the invented names (外字, 異体字), and the wide space."""
_FULL_WIDTH = str.maketrans("0123456789-", "０１２３４５６７８９－")
_OLDEST, _YOUNGEST = date(1930, 1, 1).toordinal(), date(2000, 12, 31).toordinal()


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialMapping:
    """A line of the registry's mapping (番号紐付情報)."""

    serial: str
    """Or, for who may be filed for by a proxy in long-term care, the ``care_key``."""
    resident: str
    valid_from: SimTime
    valid_until: SimTime | None = None
    """When it ceased to be valid; None for never."""

    def is_known_at(self, refresh: SimTime) -> bool:
        """Whether a copy of this moment has it."""
        return self.valid_from <= refresh and (self.valid_until is None or self.valid_until > refresh)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """A synthetic resident as the registry knows it."""

    resident: str
    """Resident number (宛名番号)."""
    person: Person


def serial_number(seed: int, subject: str) -> str:
    """Serial number of a subject's signing certificate; its prefix shows that it is none."""
    return SERIAL_PREFIX + _digest(seed, subject, "serial").hex().upper()


def resident_number(seed: int, subject: str) -> str:
    """Resident number of a subject: 15 digits, of which the first three are 999."""
    number = int.from_bytes(_digest(seed, subject, "resident"), "big") % 10**_RESIDENT_DIGITS
    return f"999{number:0{_RESIDENT_DIGITS}d}"


def person(seed: int, subject: str) -> Person:
    """The synthetic person behind a subject; any likeness to a real one is chance."""
    family = _pick(_FAMILY_NAMES, draw(seed, subject, "family-name"))
    given = _pick(_GIVEN_NAMES, draw(seed, subject, "given-name"))
    born = _OLDEST + int(draw(seed, subject, "birth") * (_YOUNGEST - _OLDEST + 1))
    block = 1 + int(draw(seed, subject, "address") * 20)
    house = 1 + int(draw(seed, subject, "address", 1) * 40)
    return Person(
        subject=subject,
        name=f"{family} {given}",
        birth_date=date.fromordinal(born),
        address=f"見本県架空市例示町{block}-{house}",
    )


def signer(spec: RunSpec, filing: Filing) -> str:
    """The subject whose certificate signs a filing: the person concerned, or the proxy."""
    return f"{filing.subject}/proxy" if _kind(spec, filing) is ApplicantKind.PROXY else filing.subject


def signing_serial(spec: RunSpec, filing: Filing) -> str:
    """Serial number of the certificate that signs a filing at its moment; empty without a signature."""
    if not filing.signed:
        return ""
    return serial_number(spec.seed, signing_certificate(spec, filing)[0])


def signing_certificate(spec: RunSpec, filing: Filing) -> tuple[str, SimTime]:
    """Subject and issue of the certificate that signs a filing at its moment."""
    who, renewal = signer(spec, filing), renewal_of(spec, filing)
    if renewal is not None and renewal <= filing.at:
        return renewed(who), renewal
    return who, valid_from(spec, filing)


def as_written(spec: RunSpec, filing: Filing) -> Person:
    """The person as the form has it: name and address may be written otherwise than in the registry."""
    known = person(spec.seed, filing.subject)
    if not is_written_otherwise(spec, filing.case_id):
        return known
    return replace(known, name=known.name.translate(_VARIANTS), address=known.address.translate(_FULL_WIDTH))


def mapping_key(*, serial: str, by_proxy: bool, procedure: int, insured_number: str, birth_date: str) -> str:
    """Under which key the mapping has the person whom an application is about; empty: only a clerk can tell."""
    if not by_proxy:
        return serial
    return care_key(insured_number, birth_date) if is_care(procedure) and insured_number else ""


def care_key(insured_number: str, birth_date: str) -> str:
    """Insured number (被保険者番号) and ISO date of birth as a key of the mapping; no serial number looks like it."""
    return f"{insured_number}/{birth_date}"


def standing_subjects(spec: RunSpec) -> tuple[str, ...]:
    """Residents who exist without filing in the season, for single submissions by hand."""
    return tuple(f"resident-{n:04d}" for n in range(1, spec.registry.standing_residents + 1))


def residents(spec: RunSpec) -> Iterator[Resident]:
    """Everybody whom the registry knows: standing residents, then the filers in order of filing."""
    filers = (filing.case_id for filing in _first_filings(spec) if _kind(spec, filing) is not ApplicantKind.STRANGER)
    for subject in (*standing_subjects(spec), *filers):
        yield Resident(resident=resident_number(spec.seed, subject), person=person(spec.seed, subject))


def mappings(spec: RunSpec) -> Iterator[SerialMapping]:
    """The registry's mapping: standing residents, who signs an online filing, and whom care managers file for."""
    for subject in standing_subjects(spec):
        yield _mapping(spec, subject, standing_since(spec))
    for filing in _first_filings(spec):
        kind = _kind(spec, filing)
        if kind is ApplicantKind.PROXY and is_care(filing.procedure) and has_right_insured_number(spec, filing.case_id):
            yield _care_mapping(spec, filing)
        if filing.online and filing.signed and kind is not ApplicantKind.STRANGER:
            who = signer(spec, filing)
            until, renewal = moves_out(spec, filing) if who == filing.subject else None, renewal_of(spec, filing)
            yield _mapping(spec, who, valid_from(spec, filing), until if renewal is None else renewal)
            if renewal is not None:
                line = _mapping(spec, who, renewal, until)
                yield replace(line, serial=serial_number(spec.seed, renewed(who)))


def valid_from(spec: RunSpec, filing: Filing) -> SimTime:
    """From when the mapping of a filer's certificate exists: its issue, if it is fresh."""
    registry = spec.registry
    if kept_draw(spec.seed, filing.subject, "fresh-certificate") >= registry.p_fresh_certificate:
        return standing_since(spec)
    age = draw(spec.seed, filing.subject, "certificate-age") * registry.fresh_within_ms
    return SimTime((filing.original or filing).at - int(age))


def renewal_of(spec: RunSpec, filing: Filing) -> SimTime | None:
    """When the signer of a filing renews; neither a proxy does, nor who has moved out by then."""
    at = renewed_at(spec, filing)
    if at is None or _kind(spec, filing) is not ApplicantKind.CONCERNED:
        return None
    moved = moves_out(spec, filing)
    return at if moved is None or at < moved else None


def standing_since(spec: RunSpec) -> SimTime:
    """From when every mapping has been valid that is not fresh."""
    return SimTime(spec.start - _STANDING_AGE_MS)


def last_refresh(spec: RunSpec, changes: Iterable[Change], at: SimTime) -> SimTime:
    """The last refresh before ``at`` that was not suppressed; it holds what was valid by its own time.

    Refreshes lie at whole intervals from the time of day given, before the run as after its start, so that
    the first cases find a copy.
    """
    known = tuple(changes)
    anchor = day_start(day_number(spec.start)) + spec.registry.refresh_at_ms
    every = spec.registry.refresh_every_ms
    refresh = SimTime(anchor + (at - 1 - anchor) // every * every)
    while known and _is_suppressed(known, refresh):
        refresh = SimTime(refresh - every)
    return refresh


def is_identified(spec: RunSpec, changes: Iterable[Change], filing: Filing, at: SimTime) -> bool:
    """Whether automatic identification at ``at`` finds the applicant: the table look-up as a formula."""
    refresh = last_refresh(spec, changes, at)
    moved = moves_out(spec, filing)
    if moved is not None and moved <= refresh:
        return False
    match _kind(spec, filing):
        case ApplicantKind.STRANGER:
            return False
        case ApplicantKind.PROXY:
            return is_care(filing.procedure) and has_right_insured_number(spec, filing.case_id)
        case ApplicantKind.CONCERNED:
            renewal = renewal_of(spec, filing)
            if renewal is not None and filing.at >= renewal:
                return filing.signed and renewal <= refresh
            is_over = renewal is not None and renewal <= refresh
            return filing.signed and valid_from(spec, filing) <= refresh and not is_over


def _is_suppressed(changes: tuple[Change, ...], refresh: SimTime) -> bool:
    """Whether the registry's feed is switched off at this refresh by the latest change in effect."""
    feed = [change for change in changes if change.kind is ChangeKind.REGISTRY_FEED and change.at <= refresh]
    return bool(feed) and max(feed, key=lambda change: (change.at, change.n)).value == 0


def _first_filings(spec: RunSpec) -> Iterator[Filing]:
    """The filings without their doubles, which are of the same people."""
    return (filing for filing in filings(spec) if filing.original is None)


def _kind(spec: RunSpec, filing: Filing) -> ApplicantKind:
    """Paper is brought or sent by people who live here; its clerk has seen their papers."""
    return applicant_kind(spec, filing.case_id, filing.procedure) if filing.online else ApplicantKind.CONCERNED


def _care_mapping(spec: RunSpec, filing: Filing) -> SerialMapping:
    form = fill(spec.seed, filing.case_id, procedure(filing.procedure), filing.at)
    born = person(spec.seed, filing.case_id).birth_date.isoformat()
    return SerialMapping(
        serial=care_key(form[INSURED_NUMBER], born),
        resident=resident_number(spec.seed, filing.case_id),
        valid_from=standing_since(spec),
        valid_until=moves_out(spec, filing),
    )


def _mapping(spec: RunSpec, subject: str, since: SimTime, until: SimTime | None = None) -> SerialMapping:
    return SerialMapping(
        serial=serial_number(spec.seed, subject),
        resident=resident_number(spec.seed, subject),
        valid_from=since,
        valid_until=until,
    )


def _digest(seed: int, subject: str, purpose: str) -> bytes:
    return blake2b(f"{seed}\x1f{subject}\x1f{purpose}".encode(), digest_size=8).digest()


def _pick(choices: tuple[str, ...], u: float) -> str:
    return choices[int(u * len(choices))]
