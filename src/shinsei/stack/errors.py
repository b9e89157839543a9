"""What can keep the local stack from standing: each is one line that says what to do."""

from pathlib import Path

from shinsei.domain.errors import ShinseiError


class StackError(ShinseiError):
    """The local stack cannot do what was asked; the text says why and what to do."""


class PartFailedError(StackError):
    """A part of the stack did not become ready, or ended before it was."""

    def __init__(self, part: str, problem: str, log: Path) -> None:
        self.part = part
        self.problem = problem
        self.log = log
        super().__init__(f"{part} {problem}; see {log}")
