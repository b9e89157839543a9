"""A process that is started before its time: it imports what it needs, and then holds until it is let go.

Whoever starts it knows when what it stands on is ready; so nothing has to be tried again and again until then.
"""

import os
from typing import Final

VARIABLE: Final = "SHINSEI_HELD"
"""The number of an open file from which the word comes."""


def hold() -> None:
    """Return when this process is let go; where nobody holds it, at once.

    Raises:
        SystemExit: whoever held it has gone without a word.
    """
    descriptor = os.environ.pop(VARIABLE, "")
    if descriptor:
        with open(int(descriptor), "rb", buffering=0) as held:  # noqa: PTH123 - an open file has no path
            if not held.read(1):
                raise SystemExit(1)
