"""Keyed randomness: a draw is a hash of (seed, subject, purpose, n), never the next of a stream.

The subject is a case id, a robot-hour, a batch run or a clerk-day and is equal in all twin cities, so
twins meet the same fates whatever the order of arrival or the speed (common random numbers).
"""

from functools import lru_cache
from hashlib import blake2b
from struct import Struct
from typing import Final

KEPT = 1 << 13
"""Answers that a kept function remembers: more than what is filed on the busiest day of a city of 200,000. Twins go
through a day one after the other, so all but the first find what they ask for."""

_MANTISSA = 1 << 53
_hash: Final = blake2b
"""Of 64 bytes where nothing else is said."""
_number: Final = int.from_bytes
_EIGHT: Final = Struct(">8d").unpack
_FRACTIONS: Final = _number(bytes.fromhex("000fffffffffffff" * 8), "big")
_ONES: Final = _number(bytes.fromhex("3ff0000000000001" * 8), "big")


def draw(seed: int, subject: str, purpose: str, n: int = 0) -> float:
    """A number in the open interval (0, 1) that depends on the four keys alone."""
    key = f"{seed}\x1f{subject}\x1f{purpose}\x1f{n}".encode()
    number = int.from_bytes(blake2b(key, digest_size=8).digest(), "big") >> 11
    return (number + 0.5) / _MANTISSA


@lru_cache(maxsize=KEPT)
def kept_draw(seed: int, subject: str, purpose: str, n: int = 0) -> float:
    """The same number, for what each twin of a season asks about a case on the same day."""
    return draw(seed, subject, purpose, n)


@lru_cache(maxsize=KEPT)
def draw_block(seed: int, subject: str, purpose: str, n: int = 0) -> tuple[float, ...]:
    """Eight independent numbers in (0, 1) for the price of one hash: the ``n``-th block of these keys.

    52 bits of each eighth of the digest become the fraction of a float in [1, 2); the last bit is set, so that 0 is
    never drawn.
    """
    digest: bytes = _hash(f"{seed}\x1f{subject}\x1f{purpose}\x1f{n}\x1fblock".encode()).digest()
    bits = _number(digest, "big") & _FRACTIONS | _ONES
    numbers: tuple[float, ...] = _EIGHT(bits.to_bytes(64, "big"))
    return tuple([number - 1.0 for number in numbers])
