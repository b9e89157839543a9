"""Planning without the search for reference cycles, and the one search at its end."""

import gc
import weakref

from shinsei.planning.uncollected import uncollected


class Knot:
    """Refers to itself, so that only a search finds it."""

    def __init__(self) -> None:
        self.itself = self


def test_what_a_season_leaves_behind_is_searched_for_once_at_its_end() -> None:
    with uncollected():
        assert not gc.isenabled()
        left = weakref.ref(Knot())
        assert left() is not None
    assert left() is None
    assert gc.isenabled()


def test_what_was_there_before_is_left_alone_meanwhile_and_not_for_good() -> None:
    """All that is imported: some hundred thousand objects, looked at fifty times in fifty seasons."""
    gc.unfreeze()  # what was collected of the tests
    try:
        with uncollected():
            assert gc.get_freeze_count() > 1_000
        assert gc.get_freeze_count() == 0
    finally:
        gc.freeze()


def test_what_somebody_has_frozen_for_good_stays_so() -> None:
    frozen = gc.get_freeze_count()
    assert frozen > 0, "what was collected of the tests"
    with uncollected():
        assert 0 < gc.get_freeze_count() <= frozen, "nothing is added, though one or the other may end"
    assert 0 < gc.get_freeze_count() <= frozen


def test_a_search_that_was_switched_off_stays_so() -> None:
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
