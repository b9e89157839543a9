"""What is installed is whole without the checkout: the scenarios that are shipped go by their names there too."""

import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.builders.wheel import WheelBuilder

pytestmark = pytest.mark.slow

NAMED = """
import sys
sys.path.insert(0, sys.argv[1])
from shinsei import load
from shinsei.scenario.loading import locate
for name in sys.argv[2:]:
    load(name)
    print(locate(name))
"""


def test_shipped_scenarios_are_in_the_wheel_under_their_names(repo: Path, tmp_path: Path) -> None:
    (wheel,) = WheelBuilder(str(repo)).build(directory=str(tmp_path), versions=["standard"])
    installed = tmp_path / "installed"
    ZipFile(wheel).extractall(installed)
    names = sorted(file.stem for file in (repo / "scenarios").glob("*.toml"))
    command = [sys.executable, "-S", "-c", NAMED, str(installed), *names]
    paths = [path for path in sys.path if path.endswith("site-packages")]
    done = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": ":".join(paths)}, text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    home = (installed / "shinsei" / "scenarios").resolve()
    assert done.stdout.split() == [str(home / f"{name}.toml") for name in names]


def test_the_wheel_of_a_checkout_is_the_checkout(repo: Path, tmp_path: Path) -> None:
    """``make setup`` installs it so: a copy of the scenarios beside it would be read in their place."""
    (wheel,) = WheelBuilder(str(repo)).build(directory=str(tmp_path), versions=["editable"])
    named = {name.partition("/")[0] for name in ZipFile(wheel).namelist()}
    version = tomllib.loads((repo / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert named == {"_shinsei.pth", f"shinsei-{version}.dist-info"}
