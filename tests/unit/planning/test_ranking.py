"""The recommendation: the day first, then the hours, then the money."""

import pytest

from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.simtime import DAY_MS
from shinsei.planning.ranking import Values, best, what_pays


def values(day: float | None, hours: float, yen: float = 1.0, left: float = 0) -> Values:
    at = None if day is None else day * DAY_MS
    return {"cleared_at": at, "staff_hours": hours, "cost_yen": yen, "backlog_at_end": left}


@pytest.mark.parametrize(
    ("methods", "first"),
    [
        ([values(10, 100), values(9, 500)], 1),
        ([values(9.1, 100), values(9.2, 90)], 1),
        ([values(9, 100, 3.0), values(9, 97, 4.0)], 0),
        ([values(None, 10), values(30, 900)], 1),
        ([values(None, 10, left=5), values(None, 90, left=2)], 1),
    ],
    ids=[
        "the earlier day",
        "fewer hours on the same day",
        "less money for about the same hours",
        "not through",
        "left",
    ],
)
def test_the_recommended_method_is(methods: list[Values], first: int) -> None:
    assert best(methods, list(range(len(methods)))) == first


@pytest.mark.parametrize(
    ("costs", "pays"),
    [
        ({"TRANSCRIPTION": 100, "RPA": 94}, "RPA"),
        ({"TRANSCRIPTION": 100, "RPA": 96}, "TRANSCRIPTION"),
        ({"TRANSCRIPTION": 100, "RPA": 300, "BATCH_IMPORT": 80}, "BATCH_IMPORT"),
        ({"RPA": 300, "BATCH_IMPORT": 299}, "BATCH_IMPORT"),
    ],
    ids=["cheaper", "about the same as transcription", "the cheapest", "without transcription"],
)
def test_what_pays_is(costs: dict[str, float], pays: str) -> None:
    assert what_pays({LinkageMethod(name): cost for name, cost in costs.items()}) is LinkageMethod(pays)


def test_nothing_is_recommended_of_nothing() -> None:
    assert best([], []) is None
