"""The documentation, and its code as modules: ``docs`` is no package."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

Load = Callable[[str], ModuleType]


@pytest.fixture(scope="session")
def repo() -> Path:
    """The root of the checkout."""
    return Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def load_code(repo: Path) -> Iterator[Load]:
    """Loads a Python file below ``docs``."""

    def load(name: str) -> ModuleType:
        path = repo / "docs" / name
        spec = importlib.util.spec_from_file_location(f"docs_{path.stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return module

    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(repo / "docs")  # as Python does for the script
        yield load
