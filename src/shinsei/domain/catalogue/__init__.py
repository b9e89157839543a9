"""The procedure catalogue: all 31 procedures that the Ministry asks to be offered online.

``PROCEDURES`` is the one table from which the form check, the demand, the routing and the documents read.
"""

from difflib import get_close_matches

from shinsei.domain.catalogue.model import (
    AttachmentProfile,
    CoreSystem,
    Group,
    Level,
    MonthShape,
    Procedure,
    SeasonProfile,
    Signature,
)
from shinsei.domain.catalogue.table import PROCEDURES
from shinsei.domain.errors import InvalidInputError

__all__ = [
    "MUNICIPAL",
    "PREFECTURAL",
    "PROCEDURES",
    "AttachmentProfile",
    "CoreSystem",
    "Group",
    "Level",
    "MonthShape",
    "Procedure",
    "SeasonProfile",
    "Signature",
    "procedure",
    "procedure_by_key",
]

MUNICIPAL = tuple(item for item in PROCEDURES if item.level is Level.MUNICIPAL)
"""The 27 that municipalities receive."""
PREFECTURAL = tuple(item for item in PROCEDURES if item.level is Level.PREFECTURAL)
"""The 4 vehicle procedures."""

_BY_KEY = {item.key: item for item in PROCEDURES}


def procedure(number: int) -> Procedure:
    """The procedure with this number.

    Raises:
        InvalidInputError: there is none.
    """
    if not 1 <= number <= len(PROCEDURES):
        raise InvalidInputError("procedure", f"{number} is not in the catalogue (1 to {len(PROCEDURES)})")
    return PROCEDURES[number - 1]


def procedure_by_key(key: str) -> Procedure:
    """The procedure with this key, or with this number written as text.

    Raises:
        InvalidInputError: there is none; the text names the nearest.
    """
    if key.isascii() and key.isdigit():
        return procedure(int(key))
    if key in _BY_KEY:
        return _BY_KEY[key]
    near = get_close_matches(key, _BY_KEY, n=1)
    hint = f" (did you mean {near[0]!r}?)" if near else "; shinsei procedures lists them"
    raise InvalidInputError("procedure", f"{key!r} is not in the catalogue{hint}")
