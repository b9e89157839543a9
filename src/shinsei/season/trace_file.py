"""The trace of a season as a file: every transition of every online case, in trace order, gzip-compressed.

The bytes that are compressed are those over which the trace hash is taken, so the file can be checked by
``zcat trace.tsv.gz | sha256sum``.
"""

import gzip
from collections.abc import Iterable
from pathlib import Path

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.lifecycle import Action, Status
from shinsei.domain.simtime import SimTime
from shinsei.domain.trace import TraceLine

TRACE = "trace.tsv.gz"
_LEVEL = 1
"""A season has hundreds of thousands of lines; speed counts more than the last tenth."""


def trace_bytes(lines: Iterable[TraceLine]) -> bytes:
    """The file's content; equal traces have equal files."""
    ordered = sorted(lines, key=lambda line: line.sort_key)
    return gzip.compress("".join(line.render() for line in ordered).encode(), _LEVEL, mtime=0)


def read_trace(path: Path) -> list[TraceLine]:
    """The lines of a file.

    Raises:
        InvalidInputError: it is no trace.
    """
    try:
        text = gzip.decompress(path.read_bytes()).decode()
        return [_line(row.split("\t")) for row in text.splitlines()]
    except (OSError, ValueError, EOFError) as error:
        raise InvalidInputError(str(path), f"is no trace ({error})") from error


def _line(cells: list[str]) -> TraceLine:
    submission, at, _rank, n, action, status = cells
    return TraceLine(
        submission_id=submission, at=SimTime(int(at)), action=Action(action), status=Status(status), n=int(n)
    )
