"""What was sent twice counts once, also where both copies are read together."""

from app_mgmt.handlers.values import Arrival, once_each


def test_of_two_copies_in_one_stretch_the_first_counts() -> None:
    stretch = [Arrival(number=number, delivered=None, body=body) for number, body in ((1, "a"), (2, "b"), (1, "again"))]
    assert [arrival.body for arrival in once_each(stretch, {1, 2})] == ["a", "b"]
    assert [arrival.body for arrival in once_each(stretch, {2})] == ["b"]
