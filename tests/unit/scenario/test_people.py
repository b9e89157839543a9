"""Impossible values about people get one clear line each."""

from pathlib import Path

import pytest

from shinsei.domain.errors import InvalidInputError
from shinsei.scenario import load

SPELL = "first_day = 2021-06-01\nlast_day = 2021-06-30\nclerks = 1\n"


@pytest.mark.parametrize(
    ("table", "line"),
    [
        (f"[[workforce.temporary]]\n{SPELL}pace = 0", "workforce.temporary[0].pace: must be more than 0, not 0"),
        ("[workforce.learning]\nrate = 0", "workforce.learning.rate: must be more than 0, not 0"),
        (
            "[identification]\np_care_proxy = 0.7\np_stranger = 0.4",
            "identification: p_proxy and p_stranger, or p_care_proxy and p_stranger, are more than 1 together",
        ),
        (
            f'[[workforce.temporary]]\n{SPELL}pace = 1\nactivities = ["deciding"]',
            "workforce.temporary[0].activities[0]: 'deciding' is not possible; it may be 'robot_restart'",
        ),
        (
            "[[workforce.leave]]\nfirst_day = 2021-06-02\nlast_day = 2021-06-01\nclerks = 1",
            "workforce.leave[0]: last_day must not be before first_day",
        ),
    ],
)
def test_a_value_that_cannot_be_is_told_in_one_line(table: str, line: str, tmp_path: Path) -> None:
    path = tmp_path / "people.toml"
    path.write_text(f'extends = "smoke"\n{table}\n', encoding="utf-8")
    with pytest.raises(InvalidInputError) as caught:
        load(path)
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_people_may_do_and_when_they_are_away_comes_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "people.toml"
    temporary = f'[[workforce.temporary]]\n{SPELL}pace = 0.7\nactivities = ["keying"]\nduty = false\n'
    path.write_text(f'extends = "smoke"\n{temporary}[[workforce.leave]]\n{SPELL}', encoding="utf-8")
    workforce = load(path).run_specs("people")[0].workforce
    (temps,), (leave,) = workforce.temporary, workforce.leave
    assert (temps.activities, temps.duty, temps.pace) == (("keying",), False, 0.7)
    assert (leave.clerks, leave.first_day.day, leave.last_day.day) == (1, 1, 30)
