"""The functions that the services' statements call: of values, of groups, and those with an effect."""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from hashlib import blake2b
from operator import xor
from types import MappingProxyType
from typing import Any, Final

from shinsei.testing.sql.evaluation import Call, Env, Expression

_HALF: Final = 1 << 63


def hash_text(text: str, seed: int) -> int:
    """A signed 64-bit hash; only ever compared with others of its kind, so it need not be the server's own."""
    digest = blake2b(f"{seed}/{text}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") - _HALF


def _known(values: Sequence[Any]) -> list[Any]:
    return [value for value in values if value is not None]


def _greatest(*values: Any) -> Any:
    return max(_known(values), default=None)


def _least(*values: Any) -> Any:
    return min(_known(values), default=None)


def _coalesce(*values: Any) -> Any:
    return next(iter(_known(values)), None)


VALUES: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType(
    {
        "coalesce": _coalesce,
        "greatest": _greatest,
        "least": _least,
        "nullif": lambda value, empty: None if value == empty else value,
        "left": lambda text, count: None if text is None else text[:count],
        "hashtextextended": hash_text,
    }
)
"""By name: what depends on its arguments alone."""

GROUPS: Final[Mapping[str, Callable[[list[Any]], Any]]] = MappingProxyType(
    {
        "count": len,
        "min": lambda values: min(values, default=None),
        "max": lambda values: max(values, default=None),
        "sum": lambda values: sum(values) if values else None,
        "bit_xor": lambda values: reduce(xor, values) if values else None,
    }
)
"""By name: what looks at the known values of a whole group."""

EFFECTS: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType(
    {
        "nextval": lambda call, name: call.transaction.database.next_value(name),
        "now": lambda call: call.transaction.database.now(),
        "pg_advisory_xact_lock": lambda call, key: call.transaction.lock_advisory(key),
        "pg_try_advisory_lock": lambda call, key: call.transaction.session.try_advisory(key),
        "pg_notify": lambda call, channel, payload: call.transaction.notices.append((channel, payload)),
    }
)
"""By name: what does something, with the call before its arguments."""


def aggregate(name: str, inner: Expression | None) -> Expression:
    """A function of a group; without an inner expression it counts rows."""
    apply = GROUPS[name]

    def calculate(call: Call, _: Env) -> Any:
        if inner is None:
            return len(call.group)
        return apply(_known([inner(call, env) for env in call.group]))

    return calculate


def function(name: str, inner: Sequence[Expression]) -> Expression:
    """A function of values, or one with an effect."""
    if name in EFFECTS:
        effect = EFFECTS[name]
        return lambda call, env: effect(call, *(one(call, env) for one in inner))
    apply = VALUES[name]
    return lambda call, env: apply(*(one(call, env) for one in inner))
