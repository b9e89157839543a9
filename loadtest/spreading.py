"""Users of each kind for every worker: what arrives is shared out evenly, so that slots have to be as well.

Locust mixes the kinds by their counts and hands users to its workers in turn. With two workers all users of a kind may
come to one of them so, and whatever the other was to do of that kind finds no slot.
"""

from collections.abc import Iterator
from itertools import repeat

from locust.dispatch import UsersDispatcher


class EvenDispatcher(UsersDispatcher):
    """Hands out users of one kind to one worker after the other before it comes to the next kind."""

    def _user_gen(self) -> Iterator[str | None]:
        """Rounds of all workers, kinds mixed by their counts; then what is left of each."""
        workers = len(self._worker_nodes)
        while True:
            if not self._try_dispatch_fixed:
                yield None
                continue
            self._try_dispatch_fixed = False
            missing = {
                kind.__name__: max(0, kind.fixed_count - self._get_user_current_count(kind.__name__))
                for kind in self._user_classes
            }
            rounds = {name: count // workers for name, count in missing.items()}
            # Where fewer users are wished for than there are, there are some of each kind.
            order = sorted(((n + 0.5) / rounds[name], name) for name in rounds for n in range(rounds[name]))
            for _, name in order:
                yield from repeat(name, workers)
            for name, count in missing.items():
                yield from repeat(name, count % workers)
