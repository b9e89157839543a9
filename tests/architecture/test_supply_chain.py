"""What comes from outside is known and pinned; nothing that comes in is ever run."""

import ast
import json
import re
import tomllib
from hashlib import sha256
from importlib.metadata import files, metadata
from pathlib import Path

import pytest
from tests.architecture.test_lock import LOCKS

pytestmark = pytest.mark.slow

FORBIDDEN = {"pickle", "cPickle", "dill", "cloudpickle", "jsonpickle", "marshal", "shelve", "telnetlib", "xml"}
"""What runs what it reads, or opens what it is told to. XML is not parsed here at all."""
RUNS_TEXT = {"eval", "exec", "compile", "__import__"}
UNSAFE = re.compile(r"noqa:[^\n]*\bS(301|302|307|506|602|604|605|609|701)\b")
"""Pickle, marshal, eval, a shell: no exception is made."""
PERMISSIVE = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation|MPL|Mozilla|Unlicense|Public Domain|zlib|ZPL|Zope|0BSD|CC0",
    re.IGNORECASE,
)


def imported(tree: ast.AST) -> set[str]:
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in names}


def called(tree: ast.AST) -> set[str]:
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {function.id for function in calls if isinstance(function, ast.Name)}


@pytest.fixture(scope="module")
def trees(product_files: list[Path], repo: Path) -> dict[str, ast.AST]:
    return {str(path.relative_to(repo)): ast.parse(path.read_bytes()) for path in product_files}


def test_nothing_that_comes_in_is_run(trees: dict[str, ast.AST]) -> None:
    assert not {path: found for path, tree in trees.items() if (found := imported(tree) & FORBIDDEN)}
    assert not {path: found for path, tree in trees.items() if (found := called(tree) & RUNS_TEXT)}


def test_no_process_is_started_by_a_shell(trees: dict[str, ast.AST]) -> None:
    shells = [
        path
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg == "shell" and ast.unparse(node.value) != "False"
    ]
    assert not shells
    assert not [path for path, tree in trees.items() if "create_subprocess_shell" in ast.dump(tree)]


def test_the_linter_looks_for_what_is_unsafe_and_no_exception_is_made(product_files: list[Path], repo: Path) -> None:
    lint = tomllib.loads((repo / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    assert lint["select"] == ["ALL"]
    assert [rule for rule in lint["ignore"] if rule.startswith("S")] == ["S101"]
    seeded = (
        "simulation/",
        "src/shinsei/testing/simulated/",
    )  # chance that is repeated, not kept from anybody
    product = {
        pattern: rules
        for pattern, rules in lint["per-file-ignores"].items()
        if not pattern.startswith(("tests", *seeded))
    }
    assert {rule for one in seeded for rule in lint["per-file-ignores"][f"{one}**"] if rule.startswith("S")} == {"S311"}
    assert {rule for rules in product.values() for rule in rules if rule.startswith("S")} == {"S603", "S607"}
    assert not [str(path) for path in product_files if UNSAFE.search(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("lock", [lock for lock in LOCKS if not lock.startswith("deploy/k8s")])
def test_every_package_that_is_pinned_states_a_permissive_licence(lock: str, repo: Path) -> None:
    assert unpermitted(repo / lock) == {}


def test_what_is_vendored_is_what_is_stated_and_nothing_else(repo: Path) -> None:
    folder = repo / "src" / "shinsei" / "room" / "page" / "vendor"
    stated = json.loads((folder / "vendored.json").read_text("utf-8"))
    hashes = {name: digest for one in stated for name, digest in one["sha256"].items()}
    found = {file.name: sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}
    del found["vendored.json"]
    assert found == hashes
    assert [one["name"] for one in stated if not PERMISSIVE.search(one["licence"])] == []
    for one in stated:
        assert any(f"v{one['version']}" in (folder / name).read_text("utf-8")[:200] for name in one["sha256"])


def unpermitted(lock: Path) -> dict[str, str]:
    """What packages of a lock state that is no permissive licence; all of them have to be installed."""
    stated = {name: _licence(name) for name in re.findall(r"^([\w.-]+)==", lock.read_text("utf-8"), re.MULTILINE)}
    assert stated
    return {name: text for name, text in stated.items() if not PERMISSIVE.search(text) or "GPL" in text}


def _licence(name: str) -> str:
    found = metadata(name)
    classifiers = [line for line in found.get_all("Classifier") or [] if line.startswith("License ::")]
    stated = [*(found.get_all("License-Expression") or []), *classifiers, (found["License"] or "")[:200]]
    # Some state it in a file alone.
    texts = [file.read_text()[:200] for file in files(name) or () if file.stem.upper() in {"LICENSE", "LICENCE"}]
    return " ".join(filter(None, stated)) or " ".join(texts)
