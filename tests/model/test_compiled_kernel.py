"""The compiled kernel decides what the sources decide: every trace, all books and all reactions of small seasons.

Compiling takes a minute, so this is for ``make test-long``; which kernel runs when is in ``tests/unit/test_kernel.py``.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from shinsei.kernel import CHOICE, COMPILED, PURE
from shinsei.testing.seasons import SMALL

REPO = Path(__file__).resolve().parents[2]
SEASONS = sorted(set(SMALL) - {"nationwide"})

PLAN = """
import sys
from hashlib import sha256
from pathlib import Path

from shinsei import kernel

kernel.choose(Path(sys.argv[1]))
from shinsei.domain.plan import run_all
from shinsei.domain.trace import trace_hash
from shinsei.scenario import load
from shinsei.testing.seasons import SMALL

print(kernel.kernel())
for name in sys.argv[2:]:
    scenario = load(name, SMALL[name])
    watched = scenario.compared_procedures if scenario.until_clear else ()
    runs = run_all(scenario.run_specs("run"), until_clear_of=watched)
    trace = trace_hash(line for run in runs for line in run.lines(scenario.end))
    books = sha256(repr([(run.report(), run.reactions) for run in runs]).encode()).hexdigest()
    print(name, trace, books)
"""


def planned(folder: Path, choice: str) -> list[str]:
    """Which kernel ran, then what each season left behind on it."""
    command = [sys.executable, "-c", PLAN, str(folder), *SEASONS]
    with pytest.MonkeyPatch.context() as context:
        context.setenv(CHOICE, choice)
        done = subprocess.run(command, cwd=REPO, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_what_is_compiled_decides_what_the_sources_decide(tmp_path: Path) -> None:
    folder = tmp_path / "kernel"
    command = [sys.executable, "deploy/local/compile_kernel.py", str(folder)]
    made = subprocess.run(command, cwd=REPO, text=True, capture_output=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    (compiled, *there), (pure, *here) = planned(folder, COMPILED), planned(folder, PURE)
    assert (compiled, pure) == (COMPILED, PURE)
    assert there == here
    assert len(here) == len(SEASONS)
