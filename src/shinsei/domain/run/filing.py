"""One filing of an applicant, and the ids by which all stages know it."""

from dataclasses import dataclass, field
from datetime import date

from shinsei.domain.simtime import SimTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A synthetic applicant. Invented; any likeness to a real person is chance."""

    subject: str
    """Key of the draws about this person: the case id, or ``resident-0001`` for a standing resident."""
    name: str
    birth_date: date
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredAttachment:
    """An attachment by its description; its bytes travel beside the case, where a test asks for them."""

    name: str
    media_type: str
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """One filing that the demand model produces, equal in all twin cities."""

    case_id: str
    """``10-000123``: procedure number and ordinal; the submission id is municipality + '-' + case id."""
    procedure: int
    at: SimTime
    online: bool
    signed: bool
    """False where the procedure needs no signature: there is no serial number then."""
    attachments: tuple[DeclaredAttachment, ...] = field(default=())
    original: "Filing | None" = None
    """The first filing of the same by the same person, where this one is a double."""

    @property
    def subject(self) -> str:
        """Key of the draws about the person: that of the first filing."""
        return self.case_id if self.original is None else self.original.case_id

    @property
    def size(self) -> int:
        """Bytes of all attachments."""
        return sum(attachment.size for attachment in self.attachments)


_DOUBLE = "-2"


def double_of(case_id: str) -> str:
    """The case id of a case's double."""
    return case_id + _DOUBLE


def original_of(case_id: str) -> str | None:
    """The case id of the first filing, if this is the id of a double."""
    number, _, rest = case_id.partition("-")
    return f"{number}-{rest.removesuffix(_DOUBLE)}" if rest.endswith(_DOUBLE) else None


def submission_id(municipality: str, case_id: str) -> str:
    """The id that a client gives a submission; the same id always gets the same receipt number."""
    return f"{municipality}-{case_id}"


def case_id(submission: str) -> str:
    """The case id in a submission id."""
    return submission.partition("-")[2]
