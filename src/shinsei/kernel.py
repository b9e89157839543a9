"""Which kernel this process runs: the sources as they stand, or the same compiled to machine code (``make kernel``).

What was compiled lies outside the sources, beside a stamp of the sources and the Python that it was made of and for.
It is used only while that stamp is right, so an edit is never passed over, and all of it or nothing.
``SHINSEI_KERNEL=pure`` keeps to the sources.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from importlib import import_module
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

CHOICE = "SHINSEI_KERNEL"
PURE = "pure"
COMPILED = "compiled"

MODULES = (
    "applicant_kind",
    "business_calendar",
    "draws",
    "identification",
    "intake",
    "lifecycle",
    "linkage.batch_import",
    "linkage.case",
    "linkage.floor",
    "linkage.route",
    "linkage.rpa",
    "linkage.screen_import",
    "linkage.standard_api",
    "linkage.task",
    "linkage.times",
    "linkage.transcription",
    "office.agenda",
    "office.backlog",
    "office.books",
    "office.clerks",
    "office.corrections",
    "office.doubles",
    "office.events",
    "office.floor",
    "office.hours",
    "office.office",
    "office.page",
    "office.paper",
    "office.planned",
    "office.presence",
    "office.seats",
    "office.undoing",
    "office.workforce",
    "office.wrong_records",
    "plan",
    "policy",
    "polling",
    "simtime",
)
"""What is compiled, below ``shinsei.domain``."""
GROUP = "shinsei_kernel"
"""All of them in one library, that calls between them are calls of C."""
DOMAIN = Path(__file__).resolve().parent / "domain"
FOLDER = DOMAIN.parents[2] / "build" / "kernel"
STAMP = "stamp"

_MAIN = "shinsei.domain.office.office"


class CompiledModules:
    """Finds the compiled modules in a folder, before Python looks for their sources."""

    def __init__(self, folder: Path) -> None:
        suffix = EXTENSION_SUFFIXES[0]
        self._files: Mapping[str, Path] = {f"{GROUP}__mypyc": folder / f"{GROUP}__mypyc{suffix}"} | {
            f"shinsei.domain.{name}": folder.joinpath("shinsei", "domain", *name.split(".")).with_suffix(suffix)
            for name in MODULES
        }

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The place of a compiled module; None for every other."""
        file = self._files.get(name)
        return None if file is None else spec_from_file_location(name, file)


def stamp_of(domain: Path = DOMAIN, python: str = sys.version) -> str:
    """Of all sources of the domain and of the Python: whatever is compiled may have taken in what it imports."""
    digest = blake2b(f"{python} {EXTENSION_SUFFIXES[0]} {MODULES}".encode(), digest_size=16)
    for path in sorted(domain.rglob("*.py")):
        source = path.read_bytes()
        digest.update(f"\0{path.relative_to(domain).as_posix()} {len(source)}\0".encode() + source)
    return digest.hexdigest()


def usable(folder: Path, domain: Path = DOMAIN) -> bool:
    """Whether what was compiled into a folder is of these very sources and for this Python."""
    stamp = folder / STAMP
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == stamp_of(domain)


def choose(folder: Path = FOLDER) -> None:
    """Has Python import what was compiled, where that may be used; called before anything of the domain is imported."""
    if os.environ.get(CHOICE) != PURE and usable(folder):
        sys.meta_path.insert(0, CompiledModules(folder))


def kernel() -> str:
    """Which one this process runs: ``compiled`` or ``pure``."""
    return PURE if str(import_module(_MAIN).__file__).endswith(".py") else COMPILED
