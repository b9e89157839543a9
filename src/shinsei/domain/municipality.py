"""Municipality codes (全国地方公共団体コード) and what their level of government may receive.

Six digits: two for the prefecture, three for the body, one check digit (JIS X 0402, modulus 11). Invented
cities use prefectures 48 to 99, which are not assigned, so that no number here can be read as a statement
about a real place.
"""

from functools import lru_cache

from shinsei.domain.catalogue import Level, Procedure
from shinsei.domain.errors import InvalidInputError

_WEIGHTS = (6, 5, 4, 3, 2)
_CODE_LENGTH = 6
_LAST_ASSIGNED_PREFECTURE = 47


@lru_cache(maxsize=4_096)
def check_digit(first5: str) -> str:
    """The sixth digit of a code: the last digit of 11 minus the weighted sum modulo 11."""
    if len(first5) != _CODE_LENGTH - 1 or not (first5.isascii() and first5.isdigit()):
        raise InvalidInputError("municipality", f"{first5!r} is not five digits")
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first5, strict=True))
    return str((11 - total % 11) % 10)


def with_check_digit(first5: str) -> str:
    """The full code of five digits."""
    return first5 + check_digit(first5)


def validate_code(code: str) -> str:
    """The code itself, if it is six digits, has a prefecture and the right check digit.

    Raises:
        InvalidInputError: it is not; the text names the digit that was expected.
    """
    if len(code) != _CODE_LENGTH or not (code.isascii() and code.isdigit()):
        raise InvalidInputError("municipality", f"{code!r} is not a 6-digit municipality code")
    if code.startswith("00"):
        raise InvalidInputError("municipality", f"{code!r}: there is no prefecture 00")
    expected = check_digit(code[:5])
    if code[5] != expected:
        raise InvalidInputError("municipality", f"{code!r} has check digit {code[5]}, it should be {expected}")
    return code


def prefecture(code: str) -> str:
    """The first two digits: the prefecture, and the group under which municipalities are counted together."""
    return code[:2]


def is_prefecture(code: str) -> bool:
    """Whether the code is a prefecture's (its three middle digits are 0)."""
    return code[2:5] == "000"


def is_invented(code: str) -> bool:
    """Whether the code's prefecture is one of those never assigned (48 to 99)."""
    return int(code[:2]) > _LAST_ASSIGNED_PREFECTURE


def refuse(code: str, procedure: Procedure) -> None:
    """Raise if this body does not receive this procedure; do nothing otherwise.

    Raises:
        InvalidInputError: a vehicle procedure at a municipality, or a municipal one at a prefecture.
    """
    level = Level.PREFECTURAL if is_prefecture(code) else Level.MUNICIPAL
    if procedure.level is level:
        return
    title = f"procedure {procedure.number} ({procedure.name_en})"
    if procedure.level is Level.PREFECTURAL:
        problem = f"{title} goes to a prefecture; {code} is a municipality"
    else:
        problem = f"{title} goes to a municipality; {code} is a prefecture"
    raise InvalidInputError("procedure", problem)
