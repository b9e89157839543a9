"""Services in one process, on parts in memory, in virtual time, under a seeded scheduler.

``loop`` is the event loop, ``world`` what happens to whom, ``postgres``, ``kafka`` and ``network`` are the client
libraries as the runtime uses them. A story is the same each time for the same seed.
"""

from shinsei.testing.simulated.fates import Fate, Mischief
from shinsei.testing.simulated.loop import Process, VirtualLoop
from shinsei.testing.simulated.world import Node, World

__all__ = ["Fate", "Mischief", "Node", "Process", "VirtualLoop", "World"]
