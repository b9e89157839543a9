"""Compiles the kernel with mypyc: ``make kernel``. Needs a C compiler and Python's headers, and says so without them.

What is made stands in ``build/kernel`` and is used from the next command on, until a source of the domain changes.
"""

import os
import shlex
import shutil
import sys
import sysconfig
from collections.abc import Sequence
from contextlib import redirect_stdout
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from shinsei.kernel import DOMAIN, FOLDER, GROUP, MODULES, STAMP, stamp_of, usable

SOURCES = DOMAIN.parents[1]


def missing() -> str | None:
    """What this machine lacks to compile; None for nothing."""
    if find_spec("mypyc") is None or find_spec("setuptools") is None:
        return "mypyc and setuptools (pip install 'shinsei[dev]')"
    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")[0]
    if shutil.which(compiler) is None:
        return f"a C compiler ({compiler})"
    if not Path(sysconfig.get_path("include"), "Python.h").is_file():
        return "the headers of Python (Python.h)"
    return None


def compile_into(folder: Path) -> None:
    """Compiles the sources as they stand, and puts what came of it into the folder in one step."""
    from mypyc.build import mypycify
    from setuptools import Distribution
    from setuptools.command.build_ext import build_ext

    folder.parent.mkdir(parents=True, exist_ok=True)
    stamp = stamp_of()
    os.chdir(SOURCES)  # mypyc names modules by their paths
    with TemporaryDirectory(dir=folder.parent, prefix="kernel-") as place:
        work, made = Path(place, "work"), Path(place, "made")
        options = ["--config-file=", f"--cache-dir={work / 'cache'}", "--ignore-missing-imports"]
        paths = [f"shinsei/domain/{name.replace('.', '/')}.py" for name in MODULES]
        with redirect_stdout(StringIO()):  # hints; errors end the program with a message of their own
            extensions = mypycify(
                [*options, *paths], opt_level="2", debug_level="0", target_dir=str(work), group_name=GROUP
            )
        command = build_ext(Distribution({"name": GROUP, "ext_modules": extensions}))
        command.build_lib, command.build_temp = str(made), str(work / "objects")
        command.ensure_finalized()
        command.run()
        if stamp_of() != stamp:
            sys.exit("kernel: the sources were changed meanwhile; run it again")
        (made / STAMP).write_text(stamp, encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        made.replace(folder)


def main(arguments: Sequence[str]) -> int:
    """Compiles into the folder given, else into the one that is looked into; 1 where something is missing."""
    folder = Path(arguments[0]).resolve() if arguments else FOLDER
    if usable(folder):
        print("kernel: compiled already")
        return 0
    lacks = missing()
    if lacks is not None:
        print(f"kernel: cannot be compiled here for lack of {lacks}; plans run in pure Python", file=sys.stderr)
        return 1
    print("kernel: compiling, which takes a minute")
    compile_into(folder)
    print(f"kernel: compiled into {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
