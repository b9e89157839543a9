"""Progress of long work: a bar at a terminal, a plain line now and then elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

_LINES = 10
"""Plain lines over the whole work."""

Report = Callable[[int], None]
"""Told how much is done."""


@contextmanager
def progress(screen: "Console", what: str, total: int) -> Iterator[Report]:
    """Shows how far ``what`` has come of ``total``."""
    if not screen.is_terminal:
        yield _plain(screen, what, total)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


def _plain(screen: "Console", what: str, total: int) -> Report:
    step = max(1, -(-total // _LINES))
    told = 0

    def report(done: int) -> None:
        nonlocal told
        if done // step > told or done == total:
            told = done // step
            screen.print(f"{what} {done:,} of {total:,}")

    return report
