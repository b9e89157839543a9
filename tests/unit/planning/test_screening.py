"""The screening design: balanced, orthogonal, and right about a figure whose effects are known."""

import pytest

from shinsei.planning.screening import design, main_effects


@pytest.mark.parametrize(("factors", "rows"), [(3, 4), (7, 8), (11, 12), (12, 20), (101, 104), (115, 128)])
def test_columns_are_balanced_and_orthogonal(factors: int, rows: int) -> None:
    made = design(factors)
    columns = list(zip(*made, strict=True))
    assert (len(made), len(columns)) == (rows, factors)
    assert all(sum(column) == 0 for column in columns)
    for index, column in enumerate(columns):
        for other in columns[:index]:
            assert sum(one * two for one, two in zip(column, other, strict=True)) == 0


def test_the_design_of_eleven_factors_is_the_published_one() -> None:
    """Plackett and Burman's first row for 12 runs, up to where the cycle begins: six high, five low."""
    first = "".join("+" if sign > 0 else "-" for sign in design(11)[0])
    assert first in "++-+++---+-" * 2


def test_effects_of_a_linear_figure_are_found_exactly_and_the_rest_stays_within_the_margin() -> None:
    rows = design(19)
    results = [100 + 5 * row[0] - 3 * row[7] + 0.01 * row[1] for row in rows]
    found = main_effects(rows, results)
    assert found.effects[0] == pytest.approx(10)
    assert found.effects[7] == pytest.approx(-6)
    assert [index for index, effect in enumerate(found.effects) if abs(effect) > max(found.margin, 0.1)] == [0, 7]
