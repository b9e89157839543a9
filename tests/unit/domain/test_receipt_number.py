"""Receipt numbers notice what people mistype."""

from itertools import pairwise

import pytest

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.receipt_number import FIRST_ORDINAL, receipt_number, scattered, validate_receipt_number


def test_a_number_has_16_digits_and_is_valid() -> None:
    for ordinal in (FIRST_ORDINAL, FIRST_ORDINAL + 1, 999_999_999_999_999):
        number = receipt_number(ordinal)
        assert len(number) == 16
        assert validate_receipt_number(number) == number


def test_numbers_of_different_ordinals_differ() -> None:
    assert len({receipt_number(FIRST_ORDINAL + n) for n in range(1000)}) == 1000


def test_any_single_wrong_digit_is_noticed() -> None:
    number = receipt_number(123_456_789_012_345)
    for place in range(16):
        for digit in "0123456789":
            typed = number[:place] + digit + number[place + 1 :]
            if typed != number:
                with pytest.raises(InvalidInputError, match="wrong digit"):
                    validate_receipt_number(typed)


@pytest.mark.parametrize("typed", ["", "123", "１２３４５６７８９０１２３４５６", "12345678901234a6", "1" * 17])
def test_what_is_not_16_digits_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInputError, match="16 digits"):
        validate_receipt_number(typed)


def test_an_ordinal_of_another_length_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="15 digits"):
        receipt_number(1)


def test_from_one_number_no_other_can_be_told() -> None:
    key, count = b"known to the portal", 2_000
    ordinals = [scattered(FIRST_ORDINAL + n, key) for n in range(count)]
    assert len(set(ordinals)) == count
    assert all(validate_receipt_number(receipt_number(ordinal)) for ordinal in ordinals)
    steps = {abs(after - before) for before, after in pairwise(ordinals)}
    assert len(steps) == count - 1
    assert min(steps) > 1_000
    assert not {scattered(FIRST_ORDINAL + n, b"another key") for n in range(count)} & set(ordinals)


def test_the_first_and_the_last_ordinal_have_their_place_too() -> None:
    places = {scattered(ordinal, b"k") for ordinal in (FIRST_ORDINAL, 10 * FIRST_ORDINAL - 1)}
    assert len(places) == 2
    assert all(FIRST_ORDINAL <= place < 10 * FIRST_ORDINAL for place in places)
