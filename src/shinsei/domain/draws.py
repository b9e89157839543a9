"""Keyed randomness: a draw is a hash of (seed, subject, purpose, n), never the next of a stream.

The subject is a case id, a robot-hour, a batch run or a clerk-day and is equal in all twin cities, so
twins meet the same fates whatever the order of arrival or the speed (common random numbers).
"""

from hashlib import blake2b

_MANTISSA = 1 << 53


def draw(seed: int, subject: str, purpose: str, n: int = 0) -> float:
    """A number in the open interval (0, 1) that depends on the four keys alone."""
    key = f"{seed}\x1f{subject}\x1f{purpose}\x1f{n}".encode()
    number = int.from_bytes(blake2b(key, digest_size=8).digest(), "big") >> 11
    return (number + 0.5) / _MANTISSA
