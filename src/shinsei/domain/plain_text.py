"""What text from outside may hold: what is read has to be what is there.

Characters that nobody sees, or that turn the direction of what follows, make a name read otherwise than it is stored
(``fdp.exe`` for ``exe.pdf``); a NUL no database keeps. Variants of characters (異体字セレクタ) and private ones
(外字) stay: names are written with them.
"""

import re
from typing import Final

_INVISIBLE: Final = (
    "\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufdd0-\ufdef\ufeff\ufff9-\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e007f\U0010fffe\U0010ffff"
)
"""Controls beyond ASCII, formats (Cf), separators of lines and paragraphs, and what is no character at all."""
_DOUBTFUL: Final = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f{_INVISIBLE}]")
_DOUBTFUL_IN_NAME: Final = re.compile(f'[\x00-\x1f{_INVISIBLE}<>:"/\\\\|?*]')
"""Beside those, layout and what separates the parts of a path, on whichever system the file ends up."""
_DEVICE: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""What some systems take for a device, whatever follows the dot."""


def doubtful_character(text: str) -> str:
    """The first character that has no place in a text, as ``U+202E``; empty if there is none."""
    found = _DOUBTFUL.search(text)
    return "" if found is None else f"U+{ord(found.group()):04X}"


def is_plain_file_name(name: str) -> bool:
    """Whether it names a file and nothing else: no path, no device, nothing hidden."""
    if not name or name.startswith((".", " ")) or name.endswith((".", " ")):
        return False
    return _DOUBTFUL_IN_NAME.search(name) is None and _DEVICE.fullmatch(name) is None
