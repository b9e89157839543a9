"""What a service reads from a row is what its query selects."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SERVICES = ("app_mgmt", "core_systems")
"""Those that read rows beside the name of their query."""


def queries(service: Path) -> dict[str, str]:
    parts = re.split(r"^-- name: (\w+)\n", (service / "queries.sql").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def strings(function: ast.AST, of: str) -> Iterator[str]:
    """Constant keys by which a function subscripts something of this name."""
    for node in ast.walk(function):
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            name = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if name == of and isinstance(node.slice.value, str):
                yield node.slice.value


@pytest.mark.parametrize("name", SERVICES)
def test_every_column_that_is_read_is_selected(name: str, repo: Path) -> None:
    known = queries(repo / "services" / name)
    missing, looked_at = [], 0
    for file in sorted((repo / "services" / name / "outbound").glob("*.py")):
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            used = [known[query] for query in strings(function, "_sql") if query in known]
            looked_at += bool(used)
            missing += [
                f"{file.name}: {function.name} reads {column}"
                for column in strings(function, "row")
                if used and not any(re.search(rf"\b{column}\b|\*", text) for text in used)
            ]
    assert looked_at
    assert not missing
