"""Files for the eyes of their owner: a secret is whole or not there, at whatever moment a process ends."""

import os
from pathlib import Path


def keep(file: Path, content: bytes | str) -> None:
    """Put it in the place of what is there."""
    new = file.with_name(f"{file.name}.new")
    data = content.encode() if isinstance(content, str) else content
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
        opened.write(data)
    new.replace(file)


def is_kept(file: Path) -> bool:
    """Whether something is there; an empty file is one that an earlier version did not come to write."""
    return file.is_file() and file.stat().st_size > 0
