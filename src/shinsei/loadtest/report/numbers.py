"""Figures as the tables of the report show them."""

from typing import Any

from shinsei.season.text import Text


def shares(values: dict[str, Any]) -> tuple[str, ...]:
    """Percentiles as the tables show them."""
    return tuple(number(values[name]) for name in ("p50", "p90", "p99", "p999", "max"))


def measured(values: dict[str, Any]) -> Text | str:
    """Of how many the percentiles are, and of how many that were accepted."""
    count, of = values["count"], values["of"]
    return f"{count:,}" if count == of else Text(f"{count:,} of {of:,}", f"{of:,}件中{count:,}件")


def number(value: float | None) -> str:
    """A figure as the tables show it."""
    return "-" if value is None else f"{value:,.4g}"


def bound(value: float | None, *, is_lower: bool) -> str:
    """A figure that may lie higher, where nothing above it was tried."""
    return f"≥ {number(value)}" if is_lower else number(value)


def count(value: Any) -> str:
    """A whole number in full, anything else as a figure."""
    return f"{value:,}" if isinstance(value, int) else number(value)
