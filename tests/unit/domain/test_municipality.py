"""Municipality codes carry a check digit, and each level of government receives its own procedures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinsei.domain.catalogue import MUNICIPAL, PREFECTURAL
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.municipality import (
    check_digit,
    is_invented,
    is_prefecture,
    refuse,
    validate_code,
    with_check_digit,
)

REAL_CODES = {
    "011002": "札幌市",
    "131016": "千代田区",
    "141003": "横浜市",
    "271004": "大阪市",
    "130001": "東京都",
    "473821": "与那国町",
}


@pytest.mark.parametrize("code", REAL_CODES)
def test_real_codes_have_the_check_digit_that_the_rule_gives(code: str) -> None:
    assert check_digit(code[:5]) == code[5]
    assert validate_code(code) == code


@given(st.integers(min_value=1_000, max_value=99_999), st.integers(min_value=0, max_value=9))
def test_only_one_last_digit_is_right(first5: int, digit: int) -> None:
    code = f"{first5:05d}{digit}"
    if with_check_digit(code[:5]) == code:
        assert validate_code(code) == code
    else:
        with pytest.raises(InvalidInputError, match="check digit"):
            validate_code(code)


@given(st.integers(min_value=1_000, max_value=99_999), st.integers(min_value=0, max_value=4), st.integers(1, 9))
def test_a_mistyped_digit_is_noticed_except_where_two_remainders_share_a_check_digit(
    first5: int, place: int, shift: int
) -> None:
    """Remainders 0 and 10 both give 1 (11 - 0 and 11 - 10), so this one pair cannot be told apart."""
    code = with_check_digit(f"{first5:05d}")
    mistyped = code[:place] + str((int(code[place]) + shift) % 10) + code[place + 1 :]
    if mistyped.startswith("00"):
        return
    if check_digit(mistyped[:5]) != code[5]:
        with pytest.raises(InvalidInputError):
            validate_code(mistyped)
    else:
        assert code[5] == "1"


@pytest.mark.parametrize("code", ["", "48201", "4820133", "48201x", "４８２０１３", "-82013", "000000"])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(InvalidInputError):
        validate_code(code)


def test_prefectures_have_three_zeros() -> None:
    assert is_prefecture("130001")
    assert not is_prefecture("131016")


def test_invented_codes_are_those_of_prefectures_never_assigned() -> None:
    assert is_invented("482013")
    assert not is_invented("473821")


@pytest.mark.parametrize("number", [item.number for item in PREFECTURAL])
def test_a_municipality_refuses_vehicle_procedures_and_a_prefecture_accepts_them(number: int) -> None:
    vehicle = next(item for item in PREFECTURAL if item.number == number)
    refuse("480002", vehicle)
    with pytest.raises(InvalidInputError, match="goes to a prefecture; 482013 is a municipality"):
        refuse("482013", vehicle)


@pytest.mark.parametrize("number", [item.number for item in MUNICIPAL])
def test_a_prefecture_refuses_municipal_procedures_and_a_municipality_accepts_them(number: int) -> None:
    municipal = next(item for item in MUNICIPAL if item.number == number)
    refuse("482013", municipal)
    with pytest.raises(InvalidInputError, match="goes to a municipality"):
        refuse("480002", municipal)
