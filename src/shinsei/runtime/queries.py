"""SQL as it lies beside a package's modules: whole files, and statements by their names."""

import importlib.resources
import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

_NAME = re.compile(r"^--\s*name:\s*(\w+)\s*$", re.MULTILINE)


@cache
def load_sql(package: str, name: str) -> str:
    """Text of an SQL file beside a package's modules."""
    return importlib.resources.files(package).joinpath(name).read_text(encoding="utf-8")


@cache
def load_queries(package: str, name: str = "queries.sql") -> Mapping[str, str]:
    """Queries of a file by the names in its ``-- name: …`` lines."""
    parts: list[Any] = _NAME.split(load_sql(package, name))
    queries = {key: text.strip().rstrip(";") for key, text in zip(parts[1::2], parts[2::2], strict=True)}
    if len(queries) != len(parts) // 2:
        raise ValueError(f"{package}/{name}: a query name is used twice")
    return MappingProxyType(queries)
