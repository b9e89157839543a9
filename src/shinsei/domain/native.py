"""What the compiler of the kernel is told about a class (``docs/performance.md``); the sources do without it.

The compiler reads the name as that of the library which comes with it, and needs it at compiling only.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

__all__ = ["mypyc_attr"]

if TYPE_CHECKING:
    from mypy_extensions import mypyc_attr
else:
    _Class = TypeVar("_Class", bound=type)

    def mypyc_attr(*_: str, **__: object) -> Callable[[_Class], _Class]:
        """Changes nothing."""
        return lambda cls: cls
