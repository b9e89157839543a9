"""Who stands behind an online filing: the person concerned, a proxy (代理申請), or nobody of this municipality.

The serial number of a signing certificate tells who signed, which is not always whom the application is about.
A declared proxy's certificate therefore identifies nobody. In long-term care, where filing by the care manager
is usual (介護保険法27条), the person is matched by insured number (被保険者番号) and date of birth instead.
Everything is drawn from the case id alone, so that demand, identification and office agree without a word.
"""

from enum import StrEnum

from shinsei.domain.catalogue import PROCEDURES, CoreSystem
from shinsei.domain.draws import draw, kept_draw
from shinsei.domain.run import RunSpec, original_of

_CARE = frozenset(item.number for item in PROCEDURES if item.core_system is CoreSystem.LONG_TERM_CARE)


class ApplicantKind(StrEnum):
    """Whose signature is under an online filing."""

    CONCERNED = "concerned"
    """The person concerned signs, and lives here."""
    PROXY = "proxy"
    """Somebody else signs and says so."""
    STRANGER = "stranger"
    """The registry of this municipality does not have the person: moved away, or filed at the wrong one."""


def applicant_kind(spec: RunSpec, case_id: str, number: int) -> ApplicantKind:
    """The kind of applicant behind the online filing of a procedure."""
    identification = spec.identification
    p_proxy = identification.p_care_proxy if is_care(number) else identification.p_proxy
    u = kept_draw(spec.seed, _subject(case_id), "applicant-kind")
    if u < p_proxy:
        return ApplicantKind.PROXY
    return ApplicantKind.STRANGER if u >= 1.0 - identification.p_stranger else ApplicantKind.CONCERNED


def is_care(number: int) -> bool:
    """Whether a procedure knows its people by insured number."""
    return number in _CARE


def has_right_insured_number(spec: RunSpec, case_id: str) -> bool:
    """Whether the insured number on a proxy's form is the one that the registry has."""
    return draw(spec.seed, _subject(case_id), "insured-number") >= spec.identification.p_insured_number_wrong


def is_written_otherwise(spec: RunSpec, case_id: str) -> bool:
    """Whether name or address on the form differ from the registry's (外字, 表記ゆれ)."""
    return draw(spec.seed, _subject(case_id), "variant") < spec.identification.p_variant


def is_found_by_search(spec: RunSpec, case_id: str, number: int) -> bool:
    """Whether a clerk's search by name, date of birth and address ends at a resident."""
    return applicant_kind(spec, case_id, number) is not ApplicantKind.STRANGER


def search_factor(spec: RunSpec, case_id: str) -> float:
    """How much longer than usual a clerk searches for the person of a case."""
    return spec.identification.variant_factor if is_written_otherwise(spec, case_id) else 1.0


def _subject(case_id: str) -> str:
    """Key of the draws about the person: a double is filed by the person of the original."""
    return original_of(case_id) or case_id
