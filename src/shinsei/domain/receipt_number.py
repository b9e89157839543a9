"""Receipt numbers (受付番号): 16 digits that the portal gives, the last one a check digit.

The real numbers' make-up is not published; the check digit (Luhn) is there so that a mistyped number is
noticed before it is looked for. Whoever has a number may look at its case and withdraw it, so numbers are handed out
scattered: from one, nobody can tell another.
"""

from functools import lru_cache
from hashlib import blake2b

from shinsei.domain.errors import InvalidInputError

RECEIPT_DIGITS = 16
FIRST_ORDINAL: int = 10 ** (RECEIPT_DIGITS - 2)
"""Smallest ordinal whose number needs no leading zero."""
_HALF = 30_000_000
"""Its square is how many ordinals there are."""
_ROUNDS = 6
_DOUBLED = str.maketrans("0123456789", "0246813579")
"""The digits of each doubled digit, summed."""


def receipt_number(ordinal: int) -> str:
    """The receipt number of an ordinal of 15 digits."""
    body = str(ordinal)
    if len(body) != RECEIPT_DIGITS - 1:
        raise InvalidInputError("ordinal", f"{ordinal} does not have {RECEIPT_DIGITS - 1} digits")
    return body + str(-_luhn_sum(body + "0") % 10)


def scattered(ordinal: int, key: bytes) -> int:
    """Another ordinal for each ordinal, one to one, which nobody can tell without the key (a Feistel network)."""
    left, right = divmod(ordinal - FIRST_ORDINAL, _HALF)
    for keyed in _turns(key):
        turn = keyed.copy()
        turn.update(right.to_bytes(4, "big"))
        left, right = right, (left + int.from_bytes(turn.digest(), "big")) % _HALF
    return FIRST_ORDINAL + left * _HALF + right


@lru_cache(maxsize=16)
def _turns(key: bytes) -> "tuple[blake2b, ...]":
    """The turns of the network with the key already in them."""
    return tuple(blake2b(digest_size=8, key=key, salt=bytes([turn])) for turn in range(_ROUNDS))


def validate_receipt_number(number: str) -> str:
    """The number itself, if it can be one.

    Raises:
        InvalidInputError: it is not 16 digits, or its check digit is wrong.
    """
    if len(number) != RECEIPT_DIGITS or not (number.isascii() and number.isdigit()):
        raise InvalidInputError("receipt number", f"{number!r} is not {RECEIPT_DIGITS} digits")
    if _luhn_sum(number) % 10:
        raise InvalidInputError("receipt number", f"{number!r} has a wrong digit (its check digit does not fit)")
    return number


def _luhn_sum(digits: str) -> int:
    """Sum of the digits, every second one from the right doubled, with the digits of the doubles summed."""
    return sum(map(int, digits[::-2])) + sum(map(int, digits[-2::-2].translate(_DOUBLED)))
