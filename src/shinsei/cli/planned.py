"""What every kind of plan does around its work: how it was asked for, and where its result goes."""

import shlex
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from shinsei.cli.output import console, print_json, say
from shinsei.domain.errors import InvalidInputError

if TYPE_CHECKING:
    from rich.console import Console

    from shinsei.planning import Study, Wanted
    from shinsei.planning.report.page import PageContext
    from shinsei.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a plan was asked for, beside its scenario."""

    wanted: "Wanted"
    jobs: int
    out: Path
    as_json: bool
    began: float = field(default_factory=time.monotonic)

    @property
    def screen(self) -> "Console":
        """Where people read."""
        return console(stderr=self.as_json)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a plan came to."""

    run_id: str
    scenario: "Scenario"
    summary: dict[str, Any]
    page: str
    studies: "list[tuple[str, Study]]"
    """Replications to write, by the name of their variant."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Further files by their names."""
    tell: Callable[[], None]
    """Prints it for people."""


def check_out(folder: Path) -> None:
    """Whether the folder of results can be written: a plan would be lost otherwise.

    Raises:
        InvalidInputError: it cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=folder).close()
    except OSError as error:
        raise InvalidInputError("--out", f"{folder} cannot be written ({error.strerror})") from None


def finish(asked: Asked, made: Made) -> None:
    """Write the folder, then say what is in it."""
    from shinsei.planning.writing import write_plan
    from shinsei.season.results import REPORT, SUMMARY, Results

    results = Results(asked.out)
    write_plan(
        results,
        made.run_id,
        summary=made.summary,
        page=made.page,
        scenario=made.scenario,
        studies=made.studies,
        files=made.files,
        environment=made.summary["environment"],
    )
    if asked.as_json:
        print_json(made.summary)
    else:
        made.tell()
    folder = results.folder(made.run_id)
    tables = ((Path(name).stem, name) for name in made.files)
    for name, file in (("report", REPORT), ("figures", SUMMARY), *tables):
        say(f"{name:<9} {folder / file}", stderr=asked.as_json)


def context_of(asked: Asked) -> "PageContext":
    """What its page says beside the figures."""
    from shinsei.planning.report.page import PageContext
    from shinsei.season.environment import manifest

    command = shlex.join(["shinsei", *sys.argv[1:]])
    return PageContext(command=command, wall_s=time.monotonic() - asked.began, environment=manifest(command))


def new_run_id(name: str) -> str:
    """Of a plan of this scenario."""
    from shinsei.season import results

    return results.new_run_id(f"{name}-plan", now_ms=time.time_ns() // 1_000_000)
