"""Planning without the search for reference cycles: it would walk over every living case again and again.

What a season leaves behind goes when nobody refers to it any more, but for a few thousand objects, which are searched
for once at the end, among what came since the beginning: whatever was there before (all that is imported) is left
alone. So the search costs a quarter of the time and saves no memory (``docs/performance.md``).
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for cycles within; one at the end."""
    was_enabled, is_frozen = gc.isenabled(), gc.get_freeze_count() > 0
    gc.disable()
    if not is_frozen:  # else somebody has done so for the whole process
        gc.freeze()
    try:
        yield
    finally:
        gc.collect()
        if not is_frozen:
            gc.unfreeze()
        if was_enabled:
            gc.enable()
