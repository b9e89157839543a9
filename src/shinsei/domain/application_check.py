"""The portal's form check (形式チェック): is this application complete and well-formed?

It knows the catalogue and the form, never core data; what only a clerk or a core system can judge is checked
later. Each refusal names the field and says what would be right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from shinsei.domain.application_form import FieldKind, FormField, form_of
from shinsei.domain.catalogue import Procedure, Signature, procedure
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.municipality import refuse, validate_code
from shinsei.domain.plain_text import doubtful_character, is_plain_file_name
from shinsei.domain.run import AttachmentSpec, DeclaredAttachment
from shinsei.domain.simtime import SimTime, date_of, day_number

ACCEPTED_MEDIA_TYPES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "xls": frozenset({"application/vnd.ms-excel"}),
        "xlsx": frozenset({"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}),
        "doc": frozenset({"application/msword"}),
        "docx": frozenset({"application/vnd.openxmlformats-officedocument.wordprocessingml.document"}),
        "ppt": frozenset({"application/vnd.ms-powerpoint"}),
        "pptx": frozenset({"application/vnd.openxmlformats-officedocument.presentationml.presentation"}),
        "pdf": frozenset({"application/pdf"}),
        "jpeg": frozenset({"image/jpeg"}),
        "jpg": frozenset({"image/jpeg"}),
        "png": frozenset({"image/png"}),
        "gif": frozenset({"image/gif"}),
        "tiff": frozenset({"image/tiff"}),
        "tif": frozenset({"image/tiff"}),
        "xml": frozenset({"application/xml", "text/xml"}),
        "txt": frozenset({"text/plain"}),
        "csv": frozenset({"text/csv"}),
    }
)
"""File types that the portal takes, by suffix (faq.myna.go.jp No.4288); HEIC is not among them."""

_BYTES_PER_MB = 1_000_000
_MAX_TEXT = 1_000
_MAX_NAME = 255
_MAX_FIELDS = 100
"""Far more than any form has, and in all still less than one Kafka record takes."""
_MAX_KEY = 100
_OLDEST_BIRTH = date(1890, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedForm:
    """What the form check looks at."""

    procedure: int
    municipality: str
    name: str = field(repr=False)
    birth_date: str = field(repr=False)
    address: str = field(repr=False)
    serial_number: str = field(repr=False)
    """Empty: unsigned."""
    fields: Mapping[str, str] = field(repr=False)
    attachments: Sequence[DeclaredAttachment]


def validate(form: CheckedForm, limits: AttachmentSpec, at: SimTime) -> Procedure:
    """The procedure of an application that passes the form check at ``at``.

    Raises:
        InvalidInputError: the first thing that is wrong.
    """
    found = procedure(form.procedure)
    refuse(validate_code(form.municipality), found)
    if found.signature is Signature.REQUIRED and not form.serial_number:
        raise InvalidInputError("serial_number", f"procedure {found.number} ({found.name_en}) must be signed")
    _check_applicant(form, at)
    for asked in form_of(found):
        _check_field(asked, form.fields.get(asked.key, ""))
    _check_extent(form)
    check_attachments(form.attachments, limits)
    return found


def check_attachments(attachments: Sequence[DeclaredAttachment], limits: AttachmentSpec) -> None:
    """Refuse what the portal does not take: too many, too large, a wrong type, a doubtful name.

    Raises:
        InvalidInputError: the first attachment that is wrong.
    """
    if len(attachments) > limits.max_files:
        raise InvalidInputError("attachments", f"{len(attachments)} files; at most {limits.max_files} are accepted")
    seen: set[str] = set()
    for attachment in attachments:
        name = attachment.name
        _check_file_name(name)
        if name in seen:
            raise InvalidInputError("attachments", f"two files are named {name!r}")
        seen.add(name)
        _check_type(attachment)
        _check_size(attachment, limits)


def _check_applicant(form: CheckedForm, at: SimTime) -> None:
    for key, value in (("name", form.name), ("address", form.address)):
        if not value.strip():
            raise InvalidInputError(f"applicant.{key}", "is missing")
        _check_text(f"applicant.{key}", value)
    born = _date("applicant.birth_date", form.birth_date)
    if not _OLDEST_BIRTH <= born <= date_of(day_number(at)):
        raise InvalidInputError("applicant.birth_date", f"{form.birth_date} is not a possible date of birth")


def _check_field(field: FormField, value: str) -> None:
    name = f"fields.{field.key}"
    if not value.strip():
        raise InvalidInputError(name, f"is missing ({field.name_ja})")
    if field.kind is FieldKind.DATE:
        _date(name, value)
    elif field.kind in (FieldKind.DIGITS, FieldKind.YEN) and not (value.isascii() and value.isdigit()):
        raise InvalidInputError(name, f"{value[:40]!r} is not made of digits alone")


def _check_extent(form: CheckedForm) -> None:
    """Nothing that a later stage could not keep: no database takes a NUL, no broker an endless record."""
    if len(form.fields) > _MAX_FIELDS:
        raise InvalidInputError("fields", f"{len(form.fields)} fields; at most {_MAX_FIELDS} are accepted")
    for key, value in form.fields.items():
        _check_text("fields", key, _MAX_KEY)
        _check_text(f"fields.{key}", value)
    _check_text("serial_number", form.serial_number)


def _check_text(name: str, value: str, longest: int = _MAX_TEXT) -> None:
    if len(value) > longest:
        raise InvalidInputError(name, f"has {len(value)} characters; at most {longest} are accepted")
    doubtful = doubtful_character(value)
    if doubtful:
        raise InvalidInputError(name, f"{value[:40]!r} has a control or invisible character, {doubtful}")


def _check_file_name(name: str) -> None:
    if len(name) > _MAX_NAME or not is_plain_file_name(name):
        raise InvalidInputError("attachments", f"{name[:40]!r} is not a plain file name")


def _check_type(attachment: DeclaredAttachment) -> None:
    suffix = attachment.name.rpartition(".")[2].lower()
    if suffix in ("heic", "heif") or attachment.media_type.lower() in ("image/heic", "image/heif"):
        raise InvalidInputError("attachments", f"{attachment.name!r} is a HEIC picture; save it as JPEG or PDF")
    if suffix not in ACCEPTED_MEDIA_TYPES:
        accepted = ", ".join(ACCEPTED_MEDIA_TYPES)
        raise InvalidInputError("attachments", f"{attachment.name!r}: accepted types are {accepted}")
    if attachment.media_type and attachment.media_type not in ACCEPTED_MEDIA_TYPES[suffix]:
        raise InvalidInputError("attachments", f"{attachment.name!r} is declared as {attachment.media_type!r}")


def _check_size(attachment: DeclaredAttachment, limits: AttachmentSpec) -> None:
    if attachment.size < 1:
        raise InvalidInputError("attachments", f"{attachment.name!r} is empty")
    if attachment.size > limits.max_file_mb * _BYTES_PER_MB:
        size = f"{attachment.size / _BYTES_PER_MB:.1f} MB"
        raise InvalidInputError("attachments", f"{attachment.name!r} has {size}; at most {limits.max_file_mb:g} MB")


def _date(name: str, value: str) -> date:
    if not value.strip():
        raise InvalidInputError(name, "is missing")
    try:
        parsed = date.fromisoformat(value)
    except ValueError:
        parsed = None
    if parsed is None or parsed.isoformat() != value:
        raise InvalidInputError(name, f"{value[:40]!r} is not a date such as 2021-06-01")
    return parsed
