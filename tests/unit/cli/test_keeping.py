"""The offer to leave the stack up: made at a terminal alone, and only where no flag has answered it."""

import io
import os
import pty
from collections.abc import Iterator

import pytest
from rich.console import Console

from shinsei.cli.season import _wants_to_keep

END_OF_INPUT = b"\x04"


class Terminal:
    """A terminal with a person at it, who types ahead."""

    def __init__(self) -> None:
        self.person, self.side = pty.openpty()
        self.stdin = os.fdopen(self.side, "r")

    def type(self, text: bytes) -> None:
        """What the person types."""
        os.write(self.person, text)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    made = Terminal()
    monkeypatch.setattr("sys.stdin", made.stdin)
    yield made
    made.stdin.close()
    os.close(made.person)


def screen(*, terminal: bool = True) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal)


@pytest.mark.parametrize(
    ("typed", "stays"), [(b"y\n", True), (b"n\n", False), (b"\n", False), (END_OF_INPUT, False)], ids=repr
)
def test_a_person_at_a_terminal_is_asked(terminal: Terminal, typed: bytes, *, stays: bool) -> None:
    terminal.type(typed)
    assert _wants_to_keep(screen(), keep=None) is stays


@pytest.mark.parametrize("keep", [True, False])
def test_who_has_said_so_is_not_asked(terminal: Terminal, *, keep: bool) -> None:
    terminal.type(b"n\n" if keep else b"y\n")
    assert _wants_to_keep(screen(), keep=keep) is keep
    assert terminal.stdin.readline() in ("n\n", "y\n"), "nothing was read"


def test_output_that_goes_elsewhere_asks_nobody(terminal: Terminal) -> None:
    terminal.type(b"y\n")
    assert not _wants_to_keep(screen(terminal=False), keep=None)


def test_input_that_is_no_terminal_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert not _wants_to_keep(screen(), keep=None)
