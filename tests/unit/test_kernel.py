"""What has been compiled runs only while it is of these very sources, for this Python, and nobody wants the sources."""

import ast
import sys
from pathlib import Path

import pytest

from shinsei import kernel
from shinsei.kernel import CHOICE, DOMAIN, MODULES, PURE, STAMP, CompiledModules, choose, stamp_of, usable

DRAWS = "shinsei.domain.draws"


@pytest.fixture
def domain(tmp_path: Path) -> Path:
    folder = tmp_path / "domain"
    (folder / "office").mkdir(parents=True)
    (folder / "draws.py").write_text("SEED = 7\n")
    (folder / "office" / "books.py").write_text("")
    return folder


@pytest.fixture
def compiled(tmp_path: Path) -> Path:
    folder = tmp_path / "kernel"
    folder.mkdir()
    (folder / STAMP).write_text(stamp_of())
    return folder


@pytest.fixture(autouse=True)
def nothing_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CHOICE)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))


def finders() -> list[CompiledModules]:
    return [finder for finder in sys.meta_path if isinstance(finder, CompiledModules)]


def test_an_edit_a_new_source_and_another_python_each_change_the_stamp(domain: Path) -> None:
    stamps = [stamp_of(domain), stamp_of(domain, python="3.14.0")]
    (domain / "draws.py").write_text("SEED = 8\n")
    stamps.append(stamp_of(domain))
    (domain / "office" / "more.py").write_text("")
    stamps.append(stamp_of(domain))
    assert len(set(stamps)) == len(stamps)


def test_a_source_that_moves_its_text_into_another_changes_the_stamp(domain: Path) -> None:
    before = stamp_of(domain)
    (domain / "office" / "books.py").write_text((domain / "draws.py").read_text())
    (domain / "draws.py").write_text("")
    assert stamp_of(domain) != before


def test_what_was_compiled_of_other_sources_is_not_used(compiled: Path, domain: Path) -> None:
    assert usable(compiled)
    assert not usable(compiled, domain)
    (compiled / STAMP).write_text(stamp_of(domain))
    choose(compiled)
    assert not finders()


def test_where_nothing_was_compiled_the_sources_run(tmp_path: Path) -> None:
    choose(tmp_path)
    assert not finders()


def test_what_was_compiled_is_found_before_its_source(compiled: Path) -> None:
    choose(compiled)
    (found,) = finders()
    spec = found.find_spec(DRAWS)
    assert spec is not None
    assert Path(str(spec.origin)).parent == compiled / "shinsei" / "domain"
    assert found.find_spec("shinsei.domain.run") is None


def test_whoever_wants_the_sources_gets_them(compiled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CHOICE, PURE)
    choose(compiled)
    assert not finders()


def test_the_tests_run_the_sources() -> None:
    """They spoil the kernel on purpose and derive from its classes, which what is compiled does not allow."""
    assert kernel.kernel() == PURE


@pytest.mark.parametrize("name", MODULES)
def test_in_a_compiled_module_nothing_but_a_docstring_answers_nothing(name: str) -> None:
    """Mypyc takes such a body for one that is never reached where it should answer something, and crashes in it."""
    tree = ast.parse(DOMAIN.joinpath(*name.split(".")).with_suffix(".py").read_bytes())
    protocols = [
        node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and "Protocol" in map(_name, node.bases)
    ]
    exempt = {id(node) for protocol in protocols for node in ast.walk(protocol)}
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and id(node) not in exempt]
    empty = [node for node in functions if len(node.body) == 1 and isinstance(node.body[0], ast.Expr)]
    assert not [node.name for node in empty if node.returns is not None and ast.unparse(node.returns) != "None"]


def _name(node: ast.expr) -> str:
    return ast.unparse(node)
