"""How often a process looks for objects that hold each other: a service, or a generator of load.

What a service makes of a batch goes when nobody refers to it any more. By Python's own setting (700 objects more than
went) a batch is looked through several times while it is worked on, and nothing is found: a tenth of the time of the
services (``docs/performance.md``).
"""

import gc

YOUNG = 20_000
"""Objects more than went since the last look; a batch makes some thousands, and leaves none."""


def search_rarely() -> None:
    """Look rarely from now on, and never at what is there already: modules, which stay as long as the process."""
    gc.freeze()
    gc.set_threshold(YOUNG)
