"""The form of each procedure: which fields an application must have, and a synthetic filled-in one.

The real forms (様式) were not obtainable; these few fields per group stand for them, so that a form check has
something to check and a core system something to register.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from shinsei.domain.catalogue import CoreSystem, Procedure
from shinsei.domain.draws import draw
from shinsei.domain.simtime import SimTime, date_of, day_number


class FieldKind(StrEnum):
    """What a field may hold."""

    TEXT = "text"
    DATE = "date"
    """ISO 8601, such as 2021-06-01."""
    DIGITS = "digits"
    YEN = "yen"
    """Digits; 0 or more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One required field of a form."""

    key: str
    name_ja: str
    kind: FieldKind


def _field(key: str, name_ja: str, kind: FieldKind = FieldKind.TEXT) -> FormField:
    return FormField(key=key, name_ja=name_ja, kind=kind)


_CHILD = (_field("child_name", "児童の氏名"), _field("child_birth_date", "児童の生年月日", FieldKind.DATE))
INSURED_NUMBER = "insured_number"
"""Key of the field by which long-term care knows its people (被保険者番号)."""
_INSURED = (_field(INSURED_NUMBER, "被保険者番号", FieldKind.DIGITS),)
_VEHICLE = (_field("registration_number", "自動車登録番号"),)

FORMS: Mapping[CoreSystem, tuple[FormField, ...]] = MappingProxyType(
    {
        CoreSystem.CHILD_ALLOWANCE: (*_CHILD, _field("recipient_income_yen", "受給者の所得", FieldKind.YEN)),
        CoreSystem.CHILDCARE_SUPPORT: (*_CHILD, _field("desired_from_date", "利用希望日", FieldKind.DATE)),
        CoreSystem.CHILD_REARING_ALLOWANCE: _CHILD,
        CoreSystem.HEALTH: (_field("due_date", "分娩予定日", FieldKind.DATE),),
        CoreSystem.LONG_TERM_CARE: _INSURED,
        CoreSystem.DISASTER_VICTIMS: (
            _field("damage_date", "罹災日", FieldKind.DATE),
            _field("damage_address", "罹災場所"),
        ),
        CoreSystem.VEHICLE_TAX: _VEHICLE,
        CoreSystem.PARKING_POLICE: (*_VEHICLE, _field("parking_address", "保管場所の位置")),
    }
)
"""Required fields by core system, beside the applicant's name, birth date and address."""


def form_of(procedure: Procedure) -> tuple[FormField, ...]:
    """The required fields of a procedure's form."""
    return FORMS[procedure.core_system]


def fill(seed: int, subject: str, procedure: Procedure, at: SimTime) -> dict[str, str]:
    """A synthetic form, valid at ``at``; the same subject always fills it the same way."""
    return {field.key: _value(seed, subject, field, at) for field in form_of(procedure)}


def _value(seed: int, subject: str, field: FormField, at: SimTime) -> str:
    u = draw(seed, subject, f"field-{field.key}")
    match field.kind:
        case FieldKind.DATE:
            return (date_of(day_number(at)) - timedelta(days=1 + int(u * 3000))).isoformat()
        case FieldKind.DIGITS:
            return f"999{int(u * 10**7):07d}"
        case FieldKind.YEN:
            return str(10_000 * int(u * 900))
        case FieldKind.TEXT:
            return f"見本 {1 + int(u * 9999)}"
