"""Shares of one whole, such as the parts of the filing curve: where one moves, the others give way in proportion."""

import re
from collections.abc import Iterable, Mapping

_WHOLES = (
    re.compile(r"demand\.(mailing_wave|flat|deadline)_share"),
    re.compile(r"demand\.waves\[\d+\]\.share"),
    re.compile(r"doubles\.found_by_\w+"),
    re.compile(r"methods\.screen_import\.exceptions\[\d+\]\.share"),
)
"""Those of the first two sum to 1; what the others leave of it gives way with them."""


def others_of(path: str, shares: Mapping[str, str]) -> tuple[tuple[str, float], ...]:
    """Path and value of the other shares of the whole that a parameter is part of; none of a parameter by itself."""
    whole = next((each for each in _WHOLES if each.fullmatch(path)), None)
    if whole is None:
        return ()
    found = tuple((other, float(value)) for other, value in shares.items() if other != path and whole.fullmatch(other))
    return found if any(share for _, share in found) else ()


def giving_way(base: float, value: float, others: Iterable[tuple[str, float]]) -> list[tuple[str, str]]:
    """What the others become where one goes from ``base`` to ``value``."""
    return [(path, written(share * (1 - value) / (1 - base))) for path, share in others]


def side_by_side(base: Mapping[str, float], values: Mapping[str, float]) -> list[tuple[str, str]]:
    """What the shares of a whole become where several of them go to values of their own: in proportion to these."""
    total = sum(values.values()) + max(0.0, 1 - sum(base.values()))
    return [(path, written(value / total)) for path, value in values.items()]


def written(share: float) -> str:
    """Exact enough for the sum."""
    return f"{share:.12g}"
