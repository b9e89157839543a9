import pytest
from tests.unit.loadtest.test_books import a_tick

from shinsei.loadtest.books import Books
from shinsei.loadtest.series import oldest_by_second, series_csv


def test_the_oldest_case_of_every_second_is_what_the_books_say_of_it() -> None:
    books = Books(100.0)
    for at in range(100, 130):
        accepted = (at * 7) % 5
        books.take(a_tick(float(at), offered=accepted, accepted=accepted))
        for _ in range((at * 3) % 4):
            books.saw("registered", at + 0.5)
    assert oldest_by_second(books) == pytest.approx(
        {at: books.oldest_s(at + 0.999) for at in range(100, 130)}, abs=0.01
    )
    assert len(series_csv(books).splitlines()) == 31
